"""StableHLO, as text and as MLIR bytecode."""

from case import Case, Held, Row, Table, sparse
from paths import SOURCE

X = "%x: tensor<4xf32>"


def function(inside: str, inputs: str = X, result: str = "tensor<4xf32>") -> str:
    return f"func.func @main({inputs}) -> {result} {{\n  %0 = {inside}\n  return %0 : {result}\n}}\n"


def bad(number: str, title: str, text, exit_: int = 3, name: str = "m.mlir", **more) -> Case:
    return Case(number, title, f"profile {name}", exit_, {name: text}, **{"place": name, **more})


def bytecode() -> bytes:
    return (SOURCE / "tests/data/stablehlo/cnn.mlirbc").read_bytes()


def doubling() -> str:
    text = function("call @f0(%x) : (tensor<4xf32>) -> tensor<4xf32>")
    one = "(tensor<4xf32>) -> tensor<4xf32>"
    for i in range(40):
        text += (
            f"func.func private @f{i}({X}) -> tensor<4xf32> {{\n  %0 = call @f{i + 1}(%x) : {one}\n"
            f"  %1 = call @f{i + 1}(%0) : {one}\n  return %1 : tensor<4xf32>\n}}\n"
        )
    return text + f"func.func private @f40({X}) -> tensor<4xf32> {{\n  return %x : tensor<4xf32>\n}}\n"


ROWS: list[Row] = [
    bad(
        "156", "an empty text", "", found="no function that could be a model", fix="a model is a function such as @main"
    ),
    bad("156a", "a text with a byte 0", b"func\0.func", found="a byte 0", expected="as MLIR bytecode does"),
    bad(
        "156b",
        "another text",
        "banana",
        found="found 'banana'",
        expected="expected a function or a module",
        place="m.mlir:1:1",
    ),
    bad(
        "157",
        "a value that nothing makes",
        function("stablehlo.add %x, %y : tensor<4xf32>"),
        found="'%y' is used before",
        place="m.mlir:2:",
        fix="every value is made above its first use",
    ),
    bad(
        "157a",
        "a size beyond 64 bits",
        function("stablehlo.sine %x : tensor<99999999999999999999xf32>"),
        found="'99999999999999999999xf32'",
        expected="fit 64 bits",
        place="m.mlir:2:",
        fix="tensor<2x?x3xf32>",
    ),
    bad(
        "157b",
        "operands that do not fit",
        function("stablehlo.add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>", f"{X}, %y: tensor<5xf32>"),
        found="?[4] and ?[5]",
        expected="of different shapes",
        place="m.mlir:2:8",
        fix="broadcast_in_dim",
    ),
    bad(
        "157c",
        "an axis that is not there",
        function("stablehlo.iota dim = 1 : tensor<4xf32>"),
        found="dimension 1",
        expected="a tensor of 1 dimension",
        place="m.mlir:2:8",
    ),
    bad(
        "157d",
        "a block too many",
        "func.func @main() {\n^bb0:\n  return\n^bb1:\n  return\n}",
        found="a second block",
        expected="a region of StableHLO has one",
        place="m.mlir:4:1",
        fix="stablehlo.while",
    ),
    bad(
        "158",
        "100,000 types in one another",
        lambda: function(
            "stablehlo.sine %x : tensor<4xf32>", "%x: " + "tuple<" * 100_000 + "tensor<4xf32>" + ">" * 100_000
        ),
        found="nested more than 64 deep",
        exit_=7,
        place="m.mlir:1:",
    ),
    bad(
        "159",
        "a function that calls itself",
        function("call @main(%x) : (tensor<4xf32>) -> tensor<4xf32>"),
        found="'@main' calls itself",
        place="m.mlir:2:8",
    ),
    Case(
        "159a",
        "forty functions that each call the next one twice, to do nothing",
        "profile m.mlir --set limits.max_nodes=100000",
        7,
        {"m.mlir": doubling()},
        place="m.mlir",
        found="more than 100,000 nodes",
        expected="no more are allowed",
        fix="raise limits.max_nodes",
    ),
    bad(
        "160",
        "a function that is not there",
        function("call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>"),
        found="'@g' is called",
        expected="the file has none of that name",
        place="m.mlir:2:8",
    ),
    Case(
        "160a",
        "an operator of another dialect, and a custom call that nobody registered",
        "profile m.mlir",
        0,
        {
            "m.mlir": "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
            '  %0 = "acme.twist"(%x) : (tensor<4xf32>) -> tensor<4xf32>\n'
            "  %1 = stablehlo.custom_call @my_kernel(%0) : (tensor<4xf32>) -> tensor<4xf32>\n"
            "  return %1 : tensor<4xf32>\n}\n"
        },
        says=("1 operator is not known: acme.twist", "1 operator is not known: stablehlo.custom_call.my_kernel"),
    ),
    bad(
        "160b",
        "an attribute that is no number",
        function('"stablehlo.iota"() {iota_dimension = "zero"} : () -> tensor<4xf32>'),
        found="an attribute 'iota_dimension' that is no whole number",
        place="m.mlir:2:8",
    ),
    Case(
        "160c",
        "a symbol whose value makes a size negative",
        "profile m.mlir --bind x_0=2",
        3,
        {
            "m.mlir": "func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {\n"
            "  %c = stablehlo.constant dense<5> : tensor<i32>\n"
            "  %0 = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>\n"
            "  %1 = stablehlo.subtract %0, %c : tensor<i32>\n"
            "  %2 = stablehlo.reshape %1 : (tensor<i32>) -> tensor<1xi32>\n"
            "  %3 = stablehlo.dynamic_iota %2, dim = 0 : (tensor<1xi32>) -> tensor<?xf32>\n"
            "  return %3 : tensor<?xf32>\n}\n"
        },
        place="m.mlir:6:8",
        found="a size of -3",
        expected="sizes are not negative",
    ),
    Case(
        "160d",
        "a file of the future among others",
        "profile a.mlirbc m.mlir b.mlirbc",
        5,
        {
            "a.mlirbc": lambda: b"ML\xefR" + b"\x3f" + bytecode()[5:],
            "m.mlir": function("stablehlo.sine %x : tensor<4xf32>"),
            "b.mlirbc": bytecode,
        },
        place="a.mlirbc",
        found="MLIR bytecode of version 31",
        expected="versions up to 6 are read",
        says=("GRAPH PROFILE: m", "GRAPH PROFILE: b"),
    ),
    Case(
        "160e",
        "a text of 4 GiB",
        "profile m.mlir",
        7,
        prepare=sparse("m.mlir", 1 << 32, b"func.func @main() {\n"),
        place="m.mlir",
        found="larger than 4 GiB",
        fix="without its large constants",
        memory_mb=200,
    ),
    bad("161", "bytecode cut in half", lambda: bytecode()[: len(bytecode()) // 2], name="m.mlirbc"),
    bad("161a", "the beginning of bytecode alone", b"ML\xefR", name="m.mlirbc"),
    bad("161b", "bytecode of a version to come", lambda: b"ML\xefR" + b"\xff" + bytecode()[5:], name="m.mlirbc"),
    bad(
        "161c",
        "bytecode whose strings claim 2^60 bytes",
        lambda: bytecode()[:30] + b"\0" + b"\xff" * 8 + bytecode()[39:],
        name="m.mlirbc",
    ),
    Held(
        "161d",
        "bytecode bent in any byte",
        "stablehlo/bytecode bent anywhere is an error or another graph, never a crash",
        "3, or another model",
    ),
]

TABLE = Table("StableHLO", ROWS)
