"""Names from a model, where they come out."""

from archives import exported
from case import Case, Held, Row, Table, small
from proto import graph, node
from proto import model as onnx

ESCAPE = "\x1b]0;x\x07"


def named(number: str, title: str, name: str, more: str, **facts) -> Case:
    text = small(f'%y = relu(%x) : f32[4] named "{name}" in "{name}"')
    return Case(number, title, f"profile m.alg {more}", 0, {"m.alg": text}, **facts)


def output(title: str, number: str, test: str) -> Held:
    return Held(number, title, f"badcases/{test}", "what is read back is the name, as the reader's own rules have it")


ROWS: list[Row] = [
    output("names that are markup, in the page", "134", "test_page_holds_no_markup_of_names"),
    named(
        "134a",
        "a name that ends a script",
        "</script><img src=x onerror=alert(1)>",
        "-o page.html",
        writes=("page.html",),
    ),
    output("names that are formulas, in every sheet", "135", "test_sheets_hold_no_formulas"),
    named("135a", "a name that is a formula", "=1+1", "-o ops.csv", writes=("ops.csv",)),
    named("136", "a name that a terminal obeys", r"\x1b]52;c;cm0gLXJm\x07", "--verbose", says=(r"\x1b]52",)),
    named("136a", "a name that turns the line around", "a\u202eb", "--verbose", silent=("\u202e",)),
    Case(
        "136c",
        "a file whose own name a terminal obeys",
        "profile 'm\x1b[31m\u202e.alg'",
        3,
        {"m\x1b[31m\u202e.alg": "this is no graph"},
        place=r"m\x1b[31m\xe2\x80\xae.alg",
    ),
    Case(
        "136d",
        "a key that a terminal obeys",
        "run p.toml",
        2,
        {"p.toml": '"a\\u001b[31m" = 1\n'},
        place="p.toml:1:1",
        found=r"a\x1b[31m",
    ),
    Case(
        "136e",
        "names of ONNX that a terminal obeys, in the sentence that refuses them",
        "profile m.onnx",
        3,
        {"m.onnx": onnx(graph([node(ESCAPE, ["no" + ESCAPE], ["y"], ESCAPE, domain=ESCAPE)]))},
        place="m.onnx",
        found=r"'no\x1b]0;x\x07'",
    ),
    Case(
        "136f",
        "an operator that a terminal obeys, in the warning about it",
        "profile m.onnx",
        0,
        {"m.onnx": onnx(graph([node(ESCAPE, ["x"], ["y"], domain=ESCAPE)]))},
        says=(r"\x1b]0;x\x07::\x1b]0;x\x07",),
    ),
    Case(
        "136g",
        "a name of a program that a terminal obeys, in the sentence that refuses it",
        "profile m.pt2",
        3,
        {
            "m.pt2": exported(
                '"arg": {"as_tensor": {"name": "linear"}}', '"arg": {"as_tensor": {"name": "\\u001b]0;x"}}'
            )
        },
        place="m.pt2",
        found=r"'\x1b]0;x'",
    ),
    Case(
        "136h",
        "a text that a terminal obeys, where it is no StableHLO",
        "profile m.mlir",
        3,
        {"m.mlir": 'func.func @"\x1b]0;x\x07"() {\n  banana\x1b[2J\n}\n'},
        place="m.mlir",
    ),
    output("names in every text, JSON, drawing and trace", "136b", "test_documents_hold_the_names"),
    Held(
        "137",
        "figures that are no numbers",
        "plugins/JSON has null for what has no upper bound, and nothing of it is 0",
        "null",
    ),
    Case(
        "138",
        "a model whose id is a path",
        "run p.toml",
        2,
        {"m.alg": small(), "p.toml": '[[model]]\npath = "m.alg"\nid = "../../x"\n[[report]]\nuse = "json"\n'},
        place="p.toml:3:6",
        found='"../../x"',
        expected="letters, digits",
        fix="ids become parts of file names",
    ),
    Held(
        "138a",
        "ids that would share a file",
        "unit/a model's id becomes a file name that stays in its folder",
        "two files",
    ),
    Case(
        "138b",
        "models of one name",
        "run p.toml",
        0,
        {
            "a/m.alg": small(),
            "b/m.alg": small(),
            "p.toml": '[[model]]\npath = "*/m.alg"\n[[report]]\nuse = "json"\npath = "out/{model}.json"\n',
        },
        writes=("out", "out/m.json", "out/m-2.json"),
    ),
]

TABLE = Table("Names, where they come out", ROWS)
