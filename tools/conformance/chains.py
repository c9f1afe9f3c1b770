"""Small integer tensors worked out by nodes in place of being stored, as exporters write shapes, axes and pads."""

import numpy
import onnx
from onnx import helper, numpy_helper
from trial import Dice, whole


class Chain:
    """Nodes and initializers that make one tensor."""

    def __init__(self, name: str):
        self.name, self.nodes, self.stored = name, [], []

    def hold(self, values) -> str:
        self.stored.append(numpy_helper.from_array(numpy.asarray(values), f"{self.name} stored {len(self.stored)}"))
        return self.stored[-1].name

    def node(self, op: str, inputs: list[str], result: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [result or f"{self.name} made {len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]


def joined(chain: Chain, data: numpy.ndarray) -> None:
    """One element after another, each made a list of its own."""
    parts = [chain.node("Unsqueeze", [chain.hold(value), chain.hold(whole([0]))]) for value in data]
    chain.node("Concat", parts, chain.name, axis=0)


def turned(chain: Chain, data: numpy.ndarray) -> None:
    """Stored from back to front, and cut backwards."""
    bounds = [chain.hold(whole([value])) for value in (-1, -(2**63), 0, -1)]
    chain.node("Slice", [chain.hold(data[::-1].copy()), *bounds], chain.name)


def calculated(chain: Chain, data: numpy.ndarray) -> None:
    """(2 data + 3 - 3) / 2, then there and back through another type."""
    doubled = chain.node("Sub", [chain.hold(2 * data + 3), chain.hold(numpy.int64(3))])
    halved = chain.node("Div", [doubled, chain.hold(whole([2]))])
    chain.node("Cast", [chain.node("Cast", [halved], to=onnx.TensorProto.INT32)], chain.name, to=onnx.TensorProto.INT64)


def chosen(chain: Chain, data: numpy.ndarray) -> None:
    """Where the stored one is wanted, what is picked from it in its own order."""
    places = chain.node("Range", [chain.hold(numpy.int64(n)) for n in (0, len(data), 1)])
    picked = chain.node("Gather", [chain.hold(data), places], axis=0)
    wanted = chain.node("Equal", [picked, chain.hold(data)])
    chain.node("Where", [wanted, picked, chain.hold(whole([7] * len(data)))], chain.name)


def padded(chain: Chain, data: numpy.ndarray) -> None:
    """As exporters turn PyTorch's pads into ONNX's: pairs, back to front, then transposed."""
    if len(data) % 2:
        return joined(chain, data)
    pairs = data.reshape(2, -1).T[::-1].copy()
    flat = chain.node("Reshape", [chain.hold(pairs.reshape(-1)), chain.hold(whole([-1, 2]))])
    bounds = [chain.hold(whole([value])) for value in (-1, -(2**63), 0, -1)]
    straight = chain.node("Transpose", [chain.node("Slice", [flat, *bounds])], perm=[1, 0])
    chain.node("Reshape", [straight, chain.hold(whole([-1]))], chain.name)


WAYS = [joined, turned, calculated, chosen, padded]


def works_out(dice: Dice, model: onnx.ModelProto) -> None:
    """Each list of integers that the model stores is worked out in one of these ways instead."""
    graph = model.graph
    for tensor in [t for t in graph.initializer if t.data_type == onnx.TensorProto.INT64 and len(t.dims) == 1]:
        data, chain = numpy_helper.to_array(tensor), Chain(tensor.name)
        if not all(-(2**30) <= value <= 2**30 for value in data) or data.size == 0:  # what is doubled here must fit
            continue
        dice.pick(WAYS)(chain, data)
        graph.initializer.remove(tensor)
        graph.initializer.extend(chain.stored)
        for at, node in enumerate(chain.nodes):
            graph.node.insert(at, node)
