"""The networks of jax_nets.py in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(64, 128), nn.Linear(128, 10)

    def forward(self, x):
        return self.second(self.first(x).relu()).softmax(-1)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False)
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False)
        self.dilated = nn.Conv2d(16, 32, 3, padding=2, dilation=2, bias=False)
        self.grouped = nn.Conv2d(32, 32, 1, groups=4, bias=False)
        self.up = nn.ConvTranspose2d(32, 8, 3, stride=2, bias=False)
        self.head = nn.Linear(8, 10, bias=False)

    def forward(self, x):
        x = F.relu6(self.depthwise(self.stem(x).relu()))
        x = self.up(self.grouped(F.max_pool2d(self.dilated(x), 2)))
        return self.head(x.mean((2, 3)))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(64, 64, bias=False) for _ in range(4))
        self.norm, self.up, self.down = nn.LayerNorm(64), nn.Linear(64, 256, bias=False), nn.Linear(256, 64, bias=False)

    def forward(self, x):
        q, k, v = (m(x).view(2, 16, 4, 16).transpose(1, 2) for m in (self.q, self.k, self.v))
        weights = (q @ k.transpose(-1, -2) / 4).softmax(-1)
        x = self.norm(x + self.o((weights @ v).transpose(1, 2).reshape(2, 16, 64)))
        return x + self.down(F.gelu(self.up(x)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.LSTM(16, 32)

    def forward(self, xs):
        return self.layer(xs)[0]


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(100, 16)

    def forward(self, ids):
        return self.table(ids) @ self.table.weight.T


class Bilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(6, 5, 7))

    def forward(self, x, y):
        return torch.einsum("bi,oij,bj->bo", x, self.w, y)


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Conv2d(3, 32, 8, stride=8, bias=False), nn.Linear(32, 10, bias=False)

    def forward(self, x):
        return self.head(self.embed(x).flatten(2).mean(-1))


class Batched(nn.Module):
    def forward(self, x, y):
        return torch.einsum("kbac,abnk->abcn", x, y)


def floats(*sizes):
    return tuple(torch.zeros(size) for size in sizes)


MODELS = {
    "mlp": (Mlp(), floats((32, 64))),
    "cnn": (Cnn(), floats((2, 3, 32, 32))),
    "conv1d": (nn.Conv1d(12, 24, 5, stride=2, padding=2, bias=False), floats((2, 12, 40))),
    "conv3d": (nn.Conv3d(4, 8, 3, stride=(1, 2, 2), padding=1, bias=False), floats((1, 4, 6, 12, 12))),
    "attention": (Attention(), floats((2, 16, 64))),
    "lstm": (Lstm(), floats((10, 4, 16))),
    "embedding": (Embedding(), (torch.zeros((2, 7), dtype=torch.int64),)),
    "bilinear": (Bilinear(), floats((3, 5), (3, 7))),
    "patches": (Patches(), floats((2, 3, 32, 32))),
    "batched": (Batched(), floats((5, 4, 3, 6), (3, 4, 2, 5))),
}
