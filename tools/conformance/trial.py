"""One random configuration of one operator: a model of one node, and what goes in."""

import dataclasses

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23


@dataclasses.dataclass
class Trial:
    """Inputs by name in the node's order; None for one that is left out. `fixed` are those that the file holds."""

    op: str
    attributes: dict
    inputs: dict[str, numpy.ndarray | None]
    fixed: set[str] = dataclasses.field(default_factory=set)
    outputs: list[str] = dataclasses.field(default_factory=lambda: ["y"])
    opset: int = OPSET

    def feeds(self) -> dict[str, numpy.ndarray]:
        return {name: data for name, data in self.inputs.items() if data is not None and name not in self.fixed}

    def model(self, sizes: dict[str, list] | None = None) -> onnx.ModelProto:
        """`sizes` states other sizes for inputs: numbers, symbols, or None for unknown."""
        node = helper.make_node(self.op, [name if data is not None else "" for name, data in self.inputs.items()],
                                self.outputs, **self.attributes)
        inputs = [value_info(name, data, (sizes or {}).get(name)) for name, data in self.feeds().items()]
        stored = [numpy_helper.from_array(self.inputs[name], name) for name in sorted(self.fixed)
                  if self.inputs[name] is not None]
        outputs = [onnx.ValueInfoProto(name=name) for name in self.outputs if name]
        graph = helper.make_graph([node], self.op, inputs, outputs, stored)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=10)


def value_info(name: str, data: numpy.ndarray, sizes: list | None) -> onnx.ValueInfoProto:
    kind = TensorProto.STRING if data.dtype == object else helper.np_dtype_to_tensor_dtype(data.dtype)
    return helper.make_tensor_value_info(name, kind, data.shape if sizes is None else sizes)


class Dice:
    """A seeded source of choices; everything that it gives follows from the seed."""

    def __init__(self, seed: list[int]):
        self.random = numpy.random.default_rng(seed)

    def size(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high + 1))

    def sizes(self, count: int, low: int, high: int) -> list[int]:
        return [self.size(low, high) for _ in range(count)]

    def flag(self, chance: float = 0.5) -> bool:
        return bool(self.random.random() < chance)

    def pick(self, choices):
        return choices[int(self.random.integers(len(choices)))]

    def some(self, choices, least: int = 0) -> list:
        """A subset, in random order."""
        count = self.size(min(least, len(choices)), len(choices))
        return [choices[at] for at in self.random.permutation(len(choices))[:count]]

    def array(self, shape: list[int]) -> numpy.ndarray:
        return self.random.standard_normal(shape).astype(numpy.float32)

    def indices(self, shape: list[int], bound: int) -> numpy.ndarray:
        """Also negative ones, which count from the end."""
        return self.random.integers(-bound, bound, shape).astype(numpy.int64)


def whole(values) -> numpy.ndarray:
    return numpy.array(values, dtype=numpy.int64)
