"""A branch on a value: symbolic tracing and torch.export refuse it, Dynamo breaks the graph and goes on behind it."""

import torch
from torch import nn


class Gate(nn.Module):
    """One of two layers, by the sign of a sum: which one cannot be known without the numbers."""

    def __init__(self):
        super().__init__()
        self.prepare = nn.Linear(16, 16)
        self.up, self.down = nn.Linear(16, 64), nn.Linear(16, 8)

    def forward(self, x):
        x = self.prepare(x).relu()
        if x.sum() > 0:
            return self.up(x)
        return self.down(x)


def example_inputs():
    return torch.ones(4, 16)


if __name__ == "__main__":
    from alidade.capture.cli import main
    main(["compare", f"{__file__}:Gate"])
    print()
    main(["inspect", f"{__file__}:Gate", "--values"])
