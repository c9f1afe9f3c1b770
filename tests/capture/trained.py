"""Models to be trained, and some that cannot be."""

import torch
import torch.nn.functional as F
from torch import nn


class Small(nn.Module):
    """A convolution that leaves a rest, norms, activations, pools, and a classifier."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 8, 3, stride=2, groups=1), nn.BatchNorm2d(8)
        self.depthwise, self.norm = nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.GroupNorm(2, 8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = F.max_pool2d(self.bn(self.conv(x)).relu(), 2)
        return self.fc(F.silu(self.norm(self.depthwise(x))).mean((2, 3)))


class Attending(nn.Module):
    """Two heads over a sequence; its own loss comes first."""

    def __init__(self):
        super().__init__()
        self.qkv, self.norm = nn.Linear(8, 24), nn.LayerNorm(8)

    def forward(self, x):
        q, k, v = (part.unflatten(2, (2, 4)).transpose(1, 2) for part in self.qkv(self.norm(x)).chunk(3, 2))
        made = F.scaled_dot_product_attention(q, k, v)
        return made.square().mean(), made


class WritesIntoInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        x.add_(1)
        return self.fc(x)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4).requires_grad_(False)

    def forward(self, x):
        return self.fc(x)


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x).argmax(1)


class Spare(nn.Module):
    """A layer that the result does not need."""

    def __init__(self):
        super().__init__()
        self.fc, self.spare = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        self.spare(x)
        return self.fc(x)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.first(x).relu())


class Constant(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x).argmax(1).float()


make_small, make_attending = Small, Attending
make_spare, make_constant, make_tied = Spare, Constant, Tied
make_writing, make_frozen, make_counting = WritesIntoInput, Frozen, Counts


def make_vector():
    return torch.nn.Linear(4, 4)
