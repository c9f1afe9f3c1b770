"""Random models of loops, scans and branches, one in the other, that a few products of matrices stand in.

A loop's count is a constant, the size of a tensor, or left out; its condition is constant, passed on, worked out from
the trip or from a counter that is carried, or left to the data. Tensors grow and shrink from trip to trip.
"""

import dataclasses

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from trial import Dice

WIDTH = 4
OPSET = 18
YES = "yes"  # a stored truth, which every graph sees


@dataclasses.dataclass
class Made:
    model: onnx.ModelProto
    feeds: dict[str, numpy.ndarray]
    by_data: bool  # the data decide a branch or a count in it


class Program:
    """Nodes that make one tensor of another, of some rows of WIDTH numbers each."""

    def __init__(self, dice: Dice):
        self.dice, self.by_data, self.names = dice, False, 0

    def name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def constant(self, nodes: list, value, kind=numpy.int64) -> str:
        name = self.name("c")
        nodes.append(helper.make_node("Constant", [], [name],
                                      value=numpy_helper.from_array(numpy.array(value, kind), name)))
        return name

    def op(self, nodes: list, op: str, *inputs: str, **attributes) -> str:
        name = self.name(op.lower())
        nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def steps(self, nodes: list, x: str, depth: int, trip: str | None = None) -> str:
        for _ in range(self.dice.size(1, 3)):
            kinds = ["product", "product", "grow", "shrink", "relu"] + ["loop", "loop", "if", "scan"] * (depth > 0)
            x = getattr(self, self.dice.pick(kinds))(nodes, x, depth, trip)
        return x

    def product(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        return self.op(nodes, "MatMul", x, "w")

    def relu(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        return self.op(nodes, "Relu", x)

    def grow(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        return self.op(nodes, "Concat", x, "row", axis=0)

    def shrink(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        first, last, axis = (self.constant(nodes, [n]) for n in (0, self.dice.size(1, 5), 0))
        return self.op(nodes, "Slice", x, first, last, axis)

    def graph(self, nodes: list, inputs: list, outputs: list) -> onnx.GraphProto:
        return helper.make_graph(nodes, self.name("g"), inputs, [onnx.ValueInfoProto(name=o) for o in outputs])

    def condition(self, nodes: list, x: str, trip: str | None) -> str:
        """A truth that is constant, follows from the trip, or depends on the data."""
        way = self.dice.pick(["constant", "constant", "data"] + ["trip"] * 2 * (trip is not None))
        if way == "constant":
            return self.constant(nodes, self.dice.flag(), numpy.bool_)
        if way == "trip":
            return self.op(nodes, "Less", trip, self.constant(nodes, self.dice.size(0, 3)))
        self.by_data = True
        total = self.op(nodes, "ReduceSum", x, keepdims=0)
        return self.op(nodes, "Greater", total, self.constant(nodes, 0.0, numpy.float32))

    def loop(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        counter, started = self.constant(nodes, self.dice.size(0, 2)), self.dice.flag(0.3)
        count = self.dice.pick(["constant", "constant", "size", "none"])
        most = "" if count == "none" else self.constant(nodes, self.dice.size(0, 4))
        if count == "size":
            first = self.op(nodes, "Slice", self.op(nodes, "Shape", x), *(self.constant(nodes, [n]) for n in (0, 1)))
            most = self.op(nodes, "Squeeze", first)
        start = self.constant(nodes, self.dice.flag(0.9), numpy.bool_) if started else ""
        inner, i, going, state, number = [], *(self.name(n) for n in ("i", "going", "state", "number"))
        made = self.steps(inner, state, depth - 1, i)
        following = self.op(inner, "Add", number, self.constant(inner, 1))
        goes_on = self.goes_on(inner, going, made, i, following, count == "none")
        rows = [self.op(inner, "ReduceMean", made, axes=[0], keepdims=0)] if self.dice.flag(0.3) else []
        inputs = [helper.make_tensor_value_info(i, TensorProto.INT64, []),
                  helper.make_tensor_value_info(going, TensorProto.BOOL, []), onnx.ValueInfoProto(name=state),
                  onnx.ValueInfoProto(name=number)]
        last, ended = self.name("last"), self.name("ended")
        body = self.graph(inner, inputs, [goes_on, made, following, *rows])
        outputs = [last, ended, *(self.name("all") for _ in rows)]
        nodes.append(helper.make_node("Loop", [most, start, x, counter], outputs, body=body))
        return last

    def goes_on(self, nodes: list, going: str, x: str, i: str, number: str, must_end: bool) -> str:
        ways = ["counter", "trip"] + ["passed", "constant", "data"] * (not must_end)
        way = self.dice.pick(ways)
        if way == "passed":
            return self.op(nodes, "Identity", going)
        if way == "constant":
            return self.constant(nodes, self.dice.flag(0.8), numpy.bool_)
        if way == "data":
            self.by_data = True
            total = self.op(nodes, "ReduceSum", x, keepdims=0)
            return self.op(nodes, "Greater", total, self.constant(nodes, -1.0, numpy.float32))
        return self.op(nodes, "Less", number if way == "counter" else i, self.constant(nodes, self.dice.size(1, 4)))

    def scan(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        inner, state, item = [], self.name("state"), self.name("item")
        total = self.op(inner, "Add", state, item)
        line = self.op(inner, "Unsqueeze", total, self.constant(inner, [0]))
        made = self.op(inner, "Squeeze", self.op(inner, "MatMul", line, "w"), self.constant(inner, [0]))
        inputs = [onnx.ValueInfoProto(name=state), onnx.ValueInfoProto(name=item)]
        last, rows = self.name("last"), self.name("rows")
        first = self.op(nodes, "Squeeze", "row", self.constant(nodes, [0]))
        nodes.append(helper.make_node("Scan", [first, x], [last, rows], num_scan_inputs=1,
                                      body=self.graph(inner, inputs, [total, made])))
        return rows

    def branches(self, nodes: list, x: str, depth: int, trip: str | None) -> str:
        condition, made = self.condition(nodes, x, trip), self.name("either")
        graphs = {}
        for branch in ("then_branch", "else_branch"):
            inner: list = []
            graphs[branch] = self.graph(inner, [], [self.steps(inner, x, depth - 1, trip)])
        nodes.append(helper.make_node("If", [condition], [made], **graphs))
        return made


setattr(Program, "if", Program.branches)


def made(dice: Dice, depth: int = 2) -> Made:
    program, nodes = Program(dice), []
    first = getattr(program, dice.pick(["loop", "loop", "if", "scan"]))(nodes, "x", depth, None)
    last = program.op(nodes, "Identity", program.steps(nodes, first, depth))
    x = dice.array([dice.size(1, 5), WIDTH])
    stored = [numpy_helper.from_array(numpy.array(True), YES), numpy_helper.from_array(dice.array([WIDTH, WIDTH]), "w"),
              numpy_helper.from_array(dice.array([1, WIDTH]), "row")]
    graph = helper.make_graph(nodes, "control", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [onnx.ValueInfoProto(name=last)], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    return Made(model, {"x": x}, program.by_data)


def conditions_stated(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same model for onnx's reference implementation, which never runs a loop whose condition is left out."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    graphs = [copy.graph]
    while graphs:
        for node in graphs.pop().node:
            graphs += [attribute.g for attribute in node.attribute if attribute.HasField("g")]
            if node.op_type == "Loop" and not node.input[1]:
                node.input[1] = YES
    return copy
