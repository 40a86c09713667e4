"""Transforms by SciPy's sparse matrices (rows are sources, values the column of edges), each of the kind that suits it best."""
import numpy as np
import scipy.sparse as sp


def cases(load, threads):
    made = {}

    def coo(name):
        u, v, w = load(name, "src"), load(name, "dst"), load(name, "w1")[:, 0]
        n = len(load(name, "x1"))
        return sp.coo_matrix((w, (u, v)), shape=(n, n))

    def ordered(a):  # by rows; parallel edges stay
        order = np.argsort(a.row, kind="stable")
        begin = np.concatenate([[0], np.cumsum(np.bincount(a.row, minlength=a.shape[0]))])
        return sp.csr_matrix((a.data[order], a.col[order], begin.astype(np.int32)), shape=a.shape)

    def csr(name):
        if name not in made:
            made[name] = ordered(coo(name))
        return made[name]

    def ids(name):  # of the edges, as values: what reads any column of theirs
        a = coo(name)
        return sp.coo_matrix((np.arange(a.nnz, dtype=np.int32), (a.row, a.col)), shape=a.shape)

    def numbers(a):
        return np.array([a.shape[0], a.nnz], np.float32)

    def picked(a, kept):
        return sp.coo_matrix((a.data[kept], (a.row[kept], a.col[kept])), shape=a.shape)

    def appended(a, u, v, w):
        return sp.coo_matrix((np.concatenate([a.data, w]), (np.concatenate([a.row, u]), np.concatenate([a.col, v]))), shape=a.shape)

    def compact(a):
        used = np.zeros(a.shape[0], bool)
        used[a.row] = True
        used[a.col] = True
        place = np.cumsum(used, dtype=np.int32) - 1
        n = used.sum()
        return sp.coo_matrix((a.data, (place[a.row], place[a.col])), shape=(n, n))

    def within(a, seeds):
        near = np.unique(np.concatenate([seeds, a[seeds].indices]))
        return a[near][:, near]

    def bidirected(a):
        a = sp.csr_matrix((np.ones(a.nnz, bool), (a.row, a.col)), shape=a.shape)
        return a + a.T

    def rows_only(a, rows):  # the others stay, empty
        kept = np.zeros(a.shape[0], bool)
        kept[rows] = True
        some = a[rows]
        degree = np.zeros(a.shape[0], np.int64)
        degree[rows] = np.diff(some.indptr)
        return sp.csr_matrix((some.data, some.indices, np.concatenate([[0], np.cumsum(degree)])), shape=a.shape)

    def with_column(make):
        column = load("uniform", "w1")[:, 0]

        def once():
            a = make()
            a.ids, a.data = a.data, column[a.data]
            return a
        return once

    kinds = {"coo": coo, "csr": csr, "csc": lambda name: csr(name).T.tocsr(),
             "out_ids": lambda name: ordered(ids(name)), "in_ids": lambda name: ordered(ids(name).T)}

    def case(name, kind, make):
        def prepared():
            a = kinds[kind](name)
            run = make(a, a.shape[0], a.nnz)
            return lambda: numbers(run())
        return prepared

    def extra(a, n, m):
        random = np.random.default_rng(1)
        u, v = random.integers(n, size=m // 10, dtype=np.int32), random.integers(n, size=m // 10, dtype=np.int32)
        return lambda: appended(a, u, v, np.zeros(len(u), np.float32))

    def without_rows(a, n, m):
        kept = np.arange(n)[np.arange(n) % 10 != 0]
        return lambda: a[kept][:, kept]

    all = {
        "reverse": ("csr", lambda a, n, m: lambda: a.T),
        "add_reverse_edges": ("coo", lambda a, n, m: lambda: appended(
            a, a.col[k := a.row != a.col], a.row[k], a.data[k])),
        "to_bidirected": ("coo", lambda a, n, m: lambda: bidirected(a)),
        "to_simple": ("coo", lambda a, n, m: lambda: a.tocsr()),
        "add_self_loops": ("coo", lambda a, n, m: lambda: appended(
            a, i := np.arange(n, dtype=np.int32), i, np.ones(n, np.float32))),
        "remove_self_loops": ("coo", lambda a, n, m: lambda: picked(a, a.row != a.col)),
        "node_subgraph": ("csr", lambda a, n, m: lambda: a[np.arange(0, n, 2)][:, np.arange(0, n, 2)]),
        "edge_subgraph": ("coo", lambda a, n, m: lambda: compact(picked(a, np.arange(0, m, 2)))),
        "in_subgraph": ("in_ids", lambda a, n, m: with_column(lambda: rows_only(a, np.arange(0, n, 10)))),
        "out_subgraph": ("out_ids", lambda a, n, m: with_column(lambda: rows_only(a, np.arange(0, n, 10)))),
        "khop_in_subgraph": ("csc", lambda a, n, m: lambda: within(a, np.arange(0, n, 1000))),
        "khop_out_subgraph": ("csr", lambda a, n, m: lambda: within(a, np.arange(0, n, 1000))),
        "compact": ("coo", lambda a, n, m: lambda: compact(a)),
        "add_nodes": ("coo", lambda a, n, m: lambda: sp.coo_matrix((a.data, (a.row, a.col)), shape=(n + 1000, n + 1000))),
        "add_edges": ("coo", extra),
        "remove_nodes": ("csr", without_rows),
        "remove_edges": ("coo", lambda a, n, m: lambda: picked(a, np.arange(m) % 10 != 0)),
    }
    return {f"transform/{name}/uniform": case("uniform", kind, make) for name, (kind, make) in all.items()}
