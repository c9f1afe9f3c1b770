"""ONNX that makes no sense."""

from case import Case, Row, Table
from proto import (
    call,
    conv,
    function,
    graph,
    integer,
    ints,
    model,
    node,
    number,
    opset,
    part,
    relu,
    subgraph,
    tensor,
    value,
)

from tables.onnx import PROFILE, bad


def nested(depth: int) -> bytes:
    inner = part(1, relu("x", "r")) + part(12, part(1, "r"))
    other = subgraph("else_branch", inner)
    for _ in range(depth - 1):
        branches = subgraph("then_branch", inner), other
        inner = part(1, node("If", ["c"], ["r"], "if", *branches)) + part(12, part(1, "r"))
    return model(graph([node("If", ["c"], ["y"], "top", subgraph("then_branch", inner), other)], [tensor("c", [], 9)]))


def bomb() -> bytes:
    functions = [function(f"F{i}", [call(f"F{i + 1}", "a", "t"), call(f"F{i + 1}", "t", "b")]) for i in range(40)]
    last = function("F40", [relu("a", "b")])
    return model(graph([call("F0", "x", "y")]), opset(1, "f"), *functions, last)


def circle() -> bytes:
    one, two = function("A", [call("B", "a", "b")]), function("B", [call("A", "a", "b")])
    return model(graph([call("A", "x", "y")]), opset(1, "f"), one, two)


def with_tensor(stored: bytes) -> bytes:
    return model(graph([relu()], [stored]))


