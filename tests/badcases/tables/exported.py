"""Programs of torch.export: a zip of JSON."""

from archives import Entry, archive, exported, program, repacked
from case import Case, Held, Row, Table

JSON = "m.pt2:m/models/model.json:"
NODES = JSON + "/graph_module/graph/nodes"


def bad(number: str, title: str, contents, exit_: int = 3, **more) -> Case:
    defaults = {"place": "m.pt2"} if exit_ else {}
    return Case(number, title, "profile m.pt2", exit_, {"m.pt2": contents}, **{**defaults, **more})


ROWS: list[Row] = [
    bad(
        "78",
        "100,000 brackets",
        program(b"[" * 100_000),
        7,
        found="nests deeper than 1000 levels",
        place=JSON + "1:1001",
    ),
    bad(
        "79",
        "a string without an end",
        program(b'{"graph_module'),
        found="the string that begins here does not end",
        place=JSON + "1:2",
    ),
    bad("80", "a text that is no UTF-8", program(b'{"a": "\xff\xfe"}'), found="UTF-8", place=JSON),
    bad(
        "80a",
        "half of a surrogate pair",
        exported("torch.ops.aten.gelu.default", r"torch.ops.acme.\ud800.default"),
        0,
        says=("acme",),
    ),
    bad(
        "81", "NaN", exported('"as_int": 10', '"as_int": NaN'), found="found NaN", expected="a whole number", place=JSON
    ),
    bad("81a", "an integer of 70 bits", exported('"as_int": 10', '"as_int": 1180591620717411303424'), place=JSON),
    bad("81b", "a number beyond all", exported('"as_int": 10', '"as_int": 1e999'), place=JSON),
    bad(
        "82",
        "a key that is there twice",
        program(b'{"schema_version": {"major": 8, "major": 9}}'),
        found="major",
        place=JSON,
    ),
    bad(
        "83",
        "a number where a name belongs",
        exported('"target": "torch.ops.aten.gelu.default"', '"target": 7'),
        found="found a number",
        expected="expected a string",
        place=NODES + "/1/target",
    ),
    bad(
        "83a",
        "a list without its name",
        exported('"nodes": [', '"knots": ['),
        found="the member 'nodes' is missing",
        place=JSON + "/graph_module/graph",
    ),
    bad(
        "84",
        "269 MB of blanks in a text of 262 kB",
        lambda: archive(Entry(b"m/models/model.json", b" " * (269 << 20), True)),
        7,
        found="inflates to more than 268 MB",
        memory_mb=600,
    ),
    bad(
        "84a",
        "34 million values",
        lambda: program(b"[" + b"1," * 34_000_000 + b"1]"),
        7,
        place="m.pt2:m/models/model.json",
        memory_mb=900,
    ),
    bad(
        "85",
        "a schema to come",
        exported('"major": 8', '"major": 9'),
        found="schema 9.20",
        expected="8.x is what can be read",
        place=JSON + "/schema_version",
        fix="torch 2.13",
    ),
    bad(
        "85a", "a schema a little newer", exported('"minor": 20', '"minor": 21'), 0, says=("the file has schema 8.21",)
    ),
    Held(
        "86",
        "a million terms in a size",
        "dynamo/a million terms, a million arguments and a very long path take no time",
        "0",
    ),
    bad(
        "87",
        "an operand that nothing makes",
        exported(
            '"name": "self", "arg": {"as_tensor": {"name": "linear"}}',
            '"name": "self", "arg": {"as_tensor": {"name": "nobody"}}',
        ),
        found="'nobody' is used before anything makes it",
        place=NODES + "/1/inputs/0/arg/as_tensor/name",
    ),
    bad(
        "87a",
        "an operand that comes later",
        exported(
            '"name": "self", "arg": {"as_tensor": {"name": "linear"}}',
            '"name": "self", "arg": {"as_tensor": {"name": "linear_1"}}',
        ),
        found="'linear_1' is used before anything makes it",
        place=NODES + "/1/inputs/0/arg/as_tensor/name",
    ),
    bad(
        "88",
        "a pickle among the weights, which is never opened",
        lambda: repacked(
            {
                "m/models/model.json": exported('"major": 8', '"major": 8')(),
                "m/data/weights/w.pt": b"cos\nsystem\n(S'touch ran'\ntR.",
            }
        ),
        3,
        found="JSON",
        place="m.pt2",
    ),
    bad(
        "88a",
        "a size below nought",
        exported('"sizes": [{"as_int": 10}', '"sizes": [{"as_int": -10}'),
        found="a size of -10",
        expected="sizes are not negative",
        place=JSON,
    ),
    bad(
        "88b",
        "a program without a graph",
        archive(Entry(b"readme.txt", b"x")),
        found="there is no models/*.json in it",
        expected="exported program",
        fix="torch.export.save",
    ),
    bad(
        "88c",
        "two programs",
        archive(Entry(b"m/models/a.json", b"{}"), Entry(b"m/models/b.json", b"{}")),
        found="2 programs: 'm/models/a.json', 'm/models/b.json'",
        fix="a file of its own",
    ),
    bad(
        "88d",
        "a state_dict under the name of a program",
        archive(Entry(b"m/data.pkl", b"x"), Entry(b"m/data/0", b"x")),
        found="a state_dict has no graph",
        fix="torch.export.save",
    ),
]

TABLE = Table("torch.export", ROWS)
