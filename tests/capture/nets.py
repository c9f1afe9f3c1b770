"""Models that show one thing each."""

import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.bn(self.conv(x)).relu().mean((2, 3)))


class Broken(nn.Module):
    """Two graph breaks: a branch on a value, and a print; one layer runs on both sides."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 4, bias=False)

    def forward(self, x):
        y = self.a(x)
        if y.sum() > 1e9:
            y = y + 1
        y = self.a(y.relu())
        print("between")
        return self.b(y) + y[:, :4]


class BrokenInside(nn.Module):
    """A graph break in a module of the model; the head is the model's, and the body calls it."""

    class Body(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(6, 5), nn.Linear(5, 4)

        def forward(self, x, head):
            y = self.first(x)
            if y.sum() > 1e9:
                y = y + 1
            return head(self.second(y))

    def __init__(self):
        super().__init__()
        self.body, self.head = self.Body(), nn.Linear(4, 3)

    def forward(self, x):
        return self.body(x, self.head)


class Lazy(nn.Module):
    """Sets its scale up in its first pass."""

    def __init__(self):
        super().__init__()
        self.scale = None
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        if self.scale is None:
            self.scale = torch.ones(x.shape[-1])
        return self.fc(x) * self.scale


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        return self.head(self.embed(ids))


class Two(nn.Module):
    def forward(self, x, y):
        return x @ y


class Raises(nn.Module):
    def forward(self, x):
        raise ValueError("no such luck")


class Choice(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda x: self.a(x), lambda x: self.b(x) * 2, (x,))


def make_plain():
    return Plain()


def needs_size(size):
    return nn.Linear(size, size)


def no_model():
    return 7
