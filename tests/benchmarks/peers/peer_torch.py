"""Whole training steps by torch 2.2 and DGL 2.1, and a graph's two compressed forms by SciPy. Learning rate 0, as ours."""
import os

import dgl
import numpy as np
import scipy.sparse
import torch
import torch.nn.functional as F
from dgl.nn import GATConv, GraphConv
from torch import nn


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = GraphConv(1433, 16), GraphConv(16, 7)

    def forward(self, g, x):
        return self.conv2(g, F.relu(self.conv1(g, x)))


class GAT(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = GATConv(1433, 8, 8), GATConv(64, 7, 1)

    def forward(self, g, x):
        return self.conv2(g, F.elu(self.conv1(g, x)).flatten(1)).flatten(1)


class CapsNet(nn.Module):
    """Sabour et al. 2017, routing by einsum."""
    def __init__(self):
        super().__init__()
        self.conv1, self.primary = nn.Conv2d(1, 256, 9), nn.Conv2d(256, 256, 9, stride=2)
        self.digit = nn.ParameterDict({"weight": torch.zeros(1152, 10, 16, 8)})
        self.decoder = nn.Sequential(nn.Linear(160, 512), nn.ReLU(), nn.Linear(512, 1024), nn.ReLU(), nn.Linear(1024, 784),
                                     nn.Sigmoid())

    def capsules(self, images):
        n = len(images)
        u = self.primary(F.relu(self.conv1(images))).view(n, 32, 8, 36).transpose(2, 3).reshape(n, 1152, 8)
        u_hat = torch.einsum("iodk,bik->biod", self.digit["weight"], squash(u))
        b = u_hat.new_zeros(n, 1152, 10)
        for r in range(3):
            v = squash(torch.einsum("bio,biod->bod", b.softmax(2), u_hat))
            if r < 2:
                b = b + torch.einsum("biod,bod->bio", u_hat, v)
        return v


def squash(s):
    square = (s * s).sum(-1, keepdim=True)
    return s * square.sqrt() / (1 + square)


def cases(load, threads):
    torch.set_num_threads(threads)

    def array(folder, name):
        return torch.from_numpy(load(folder, name))

    def loaded(net, folder):
        net.load_state_dict({name: array(folder, name) for name in net.state_dict()})
        return net, torch.optim.Adam(net.parameters(), lr=0)

    def epoch(name, kind):
        net, optimizer = loaded(kind(), os.path.join("cora", name))
        g = dgl.graph((array("cora", "src"), array("cora", "dst")), num_nodes=2708)
        g.create_formats_()
        x, labels = array("cora", "x"), array("cora", "labels").long()

        def run():
            optimizer.zero_grad()
            y = net(g, x)
            F.cross_entropy(y[:len(labels)], labels).backward()
            optimizer.step()
            return y
        return run

    def capsnet():
        net, optimizer = loaded(CapsNet(), "capsnet")
        images, labels = array("capsnet", "images"), array("capsnet", "labels").long()

        def run():
            optimizer.zero_grad()
            v = net.capsules(images)
            length, t = v.norm(dim=2), F.one_hot(labels, 10)
            margin = (t * F.relu(0.9 - length) ** 2 + 0.5 * (1 - t) * F.relu(length - 0.1) ** 2).sum(1).mean()
            decoded = net.decoder((v * t[:, :, None]).flatten(1))
            (margin + 0.0005 * ((decoded - images.flatten(1)) ** 2).sum(1).mean()).backward()
            optimizer.step()
            return v
        return run

    def inference():
        net, _ = loaded(CapsNet(), "capsnet")
        image = array("capsnet", "images")[:1]

        def run():
            with torch.no_grad():
                return net.capsules(image)
        return run

    def construction():
        src, dst = load("construction", "src"), load("construction", "dst")
        numbers = np.arange(len(src), dtype=np.int32)

        def run():
            edges = scipy.sparse.coo_matrix((numbers, (dst, src)), shape=(2**20, 2**20))
            edges.has_canonical_format = True  # parallel edges stay what they are
            return np.concatenate([np.diff(edges.tocsr().indptr), np.diff(edges.tocsc().indptr)]).astype(np.float32)
        return run

    return {"epoch/gcn": lambda: epoch("gcn", GCN), "epoch/gat": lambda: epoch("gat", GAT), "capsnet/128": capsnet,
            "capsnet/1/inference": inference, "construction/50M": construction}
