"""The most that is alive at one moment when the operators of a graph run in the order of the file: every value is a
view of a numpy array, which lives from the step that makes it to the last that reads a value in it. Where a branch is
not known, or a loop need not run, from the least to the most."""

import dataclasses
import functools

import carried
import numpy
import text_graph
from bytes_moved import VIEWS, Replay, Unknown, bits, handed_on

POINTWISE = {
    "relu", "gelu", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "elu", "mish", "softplus", "erf", "exp",
    "log", "sqrt", "rsqrt", "reciprocal", "trig", "neg", "abs", "round", "unary", "add", "sub", "mul", "div", "pow",
    "minimum", "maximum", "binary", "compare", "logic", "where", "clip", "leaky_relu",
}


@dataclasses.dataclass
class Storage:
    value: str  # that was the first in it
    bytes: int
    region: int
    first: int
    last: int


class Memory:
    def __init__(self, graph: text_graph.Graph) -> None:
        if any(node.foreign.startswith("aten") for node in graph.nodes):
            raise Unknown("what PyTorch's operators copy and drop")
        self.graph, self.sized = graph, True
        self.makers = {result: node for node in graph.nodes for result in node.results}
        self.owner = {region: node for node in graph.nodes for region in node.regions}
        self.bodies: dict[int, list[text_graph.Node]] = {}
        for node in graph.nodes:
            self.bodies.setdefault(node.region, []).append(node)
        self.yields = dict(graph.yields)
        self.storages: list[Storage] = []
        self.values: dict[str, tuple[set[int], numpy.ndarray | None]] = {}  # storages, and where in the one it lies
        self.first: dict[int, int] = {}  # by id of a node: its own step, and the last of its regions
        self.last: dict[int, int] = {}
        self.steps = 0
        self.used = {value for node in graph.nodes for value in node.operands} | set(graph.outputs)
        self.used |= {value for values in self.yields.values() for value in values}
        self.handed = handed_on(graph)
        self.carried = carried.Carried(graph)
        for name in graph.inputs:
            self.values[name] = self.own(name, 0, 0)
        self.walk(0)
        for node in graph.nodes:
            for value in node.operands:
                self.read(value, node)
        for region, values in [(0, graph.outputs), *graph.yields]:
            for value in values:
                self.keep(value, region)

    def own(self, value: str, region: int, step: int) -> tuple[set[int], numpy.ndarray | None]:
        kind = self.graph.types[value]
        maker = self.makers.get(value)
        if kind.elements is None and (maker is None or value == maker.results[0] or value in self.used):
            self.sized = False
        size = 0 if kind.elements is None else (kind.elements * bits(kind.dtype) + 7) // 8
        self.storages.append(Storage(value, size, region, step, step))
        return {len(self.storages) - 1}, None if kind.sizes is None else numpy.empty(kind.sizes, numpy.int8)

    def walk(self, region: int) -> None:
        for node in self.bodies.get(region, []):
            self.first[id(node)] = self.steps
            self.steps += 1
            made = len(self.storages)
            for value in node.results:
                self.values[value] = self.result(node, value)
            fresh = self.storages[made:]
            for inner in node.regions:
                self.walk(inner)
            self.last[id(node)] = self.steps - 1
            for storage in fresh:
                storage.last = self.steps - 1

    def result(self, node: text_graph.Node, value: str) -> tuple[set[int], numpy.ndarray | None]:
        source = node.operands[0] if node.operands else None
        own = functools.partial(self.own, value, node.region, self.first[id(node)])
        if id(node) in self.carried.updates:
            return self.shown(node.operands[0])
        if begun := self.carried.continued(node, value):
            (storage,) = self.values[begun][0] or (None,)
            if storage is not None and self.storages[storage].value == begun:
                return self.values[begun]
        if node.op == "sequence":
            return {one for operand in node.operands if operand for one in self.shown(operand)[0]}, None
        if node.op not in VIEWS or source is None:
            made = own()
            return (made[0], self.in_order_of(source, made[1])) if node.op in POINTWISE else made
        storages, places = self.shown(source)
        if node.op == "dequantize" and value in self.handed:
            return own()
        if node.op in ("slice", "split", "expand"):
            return storages, self.cut(node, value, places)
        sizes = self.graph.types[value].sizes
        if places is None or sizes is None or places.size != numpy.prod(sizes, dtype=int):
            return storages, None
        shown = places.reshape(sizes)
        return (storages, shown) if not places.size or numpy.shares_memory(shown, places) else own()

    def shown(self, value: str) -> tuple[set[int], numpy.ndarray | None]:
        if value not in self.values:  # stored, or the argument of a region: it has no bytes here
            sizes = self.graph.types[value].sizes
            self.values[value] = set(), None if sizes is None else numpy.empty(sizes, numpy.int8)
        return self.values[value]

    def in_order_of(self, operand: str | None, made: numpy.ndarray | None) -> numpy.ndarray | None:
        """As an element-wise kernel lays its result out: in the order of its operand's strides."""
        places = self.shown(operand)[1] if operand else None
        if places is None or made is None or places.shape != made.shape:
            return made
        repeated = any(size > 1 and stride <= 0 for size, stride in zip(places.shape, places.strides, strict=True))
        return made if repeated else numpy.empty_like(places, order="K")

    def cut(self, node: text_graph.Node, value: str, places: numpy.ndarray | None) -> numpy.ndarray | None:
        sizes = self.graph.types[value].sizes
        if places is None or sizes is None:
            return None
        try:
            if node.op == "expand":
                return numpy.broadcast_to(places, sizes)
            if node.op == "split":
                axis = node.attributes.get("axes", [0])[0]
                start = sum(self.graph.types[part].sizes[axis] for part in node.results[: node.results.index(value)])
                return numpy.moveaxis(numpy.moveaxis(places, axis, 0)[start : start + sizes[axis]], 0, axis)
            return places[Replay.ranges(node, places.ndim)].reshape(sizes)
        except (Unknown, ValueError, TypeError):
            return None

    def read(self, value: str | None, node: text_graph.Node) -> None:
        """What a nested region reads is read by the node around it, until its regions have run."""
        for one in self.shown(value)[0] if value else ():
            storage, reader = self.storages[one], node
            while reader is not None and reader.region != storage.region:
                reader = self.owner.get(reader.region)
            if reader is not None:
                storage.last = max(storage.last, self.last[id(reader)])

    def keep(self, value: str | None, region: int) -> None:
        end = self.steps - 1 if region == 0 else max((self.last[id(n)] for n in self.bodies.get(region, [])), default=0)
        for one in self.shown(value)[0] if value else ():
            storage = self.storages[one]
            if storage.region == region:
                storage.last = max(storage.last, end)
            elif region in self.owner:
                self.read(value, self.owner[region])

    @staticmethod
    def fewest_trips(node: text_graph.Node) -> int:
        trips = node.attributes.get("trips", -1)
        return trips if trips >= 0 else node.attributes.get("least", 0)

    def least(self, region: int, live: list[int]) -> int:
        """The peak of a region where of each branch the leaner one runs, and no loop that need not."""
        worst = 0
        for node in self.bodies.get(region, []):
            inner = [self.least(one, live) for one in node.regions]
            if node.op in ("loop", "scan") and self.fewest_trips(node) == 0:
                inner = []
            branch = min(inner) if node.op == "if" and inner else max(inner, default=0)
            worst = max(worst, live[self.first[id(node)]], branch)
        return worst


def peak(graph: text_graph.Graph) -> tuple[int, int | None]:
    """The least and the most that the peak may be; the most is not known where a size is not."""
    memory = Memory(graph)
    live = [0] * max(memory.steps, 1)
    for storage in memory.storages:
        for step in range(storage.first, max(storage.first, storage.last) + 1):
            live[step] += storage.bytes
    return (memory.least(0, live) if memory.steps else live[0]), (max(live) if memory.sized else None)
