"""Models whose inputs and outputs are more than one tensor, or decide shapes by their values."""

import collections
import dataclasses

import torch
from torch import nn

Pair = collections.namedtuple("Pair", "x weight")


@dataclasses.dataclass
class Scaled:
    x: torch.Tensor
    scale: torch.Tensor | None = None


class Box:
    """A class that torch knows nothing of; it counts who looked into it."""

    def __init__(self, x):
        self.x, self.seen = x, []


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)


class OfDict(Layer):
    def forward(self, batch):
        return {"logits": self.fc(batch["x"]) * batch["mask"].unsqueeze(-1)}


class OfNested(Layer):
    def forward(self, x, state, extra):
        first, second = state
        return self.fc(x) + extra[0][0], ((self.fc(first), second), (extra[1]["z"],))


class OfPair(Layer):
    def forward(self, pair, pairs):
        return Pair(self.fc(pair.x) * pair.weight, tuple((self.fc(x), (y,)) for x, y in pairs))


class OfDataclass(Layer):
    def forward(self, given):
        return Scaled(self.fc(given.x) * given.scale)


class OfBox(Layer):
    def forward(self, box):
        box.seen.append("forward")
        box.x = self.fc(box.x)
        return box


class OfPlain(Layer):
    def forward(self, x, times: int, twice: bool = False, bias=None, *, scale):
        y = sum(self.fc(x) for _ in range(times))
        return (y * 2 if twice else y) * scale if bias is None else y + bias


class OfMany(Layer):
    def forward(self, *xs, **more):
        return [self.fc(x) for x in xs], {name: self.fc(x) for name, x in more.items()}


class ByLengths(Layer):
    """Cuts the padding off: the longest length decides a shape."""

    def forward(self, x, lengths):
        return self.fc(x[:, :int(lengths.max())])


class ByMask(Layer):
    def forward(self, x, mask):
        return self.fc(x[mask])


class InItself(Layer):
    """Changes its buffers, an attribute and a list in each pass."""

    def __init__(self):
        super().__init__()
        self.norm, self.calls, self.scale = nn.BatchNorm1d(3), [], None

    def forward(self, x):
        self.calls.append(x.shape)
        self.scale = x.new_ones(3)
        return self.norm(self.fc(x)) * self.scale


class Attended(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.attention(x, x, x, need_weights=False)[0])


class Encoded(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.head = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.layer(x))
