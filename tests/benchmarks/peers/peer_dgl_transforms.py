"""Transforms by DGL 2.1, which carry the column of edges where DGL can."""
import dgl
import numpy as np
import torch


def cases(load, threads):
    torch.set_num_threads(threads)

    def graph(warm):
        u, v = torch.from_numpy(load("uniform", "src")), torch.from_numpy(load("uniform", "dst"))
        g = dgl.graph((u, v), num_nodes=len(load("uniform", "x1")))  # ids of 32 bits
        g.edata["w"] = torch.from_numpy(load("uniform", "w1"))
        if warm:
            g.create_formats_()
        return g

    def case(make, fresh):
        def prepared():
            g = graph(not fresh)
            n, m = g.num_nodes(), g.num_edges()
            run = make(n, m)

            def once():
                h = run(graph(False) if fresh else g)
                for name in list(h.edata.keys()):
                    h.edata[name]  # gathered now: DGL leaves it to the first who reads
                return np.array([h.num_nodes(), h.num_edges()], np.float32)
            return once
        return prepared

    def every(step, n):
        return torch.arange(0, n, step, dtype=torch.int32)

    def new_edges(n, m):
        u, v = (torch.randint(n, (m // 10,), dtype=torch.int32) for _ in range(2))
        return lambda g: dgl.add_edges(g, u, v)

    def bound(f):
        return lambda n, m: lambda g: f(g, n, m)

    all = {
        "reverse": bound(lambda g, n, m: dgl.reverse(g, copy_edata=True)),
        "add_reverse_edges": bound(lambda g, n, m: dgl.add_reverse_edges(g, copy_edata=True)),
        "to_bidirected": bound(lambda g, n, m: dgl.to_bidirected(g, copy_ndata=True)),
        "to_simple": bound(lambda g, n, m: dgl.to_simple(g, copy_edata=True, aggregator="sum", writeback_mapping=True)[0]),
        "add_self_loops": bound(lambda g, n, m: dgl.add_self_loop(g)),
        "remove_self_loops": bound(lambda g, n, m: dgl.remove_self_loop(g)),
        "node_subgraph": bound(lambda g, n, m: dgl.node_subgraph(g, every(2, n))),
        "edge_subgraph": bound(lambda g, n, m: dgl.edge_subgraph(g, every(2, m))),
        "in_subgraph": bound(lambda g, n, m: dgl.in_subgraph(g, every(10, n))),
        "out_subgraph": bound(lambda g, n, m: dgl.out_subgraph(g, every(10, n))),
        "khop_in_subgraph": bound(lambda g, n, m: dgl.khop_in_subgraph(g, every(1000, n), 1)[0]),
        "khop_out_subgraph": bound(lambda g, n, m: dgl.khop_out_subgraph(g, every(1000, n), 1)[0]),
        "compact": bound(lambda g, n, m: dgl.compact_graphs(g)),
        "add_nodes": bound(lambda g, n, m: dgl.add_nodes(g, 1000)),
        "add_edges": new_edges,
        "remove_nodes": bound(lambda g, n, m: dgl.remove_nodes(g, every(10, n))),
        "remove_edges": bound(lambda g, n, m: dgl.remove_edges(g, every(10, m))),
    }
    return {f"transform/{name}/uniform": case(make, name in ("to_simple", "to_bidirected")) for name, make in all.items()}