ROWS: list[Row] = [
    bad(
        "7",
        "graphs in graphs in graphs",
        nested(40),
        7,
        found="nested 33 deep",
        expected="allowed 32",
        fix="raise limits.max_region_depth",
    ),
    bad("7a", "the same 3,000 times", nested(3000), 7, found="nested 33 deep", expected="allowed 32"),
    Case(
        "7b",
        "graphs 40 deep where 64 are allowed",
        PROFILE + " --set limits.max_region_depth=64",
        0,
        {"m.onnx": nested(40)},
    ),
    bad("8", "functions that call each other in a circle", circle(), found="call themselves: A -> B -> A"),
    bad(
        "9",
        "forty functions that each call the next one twice",
        bomb(),
        7,
        found="would expand to 3.3e12 nodes",
        expected="allowed 4,000,000",
        fix="raise limits.max_nodes",
    ),
    bad(
        "10",
        "a graph that runs in a circle",
        model(graph([node("Add", ["x", "b"], ["a"], "one"), relu("a", "b", "two"), relu("b", "y")])),
        found="cycle: node 'one' (Add) -> node 'two' (Relu) -> node 'one' (Add)",
    ),
    bad(
        "11",
        "nodes in the wrong order",
        model(graph([relu("a", "y"), relu("x", "a")])),
        0,
        says=("not in topological order; they were sorted",),
    ),
    bad(
        "12",
        "a value that two nodes make",
        model(graph([relu(name="a"), relu(name="b")])),
        found="'y' has two producers: node 'a' (Relu) and node 'b' (Relu)",
    ),
    bad(
        "13",
        "nodes without names, or with one name",
        model(graph([relu("x", "a"), relu("a", "b", "n"), relu("b", "y", "n")])),
        0,
    ),
    bad(
        "14",
        "two stored tensors of one name",
        model(graph([relu()], [tensor("w", [1]), tensor("w", [2])])),
        found="two initializers of one graph are named 'w'",
    ),
    bad(
        "15",
        "operands that nothing makes",
        model(graph([node("Add", ["x", "nowhere"], ["y"], "sum")])),
        found="'nowhere' of node 'sum' (Add)",
        expected="made by no node, input or initializer",
    ),
    bad("16", "an optional operand that is left out", model(graph([node("Clip", ["x", "", ""], ["y"])])), 0),
    Case(
        "17",
        "a size that nobody has given",
        PROFILE,
        2,
        {"m.onnx": model(graph([relu()], inputs=[value("x", ["n", 8])]))},
        place="m.onnx",
        found="1 symbolic dimension has no value: n",
        fix="--bind n=",
    ),
    bad(
        "18",
        "a stored tensor of a negative size",
        with_tensor(tensor("w", [4, -1])),
        found="is -1",
        expected="sizes are not negative",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "18a",
        "an input of a negative size",
        model(graph([relu()], inputs=[value("x", [-3, 8])])),
        0,
        says=("1 size is stated below zero and taken as unknown",),
    ),
    bad(
        "19",
        "a product of sizes that wraps to 4",
        with_tensor(tensor("w", [4194305, 4194305, 211106198978564])),
        found="overflows 64 bits",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "20", "an odd number of values of four bits", model(graph([relu()], [tensor("w", [5], 22, part(9, b"abc"))])), 0
    ),
    bad(
        "20a",
        "the same with a byte too few",
        with_tensor(tensor("w", [5], 22, part(9, b"ab"))),
        found="holds 2 bytes",
        expected="need 3",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "21",
        "more work than 63 bits count",
        model(graph([relu()], inputs=[value("x", [1 << 62, 4])])),
        found="does not fit 63 bits",
        place="m.onnx",
    ),
    bad(
        "22",
        "sizes of nought beside huge ones",
        model(graph([relu()], inputs=[value("x", [0, 3, 1 << 62])])),
        0,
        silent=("nan", "inf "),
    ),
    bad(
        "23",
        "a tensor of 65 dimensions",
        with_tensor(tensor("w", [1] * 65)),
        7,
        found="65 dimensions",
        expected="allowed 64",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "23a",
        "a tensor of a million dimensions",
        lambda: with_tensor(tensor("w", [1] * 1_000_000)),
        7,
        found="1,000,000 dimensions",
        expected="allowed 64",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "24",
        "bytes that do not fill their sizes",
        with_tensor(tensor("w", [2, 2], 1, part(9, b"12345678"))),
        found="raw_data holds 8 bytes",
        expected="need 16",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "24a",
        "contents that are there twice",
        with_tensor(tensor("w", [1], 1, part(9, b"1234"), part(4, b"1234"))),
        found="holds its contents twice",
        place="m.onnx: tensor 'w'",
    ),
    bad(
        "25",
        "an operator that nobody knows",
        model(graph([node("Flux", ["x"], ["y"], "f", domain="acme")])),
        0,
        says=("acme::Flux",),
    ),
    bad(
        "25a",
        "an element type that nobody knows",
        model(graph([node("Add", ["x", "w"], ["y"])], [tensor("w", [8], 99)])),
        0,
        says=("element type 99 is not known",),
    ),
    bad(
        "26",
        "operators without a version",
        number(1, 8) + part(7, graph([relu()])),
        found="says no opset_import",
        fix="export the model again",
    ),
    bad(
        "26a",
        "operators of two versions",
        model(graph([relu()]), opset(13)),
        found="imported twice, with versions 18 and 13",
    ),
    bad(
        "26b",
        "a file of a version to come",
        number(1, 60) + part(7, graph([relu()])) + opset(18),
        0,
        says=("the file has ir_version 60",),
    ),
    bad(
        "27",
        "a stride below nought",
        conv(ints("strides", [2, -1])),
        found="strides holds -1",
        expected="at least 1",
        place="m.onnx: node 'c' (Conv)",
    ),
    bad(
        "27a",
        "no group at all",
        conv(integer("group", 0)),
        found="group is 0",
        expected="at least 1",
        place="m.onnx: node 'c' (Conv)",
    ),
    bad(
        "27b",
        "the least dilation that there is",
        conv(ints("dilations", [-(1 << 63), 1])),
        found="dilations holds -9223372036854775808",
        expected="at least 1",
        place="m.onnx: node 'c' (Conv)",
    ),
    bad(
        "27c",
        "an attribute of another type",
        conv(integer("strides", 2)),
        found="the attribute 'strides' of Conv",
        expected="the list of integers that is expected",
        place="m.onnx: node 'c' (Conv)",
    ),
    bad(
        "27d",
        "a permutation that is none",
        model(graph([node("Transpose", ["x"], ["y"], "t", ints("perm", [0, 1, 1, 2]))])),
        found="perm [0,1,1,2]",
        expected="a permutation of 4 dimensions",
        place="m.onnx: node 't' (Transpose)",
    ),
    bad(
        "27e",
        "an axis that is not there",
        model(graph([node("Softmax", ["x"], ["y"], "s", integer("axis", 4))])),
        found="the axis 4",
        expected="out of range for 4 dimensions",
        place="m.onnx: node 's' (Softmax)",
    ),
    bad(
        "28",
        "an operator with too few operands",
        model(graph([node("Conv", ["x"], ["y"], "c")])),
        found="has 1",
        expected="needs 2 operands",
        place="m.onnx: node 'c' (Conv)",
    ),
    bad("28a", "a split into nothing", model(graph([node("Split", ["x"], [""], "s"), relu()]), version=13), 0),
]

TABLE = Table("ONNX: graphs", ROWS)
