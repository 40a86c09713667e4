"""MKL's sparse product, by sparse_dot_mkl: sums weighted by an edge. Edges are sorted by destination already."""
import glob
import os
import sys

import numpy as np
import scipy.sparse

for found in glob.glob(os.path.join(sys.prefix, "lib", "libmkl_rt.so*")):
    os.environ["MKL_RT"] = found


def cases(load, threads):
    os.environ["MKL_NUM_THREADS"] = str(threads)
    import sparse_dot_mkl

    def product(name, width, weighted):
        x = load(name, f"x{width}")
        w = load(name, "w1")[:, 0] if weighted else np.ones(len(load(name, "src")), np.float32)
        begin = np.concatenate([[0], np.cumsum(np.bincount(load(name, "dst"), minlength=len(x)))]).astype(np.int32)
        a = scipy.sparse.csr_matrix((w, load(name, "src"), begin), shape=(len(x), len(x)))
        return lambda: sparse_dot_mkl.dot_product_mkl(a, x)

    all = {}
    for n in ("rmat", "uniform"):
        for w in (1, 16, 64, 256):
            all[f"u_mul_e_sum/{w}/{n}"] = lambda n=n, w=w: product(n, w, True)
        for w in (16, 64, 256):
            all[f"copy_u_sum/{w}/{n}"] = lambda n=n, w=w: product(n, w, False)
    return all
