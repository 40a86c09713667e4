"""jraph and JAX, compiled by XLA: attention."""


def cases(load, threads):
    import jax
    import jax.numpy as jnp
    import jraph

    def gat(name):
        src, dst = jnp.asarray(load(name, "src")), jnp.asarray(load(name, "dst"))
        x = jnp.asarray(load(name, "x64")).reshape(-1, 8, 8)
        el, er = jnp.asarray(load(name, "el")), jnp.asarray(load(name, "er"))

        @jax.jit
        def attend(x, el, er):
            scores = jax.nn.leaky_relu(el[src] + er[dst], 0.2)
            a = jraph.segment_softmax(scores, dst, len(x), indices_are_sorted=True)
            return jraph.segment_sum(x[src] * a, dst, len(x), indices_are_sorted=True)
        return lambda: attend(x, el, er).block_until_ready()

    return {f"gat/8x8/{n}": lambda n=n: gat(n) for n in ("rmat", "uniform")}
