"""What a plugin in Python sees: a graph, a kernel, a placement to make. Plain values, made when they are asked for."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A tensor. A size that is not a number is its expression, or None where it is not known."""

    index: int
    name: str
    kind: str  # result, input, parameter, buffer, constant, argument
    dtype: str
    shape: tuple[int | str | None, ...] | None  # None: not even its rank is known
    bytes: int | None
    maker: int | None  # index of the node


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """An operator, and what one run of it does; where `exact` is false the least of that."""

    index: int
    name: str
    op: str
    foreign: str  # what the file calls the operator
    module: str
    inputs: tuple[Value | None, ...]  # None: an operand that is left out
    outputs: tuple[Value, ...]
    attributes: Mapping[str, Any]  # those that are not the default
    inside: int | None  # index of the node in whose region it is
    macs: int
    flops: int
    input_bytes: int
    output_bytes: int
    weight_bytes: int
    exact: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Graph:
    """A model: `nodes` by index, each behind those that it reads from."""

    name: str
    format: str
    nodes: tuple[Node, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Kernel:
    """What one launch does, once. `problem` is its shape as its kind has one: m, n, k and groups of a gemm."""

    kind: str  # gemm, conv, depthwise, attention, recurrent, pointwise, row_wise, window, gather, sort, copy, control
    arithmetic: str  # "bf16"
    matrix_flops: int  # of products
    vector_flops: int
    read_bytes: int
    written_bytes: int
    elements: int  # of the largest tensor
    runs: int
    problem: Mapping[str, Any]
    nodes: tuple[int, ...]  # indices of its operators

    @property
    def flops(self) -> int:
        return self.matrix_flops + self.vector_flops

    @property
    def bytes(self) -> int:
        return self.read_bytes + self.written_bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """An operator to place: what all of its runs take on each device, None where that does not run it."""

    node: Node
    seconds: tuple[float | None, ...]
    reasons: tuple[str, ...]  # why a device does not run it, or runs it slowly; else ""
    after: tuple[int, ...]  # numbers of the steps that it waits for


@dataclasses.dataclass(frozen=True, slots=True)
class Handed:
    """A tensor between steps, moved once to each device that reads it."""

    maker: int
    readers: tuple[int, ...]
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class PlacementTask:
    """Steps in an order in which they can run; the first device is the one that is wanted."""

    devices: tuple[str, ...]
    steps: tuple[Step, ...]
    tensors: tuple[Handed, ...]
    links: Sequence[Sequence[tuple[float, float]]]  # from, to: seconds before the first byte, bytes a second

    def move_seconds(self, start: int, end: int, size: int) -> float:
        """Of so many bytes from one device to another."""
        latency, rate = self.links[start][end]
        return 0.0 if start == end else latency + size / rate
