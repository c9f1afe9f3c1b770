#!/usr/bin/env python3
"""Writes tests/data/dynamo/train_*.pt2: training steps of small models that together hold every gradient of interest.

Each archive has what FlopCounterMode counts in both passes; this prints it for the tests.
Usage: PYTHONPATH=python python tools/dynamo_cases/training_cases.py [NAME...]
"""

import pathlib
import sys
import tempfile

import torch
import torch.nn.functional as F
from make_cases import OUT, json_only
from torch import nn


class Convolutions(nn.Module):
    """Strides that leave a rest, groups, a depthwise one, transposed ones, pools and resampling."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(4, 8, 3, stride=2, padding=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.up = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1, groups=2)
        self.line = nn.Conv1d(6, 4, 5)
        self.batch, self.group = nn.BatchNorm2d(8), nn.GroupNorm(2, 8)

    def forward(self, x):
        x = F.relu6(self.batch(self.first(x)))
        x = F.leaky_relu(self.group(self.depthwise(x)))
        x = F.avg_pool2d(F.max_pool2d(self.up(x), 2), 2)
        x = F.interpolate(F.interpolate(x, scale_factor=2), size=(7, 5), mode="bilinear")
        return self.line(F.adaptive_avg_pool2d(x, (3, 9)).flatten(2))


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight, self.slope = nn.Parameter(torch.zeros(3, 8)), nn.PReLU()

    def forward(self, x):
        x = x * self.weight
        functions = (F.relu, F.gelu, F.silu, torch.sigmoid, torch.tanh, F.hardswish, F.hardsigmoid, F.elu, F.mish,
                     F.softplus, F.logsigmoid, F.glu, self.slope, F.hardshrink, F.softshrink)
        return torch.cat([f(x) for f in functions], 1)


class Tokens(nn.Module):
    """A decoder's layer: a table, norms, causal attention, dropout, classes."""

    def __init__(self):
        super().__init__()
        self.table, self.norm, self.out_norm = nn.Embedding(11, 12), nn.LayerNorm(12), nn.RMSNorm(12)
        self.qkv, self.out, self.head = nn.Linear(12, 36), nn.Linear(12, 12, bias=False), nn.Linear(12, 11)

    def forward(self, ids):
        x = self.table(ids)
        q, k, v = (part.unflatten(2, (3, 4)).transpose(1, 2) for part in self.qkv(self.norm(x)).chunk(3, 2))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + F.dropout(self.out(mixed), 0.1, self.training)
        return self.head(self.out_norm(x))


class Places(nn.Module):
    """What is read in part, at places that data name, or along a row."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2, 3, 6, 6))

    def forward(self, grid, index):
        w = self.weight
        looked = F.grid_sample(w, grid, align_corners=False).sum()
        picked = torch.gather(w, 3, index).sum() + w[:, index[0, 0, 0]].sum()
        rows = torch.softmax(w, 1).sum() + torch.cumsum(w, 2).sum() + w.unfold(3, 3, 2).sum()
        padded = F.pad(w, (1, 1, 1, 1), mode="reflect").sum() + F.pad(w, (1, 2)).sum()
        parts = w[0, 1:].sum() + w[..., ::2].amax(3).sum() + torch.linalg.vector_norm(w) + w.select(1, 2).std()
        return looked + picked + rows + padded + parts


class Distances(nn.Module):
    """Of every pair of rows, in several norms; a product makes those of many rows."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.zeros(2, 5, 4)), nn.Parameter(torch.zeros(2, 7, 4))
        self.many = nn.Parameter(torch.zeros(30, 4))

    def forward(self):
        apart = sum(torch.cdist(self.a, self.b, p=p).sum() for p in (0.0, 1.0, 1.5, 2.0, 3.0, float("inf")))
        return apart + torch.cdist(self.many, self.many).sum() + F.pdist(self.many[:6]).sum()


IDS = torch.zeros(2, 5, dtype=torch.int64)
CASES = {
    "train_convolutions": (Convolutions, (torch.zeros(2, 4, 12, 10),), "mean"),
    "train_activations": (Activations, (torch.zeros(3, 8),), "mse"),
    "train_tokens": (Tokens, (IDS,), "cross_entropy"),
    "train_places": (Places, (torch.zeros(2, 4, 4, 2), torch.zeros(2, 3, 6, 2, dtype=torch.int64)), "own"),
    "train_distances": (Distances, (), "own"),
}


def main() -> None:
    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.reference import extras
    from alidade.capture.request import Request
    from alidade.capture.sources.live import LiveModule
    from alidade.capture.strategy import capture
    for name, (model, example, loss) in CASES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        request = Request(example=example, train=True, train_step=True, loss=loss, optimizer="adamw",
                          references=("torch",))
        with quiet_libraries(), tempfile.TemporaryDirectory() as folder:
            made = capture(LiveModule(model()), request, print)
            counts = extras(made)
            path = made.write(pathlib.Path(folder) / f"{name}.pt2", counts)
            data = json_only(path.read_bytes(), name)
        (OUT / f"{name}.pt2").write_bytes(data)
        print(f"{name}: {len(data)} bytes, {counts['references'][0]['by_operator']}")


if __name__ == "__main__":
    main()
