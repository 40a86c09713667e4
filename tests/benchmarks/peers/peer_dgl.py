"""DGL 2.1 on torch: its own ops where it has them, its message passing with a user's reducer elsewhere."""
import dgl
import dgl.function as fn
import torch
import torch.nn.functional as F
from dgl import ops


def cases(load, threads):
    torch.set_num_threads(threads)
    graphs = {}

    def graph(name):
        if name not in graphs:
            g = dgl.graph((array(name, "src"), array(name, "dst")), num_nodes=load(name, "x1").shape[0])  # ids of 32 bits
            g.create_formats_()
            graphs[name] = g
        return graphs[name]

    def array(name, what):
        return torch.from_numpy(load(name, what))

    def reduced(name, reducer):
        g = graph(name).local_var()
        g.ndata["x"] = array(name, "x64")

        def run():
            g.update_all(fn.copy_u("x", "m"), lambda nodes: {"y": reducer(nodes.mailbox["m"])})
            return g.ndata["y"]
        return run

    def gat(g, x, el, er):
        a = ops.edge_softmax(g, F.leaky_relu(ops.u_add_v(g, el, er), 0.2))
        return ops.u_mul_e_sum(g, x, a)

    def gatv2(name):
        g, attn = graph(name), array(name, "attn")
        x, y = array(name, "x64").view(-1, 8, 8), array(name, "y64").view(-1, 8, 8)

        def run():
            s = (F.leaky_relu(ops.u_add_v(g, x, y), 0.2) * attn).sum(-1, keepdim=True)
            return ops.u_mul_e_sum(g, x, ops.edge_softmax(g, s))
        return run

    def backward(inputs, f):
        leaves = [t.clone().requires_grad_() for t in inputs]

        def run():
            for leaf in leaves:
                leaf.grad = None
            y = f(*leaves)
            y.backward(torch.ones_like(y))
            return leaves[0].grad
        return run

    def bound(f, *arguments):
        return lambda: f(*arguments)

    all = {}
    for n in ("rmat", "uniform"):
        for w in (16, 64, 256):
            for op in ("sum", "max", "mean"):
                all[f"copy_u_{op}/{w}/{n}"] = lambda n=n, w=w, op=op: bound(
                    getattr(ops, f"copy_u_{op}"), graph(n), array(n, f"x{w}"))
        for w in (1, 16, 64, 256):
            all[f"u_mul_e_sum/{w}/{n}"] = lambda n=n, w=w: bound(ops.u_mul_e_sum, graph(n), array(n, f"x{w}"), array(n, "w1"))
        for op in ("u_dot_v", "u_add_v"):
            all[f"{op}/64/{n}"] = lambda n=n, op=op: bound(getattr(ops, op), graph(n), array(n, "x64"), array(n, "y64"))
        for h in (1, 8):
            all[f"edge_softmax/{h}/{n}"] = lambda n=n, h=h: bound(ops.edge_softmax, graph(n), array(n, f"w{h}"))
        all[f"gat/8x8/{n}"] = lambda n=n: bound(gat, graph(n), array(n, "x64").view(-1, 8, 8), array(n, "el"), array(n, "er"))
        all[f"gatv2/8x8/{n}"] = lambda n=n: gatv2(n)
        all[f"edge_conv_max/64/{n}"] = lambda n=n: bound(
            lambda g, x, y: ops.copy_e_max(g, ops.u_sub_v(g, x, y)), graph(n), array(n, "x64"), array(n, "y64"))
        all[f"user_std/64/{n}"] = lambda n=n: reduced(n, lambda m: m.std(1, unbiased=False))
        all[f"user_log_sum_exp/64/{n}"] = lambda n=n: reduced(n, lambda m: m.logsumexp(1))
        all[f"softmax_sum/64/{n}"] = lambda n=n: reduced(n, lambda m: (m.softmax(1) * m).sum(1))
        all[f"median/64/{n}"] = lambda n=n: reduced(n, lambda m: m.median(1)[0])
        for op in ("sum", "max"):
            all[f"copy_u_{op}/64/backward/{n}"] = lambda n=n, op=op: backward(
                [array(n, "x64")], lambda x, g=graph(n), op=op: getattr(ops, f"copy_u_{op}")(g, x))
        all[f"u_mul_e_sum/64/backward/{n}"] = lambda n=n: backward(
            [array(n, "x64"), array(n, "w1")], lambda x, w, g=graph(n): ops.u_mul_e_sum(g, x, w))
        all[f"gat/8x8/backward/{n}"] = lambda n=n: backward(
            [array(n, "x64").view(-1, 8, 8), array(n, "el"), array(n, "er")], lambda x, l, r, g=graph(n): gat(g, x, l, r))

    # Sabour's routing by einsum, without a graph.
    def routing(u_hat, rounds):  # u_hat (in, out, batch, d)
        b = torch.zeros(*u_hat.shape[:-1], 1)
        for r in range(rounds):
            c = b.softmax(1)
            s = torch.einsum("iob,iobd->obd", c.squeeze(-1), u_hat)
            square = (s * s).sum(-1, keepdim=True)
            v = s * square.sqrt() / (1 + square)
            if r + 1 < rounds:
                b = b + torch.einsum("iobd,obd->iob", u_hat, v).unsqueeze(-1)
        return v

    def u_hat():
        return array("routing", "u_hat").view(1152, 10, 128, 16)

    def routing_backward():
        leaf, up = u_hat().clone().requires_grad_(), array("routing", "up")

        def run():
            leaf.grad = None
            routing(leaf, 3).backward(up)
            return leaf.grad.view(11520, 128, 16)
        return run

    def tutorial():
        u = array("routing", "tutorial").view(20, 10, 4)

        def run():
            b = torch.zeros(20, 10)
            for _ in range(10):
                s = torch.einsum("io,iod->od", b.softmax(1), u)
                square = (s * s).sum(-1, keepdim=True)
                v = s * square.sqrt() / (1 + square)
                b = b + torch.einsum("iod,od->io", u, v)
            return v
        return run

    all["routing/128"] = lambda: bound(routing, u_hat(), 3)
    all["routing/128/backward"] = routing_backward
    all["tutorial/10"] = tutorial
    return all
