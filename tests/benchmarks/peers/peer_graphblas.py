"""SuiteSparse:GraphBLAS, by python-graphblas: the product of a matrix and a vector. It has one entry where edges are
parallel, their sum, made beforehand: R-MAT has fewer edges there."""
import graphblas as gb
import numpy as np


def cases(load, threads):
    gb.ss.config["nthreads"] = threads

    def product(name):
        x, w = load(name, "x1")[:, 0], load(name, "w1")[:, 0]
        a = gb.Matrix.from_coo(load(name, "dst"), load(name, "src"), w, nrows=len(x), ncols=len(x), dup_op=gb.binary.plus)
        v = gb.Vector.from_dense(x)

        def run():
            y = a.mxv(v, gb.semiring.plus_times).new()
            y.wait()
            return y.to_dense(fill_value=0).reshape(-1, 1)
        return run

    return {f"u_mul_e_sum/1/{n}": lambda n=n: product(n) for n in ("rmat", "uniform")}
