"""worker.py PEER ARRAYS RESULTS THREADS: waits for names of cases on its input; runs the case once to warm up (after
the first time only what takes less than half a second), then for 20 ms or once, and answers with the mean in milliseconds. The first time it also writes the result to RESULTS and answers how many
MiB a call takes, after one before."""
import importlib
import json
import os
import sys
import time

peer, arrays, results, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
os.environ.update(OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), KMP_BLOCKTIME="0", OMP_WAIT_POLICY="passive")
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))  # XLA knows no other limit
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what libraries print is no answer

import numpy as np  # noqa: E402  (after the settings)


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def load(graph, name):
    return np.load(os.path.join(arrays, graph, name + ".npy"))


known = importlib.import_module("peer_" + peer).cases(load, threads)
print(json.dumps(sorted(known)), file=answers)
name, run = None, None
for line in sys.stdin:
    answer = {}
    if line.strip() != name:
        name = line.strip()
        run = None  # frees the case before
        run = known[name]()
        run()
        with open("/proc/self/clear_refs", "w") as clear:
            clear.write("5")
        before = peak()
        result = run()
        answer["MiB"] = (peak() - before) / 1024
        np.save(os.path.join(results, name.replace("/", "-") + ".npy"), np.asarray(result.detach() if hasattr(result, "detach") else result))
        del result
    if "MiB" in answer or answer_before < 500:
        run()
    start, calls = time.perf_counter(), 0
    while calls == 0 or time.perf_counter() - start < 0.02:
        run()
        calls += 1
    answer["ms"] = answer_before = (time.perf_counter() - start) / calls * 1e3
    print(json.dumps(answer), file=answers)
