"""Loops: one whose length the module knows is unrolled, one whose length a value decides breaks the graph."""

import torch
from torch import nn


class Unrolled(nn.Module):
    def __init__(self, steps: int = 4):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(steps))

    def forward(self, x):
        for layer in self.layers:
            x = x + layer(x).tanh()
        return x


class UntilSmall(nn.Module):
    """Halves its input until it is small: how often, only the numbers say."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, x):
        while x.abs().max() > 0.4:
            x = x / 2
        return self.layer(x)


def example_inputs():
    return torch.ones(2, 8)


if __name__ == "__main__":
    from alidade.capture.cli import main
    for name in ("Unrolled", "UntilSmall"):
        print(f"{name}:")
        main(["compare", f"{__file__}:{name}"])
        print()
