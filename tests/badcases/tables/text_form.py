"""The text form, and figures that no model can have."""

from case import Case, Held, Row, Table, small

IMAGE = "input %x : f32[1,4,8,8]\n  parameter %w : f32[4,4,3,3]"


def bad(number: str, title: str, text, exit_: int = 3, **more) -> Case:
    return Case(
        number, title, "profile m.alg", exit_, {"m.alg": text}, **({"place": "m.alg", **more} if exit_ else more)
    )


def nested(depth: int) -> str:
    text = (
        'graph "m" {\ninput %x : f32[4]\n'
        + "".join(f"%r{i} = call(%x) : f32[4] {{\n" for i in range(depth))
        + "yield %x }\n"
    )
    return text + "".join(f"yield %r{i} }}\n" for i in range(depth - 1, 0, -1)) + "return %r0\n}\n"


def in_modules(depth: int) -> str:
    return small('%y = relu(%x) : f32[4] in "' + "a." * (depth - 1) + 'a"')


def of_rank(rank: int) -> str:
    shape = ",".join("1" * rank)
    return small(f"%y = relu(%x) : f32[{shape}]", f"input %x : f32[{shape}]")


ROWS: list[Row] = [
    bad("162", "a text that is no graph", "this is no graph", found="expected", place="m.alg:1:1"),
    bad("162a", "a text that ends too early", 'graph "m" {\n  input %x : f32[4]\n', place="m.alg:3:1"),
    bad(
        "162b",
        "regions 33 deep",
        nested(33),
        7,
        found="regions are nested deeper than 32",
        place="m.alg:36:1",
        fix="raise limits.max_region_depth",
    ),
    Case(
        "162l",
        "regions 64 deep where that is allowed",
        "profile m.alg --set limits.max_region_depth=64",
        0,
        {"m.alg": nested(64)},
    ),
    bad(
        "162m",
        "a name of 65,537 bytes",
        small(f'%y = relu(%x) : f32[4] named "{"n" * 65_537}"'),
        7,
        found="has 65,537 bytes",
        expected="allowed 65,536",
        fix="raise limits.max_name_bytes",
    ),
    bad("162n", "a name of 65,536 bytes", small(f'%y = relu(%x) : f32[4] named "{"n" * 65_536}"'), 0),
    Case(
        "162k",
        "more nodes than are allowed",
        "profile m.alg --set limits.max_nodes=1",
        7,
        {"m.alg": small("%a = relu(%x) : f32[4]\n  %y = relu(%a) : f32[4]", "input %x : f32[4]")},
        place="m.alg",
        found="the graph has more than 1 nodes",
        fix="raise limits.max_nodes",
    ),
    bad("162f", "regions 32 deep", nested(32), 0),
    bad("162g", "modules 1,000 deep", in_modules(1000), 0),
    bad("162h", "a tensor of 1,024 dimensions", of_rank(1024), 0),
    bad(
        "162c",
        "regions 50,000 deep",
        lambda: nested(50_000),
        7,
        found="regions are nested deeper than 32",
        place="m.alg:36:1",
    ),
    bad(
        "162d",
        "modules 60,000 deep",
        in_modules(60_000),
        7,
        found="modules are nested 60,000 deep",
        expected="allowed 1,000",
    ),
    bad(
        "162e",
        "a tensor of 3,000 dimensions",
        of_rank(3000),
        7,
        found="the tensor 'x' has 3,000 dimensions",
        expected="allowed 1,024",
    ),
    bad(
        "163",
        "no group at all",
        small("%y = conv(%x, %w) {groups=0} : f32[1,4,6,6]", IMAGE),
        found="groups is 0",
        expected="at least 1 is possible",
        place="m.alg: node 'y' (conv)",
    ),
    bad(
        "163a",
        "a result that a window does not make",
        small("%y = conv(%x, %w) : f32[1,4,6,99]", IMAGE),
        found="a result of 99",
        expected="a window of 3 makes 6 of 8",
    ),
    bad(
        "163b",
        "more bytes than 63 bits count",
        small("%y = relu(%x) : f64[2000000000,1000000000]", "input %x : f64[2000000000,1000000000]"),
        found="byte count of node 'y'",
        expected="fit 63 bits",
    ),
    Held(
        "163c",
        "every other figure that cannot be",
        "errors/a model that makes no sense is one sentence, whatever counts it",
        "3",
    ),
    Case(
        "164",
        "a power of powers as a size",
        "profile m.alg --bind N=9",
        3,
        {"m.alg": small("%y = relu(%x) : f32[4]", 'input %x : f32["N**N**N**N"]')},
        place="m.alg",
        found="'N**N**N**N' has no value at N=9",
        expected="fit 127 bits",
    ),
    Case(
        "164a",
        "a symbol that the model does not have",
        "profile m.alg --bind nope=3",
        2,
        {"m.alg": small()},
        found="'nope'",
    ),
    Held(
        "165",
        "a graph of a worker with any index wrong",
        "plugins/mutants of a convolutional network are refused, or harmless to every pass",
        "refused",
    ),
    Case(
        "166",
        "a model that is not there",
        "profile modle.alg",
        2,
        {"model.alg": small()},
        place="MODEL",
        found="'modle.alg'",
        expected="did you mean 'model.alg'?",
        fix="'alidade models' lists those",
    ),
    Case(
        "166a",
        "a folder as a model",
        "profile d",
        2,
        {"d/x": b""},
        place="MODEL",
        found="'d' is a folder",
        fix="d/*.onnx",
    ),
    Case(
        "166b",
        "a model that may not be read",
        "profile m.alg",
        3,
        {"m.alg": small()},
        place="m.alg",
        found="permission denied",
        fix="make it readable",
        prepare=lambda folder: (folder / "m.alg").chmod(0),
        as_nobody=True,
    ),
    Case(
        "167",
        "standard input that holds nothing",
        "profile - --frontend text",
        2,
        place="MODEL",
        found="standard input is empty",
        fix="pipe a model into it",
    ),
]

TABLE = Table("Text form", ROWS)
