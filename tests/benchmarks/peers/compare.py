"""compare.py FOLDER TABLE.md [--cases REGEX] [--rounds N]: times every case of ours and of the peers that know it, in turn,
on the same arrays, believes a time where the results agree, and writes the medians as tables. Called by run.sh."""
import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
peers = {"dgl": "dgl", "mkl": "dgl", "graphblas": "dgl", "jraph": "jax", "torch": "dgl",
         "transforms": "dgl", "dgl_transforms": "dgl"}  # and the environment of each
one_thread_too = ("copy_u_sum/64/", "u_mul_e_sum/64/", "copy_u_max/64/", "edge_softmax/8/", "gat/8x8/")
names = {"dgl": "DGL 2.1", "mkl": "MKL", "graphblas": "GraphBLAS", "jraph": "jraph", "torch": "torch 2.2",
         "transforms": "SciPy", "dgl_transforms": "DGL 2.1"}
names_by_case = {"routing": "torch einsum", "tutorial": "torch einsum", "epoch": "DGL 2.1", "construction": "SciPy"}


class Ours:
    def __init__(self, folder, threads):
        self.threads = threads
        self.results = os.path.join(folder, "results", f"ours-{threads}")
        self.command = [os.path.join(folder, "build/tests/benchmarks/peers/bench_peers"), os.path.join(folder, "arrays"),
                        self.results, str(threads)]

    def known(self):
        return subprocess.run(self.command + ["--benchmark_list_tests"], check=True, capture_output=True,
                              text=True).stdout.replace("/real_time", "").split()

    def time(self, case):
        out = subprocess.run(
            ["taskset", "-c", ",".join(map(str, sorted(os.sched_getaffinity(0))[:self.threads]))] + self.command + [f"--benchmark_filter=^{re.escape(case)}/real_time$", "--benchmark_min_time=0.02",
                            "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
        run = json.loads(out)["benchmarks"][0]
        return {"ms": run["real_time"], "MiB": run["MiB"]}


class Peer:
    def __init__(self, folder, name, threads):
        self.results = os.path.join(folder, "results", f"{name}-{threads}")
        os.makedirs(self.results, exist_ok=True)
        python = os.path.join(folder, peers[name], "bin/python")
        self.process = subprocess.Popen(
            [python, os.path.join(here, "worker.py"), name, os.path.join(folder, "arrays"), self.results, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "DGLBACKEND": "pytorch"},
            stderr=open(os.path.join(folder, f"{name}-{threads}.log"), "w"))
        self.known = json.loads(self.process.stdout.readline())

    def time(self, case):
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def result(of, case):
    return np.load(os.path.join(of.results, case.replace("/", "-") + ".npy"))


def disagreement(ours, peer, case, arrays):
    """None where the results agree, else how far they are apart, in units of what rounding may do."""
    a, b = result(ours, case), result(peer, case)
    if case.startswith("median"):  # torch takes the lower of two in the middle: look at vertices with one
        graph = case.split("/")[-1]
        degrees = np.bincount(np.load(os.path.join(arrays, graph, "dst.npy")), minlength=len(a))
        a, b = a[degrees % 2 == 1], b[degrees % 2 == 1]
    if case.startswith("copy_u_max/64/backward"):  # DGL sends the gradient of vertices without in-edges to vertex 0
        a, b = a[1:], b[1:]
    if a.size != b.size:
        return f"shapes {a.shape} and {b.shape}"
    a, b = a.reshape(-1), b.reshape(-1)
    far = ~(np.abs(a - b) <= 2e-3 * (1 + np.abs(b)))  # NaN is far from everything
    return None if not far.any() else f"{far.sum()} of {far.size} elements differ, by {np.abs(a - b).max():.3g} at most"


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags"))
    isa = "AVX-512" if " avx512f " in flags else "AVX2" if " avx2 " in flags else "SSE"
    memory = int(next(line for line in open("/proc/meminfo") if line.startswith("MemTotal")).split()[1]) / 2**20
    return f"{model}, {os.cpu_count()} processors, {isa}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


def gathered_bytes(case, edges, vertices):
    """What a sum, mean or maximum of rows has to read and write at the least, nothing else being said of it."""
    parts = case.split("/")
    if parts[0] not in ("copy_u_sum", "u_mul_e_sum", "copy_u_max", "copy_u_mean", "user_std") or "backward" in parts:
        return None
    return 4 * (int(parts[1]) * (edges + vertices) + edges)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("table")
    options.add_argument("--cases", default=".")
    options.add_argument("--rounds", type=int, default=7)
    o = options.parse_args()
    arrays = os.path.join(o.folder, "arrays")
    size = {g: (len(np.load(f"{arrays}/{g}/src.npy")), len(np.load(f"{arrays}/{g}/x1.npy"))) for g in ("rmat", "uniform")}

    def gathering(graph, width, threads):  # milliseconds
        out = subprocess.run([os.path.join(o.folder, "build/tests/benchmarks/peers/bench_gather_limit"),
                              os.path.join(arrays, graph), width, str(threads)], check=True, capture_output=True, text=True)
        return float(out.stdout)

    unfinished = os.path.join(o.folder, "table.md")
    with open(unfinished, "w") as table:
        table.write(f"# Side by side with other systems\n\nWritten by `tests/benchmarks/peers/run.sh`. {machine()}. float32; medians of "
                    f"{o.rounds} rounds, in each of which ours\nand theirs run in turn on the same arrays, to warm up (theirs of half a second or "
                    "more in the first round alone), then for 20 ms or\nonce; results are allocated in each run. The gather reference reads the rows of all sources and adds them up, nothing "
                    "else;\nmemory is what a process grows by in a call.\n\n")
        for threads in (os.cpu_count(), 1):
            ours = Ours(o.folder, threads)
            workers = {name: Peer(o.folder, name, threads) for name in peers}
            table.write(f"## {threads} thread{'s' if threads > 1 else ''}\n\n| case | ours, ms | best peer, ms | times | all peers, ms "
                        "| GB/s | gather reference / ours | MiB ours / peer |\n|---|---|---|---|---|---|---|---|\n")
            for case in ours.known():
                if not re.search(o.cases, case) or threads == 1 and not case.startswith(one_thread_too):
                    continue
                knowing = {name: w for name, w in workers.items() if case in w.known}
                times, memory = {name: [] for name in ["ours", *knowing]}, {}
                graph, width = case.split("/")[-1], case.split("/")[1]
                moved = gathered_bytes(case, *size[graph]) if graph in size else None
                reference = []
                for _ in range(o.rounds):
                    if moved and width != "1":
                        reference.append(gathering(graph, width, threads))
                    for name, who in {"ours": ours, **knowing}.items():
                        answer = who.time(case)
                        times[name].append(answer["ms"])
                        memory.setdefault(name, answer.get("MiB"))
                refused = {n: d for n, w in knowing.items() if (d := disagreement(ours, w, case, arrays))}
                for name, why in refused.items():
                    print(f"{case}: {name} is left out, {why}", file=sys.stderr)
                medians = {n: statistics.median(t) for n, t in times.items() if n not in refused}
                mine = medians.pop("ours")
                best = min(medians, key=medians.get, default=None)
                share = statistics.median(reference) / mine if reference else None
                called = lambda n: names_by_case.get(case.split("/")[0], names[n])
                row = [f"`{case}`", f"{mine:.3g}", f"{medians[best]:.3g} {called(best)}" if best else "",
                       f"**{medians[best] / mine:.2f}**" if best else "",
                       ", ".join(f"{called(n)} {t:.3g}" for n, t in sorted(medians.items())) if len(medians) > 1 else "",
                       f"{moved / mine * 1e-6:.1f}" if moved else "", f"{share:.0%}" if share else "",
                       f"{memory['ours']:.0f} / {memory[best]:.0f}" if best else f"{memory['ours']:.0f}"]
                line = "| " + " | ".join(row) + " |\n"
                table.write(line)
                table.flush()
                print(line, end="", flush=True)
            table.write("\n")
            for worker in workers.values():
                worker.close()
    if o.cases == "." and o.rounds >= 7:
        shutil.move(unfinished, o.table)
    else:
        print(f"{unfinished}: not published, it is not all cases or fewer than 7 rounds", file=sys.stderr)


main()
