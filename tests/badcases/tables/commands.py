"""Command lines, and the data files of engines."""

from itertools import combinations

from case import Case, Row, Table, small

MODEL = {"m.alg": small()}
DECODE = "{data}/serving/smollm2_135m.decode.pt2"
LINK = '[[link]]\nfrom = "{}"\nto = "{}"\ngbps = 5.8\n'


def bad(number: str, title: str, run: str, exit_: int = 2, files=MODEL, **more) -> Case:
    return Case(number, title, run, exit_, files, **more)


def placed(placer: str, *names: str) -> str:
    devices = "".join(f'[[hardware]]\ndevice = "{name}"\n' for name in names)
    links = "".join(LINK.format(*pair) for pair in combinations(names, 2))
    placement = f'[[placement]]\nuse = "{placer}"\ntargets = {list(names)}\n'
    return (
        f'[[model]]\npath = "m.alg"\n[[analysis]]\nuse = "cost"\n{devices}{links}{placement}[[report]]\nuse = "table"\n'
    )


LARGE = 1 << 61  # bytes, of which four are too many


def text(body: str) -> dict[str, str]:
    return {"m.alg": 'graph "m" {\n  ' + body.replace("; ", "\n  ") + "\n}\n"}


def graph_of(*tensors: str) -> dict[str, str]:
    """Tensors of `LARGE` bytes each, all of which are results."""
    names = [f"%t{i}" for i in range(len(tensors))]
    lines = [t.replace("T", name) + f" : u8[{LARGE}]" for t, name in zip(tensors, names, strict=True)]
    return text("; ".join([*lines, "return " + ", ".join(names)]))


def layers(count: int, width: int) -> dict[str, str]:
    """Products one after the other, of `width` squared numbers each."""
    lines = [f"input %y0 : f32[1,{width}]"]
    for i in range(1, count + 1):
        lines.append(f"parameter %w{i} : f32[{width},{width}]")
        lines.append(f"%y{i} = linear(%y{i - 1}, %w{i}) : f32[1,{width}]")
    return text("; ".join([*lines, f"return %y{count}"]))


def crowded(number: str, placer: str) -> Case:
    return bad(
        number,
        f"weights that fit no two targets together, placed by {placer}",
        "run p.toml",
        5,
        {"p.toml": placed(placer, "l4", "t4"), **layers(5, 47_434)},
        found="'l4' has room for 25.2 GB, 't4' has room for 16.7 GB",
        expected="found no placement that keeps the limits",
        place="m.alg",
        fix="give a target more memory",
    )


def many_sums() -> str:
    """One tensor after the other, each of three other sizes."""
    sizes = list(combinations("abcdef", 3))
    sums = [f"%v{i} = reduce_sum(%x) {{axes=[0]}} : f32[{','.join(s)}]" for i, s in enumerate(sizes)]
    return "; ".join(["input %x : f32[a,b,c,d,e,f]", *sums, f"return %v{len(sizes) - 1}"])


ROWS: list[Row] = [
    crowded("176a", "min_cut"),
    crowded("176b", "ilp"),
    crowded("176c", "local"),
    bad(
        "177",
        "inputs that are too large together",
        "profile m.alg --with memory",
        3,
        graph_of(*["input T"] * 4),
        found="the activations of the model do not fit 63 bits",
        place="m.alg",
    ),
    bad(
        "177a",
        "weights that are too large together",
        "profile m.alg",
        3,
        text(
            "; ".join(f"parameter %p{i} : u8[{LARGE}]; %v{i} = reshape(%p{i}) : u8[1,{LARGE}]" for i in range(4))
            + "; return %v0, %v1, %v2, %v3"
        ),
        found="the stored tensors do not fit 63 bits at 'p3'",
        place="m.alg",
    ),
    bad(
        "177b",
        "a transform of too many numbers",
        "profile m.alg",
        3,
        text(f"input %x : u8[{LARGE}]; %y = fft(%x) {{axes=[0]}} : u8[{LARGE}]; return %y"),
        found="xla count of node 'y' does not fit 63 bits",
        place="m.alg",
    ),
    bad(
        "177c",
        "more operators than are allowed",
        "profile m.alg --set limits.max_nodes=1",
        7,
        {"m.alg": small("%a = relu(%x) : f32[4]\n  %y = relu(%a) : f32[4]")},
        found="more than 1 nodes",
        place="m.alg",
        fix="--set limits.max_nodes=N",
    ),
    bad(
        "177e",
        "a peak that is any of too many sums",
        "formula m.alg",
        0,
        text(many_sums()),
        says=("which of more than 16 sums of tensors is the greatest depends on the sizes",),
    ),
    bad(
        "177g",
        "a peak that one of two branches has",
        "formula m.alg",
        0,
        text(
            "input %c : bool[]; input %x : f32[n,m]; %y = if(%c) : f32[n,m] { %a = relu(%x) : f32[n,m] "
            "%b = exp(%a) : f32[n,m] yield %b } { %d = reduce_sum(%x) {axes=[0]} : f32[m] "
            "%e = expand(%d) : f32[n,m] yield %e }; return %y"
        ),
        says=("the peak of activations has no formula: it depends on which branch runs",),
    ),
    bad(
        "177f",
        "a batch that a fixed target does not divide into",
        "profile m.alg --batch 5",
        2,
        text("input %x : f32[6]; %y = reshape(%x) : f32[2,3]; return %y"),
        found="its target is fixed for 6 elements along some of its dimensions, which became 5",
        place="m.alg",
        fix="export the model with symbolic sizes",
    ),
    bad(
        "178",
        "an operator that no accelerator computes",
        "place m.alg --target trn1 --analyze",
        0,
        text("input %x : c64[4,8]; %y = fft(%x) {axes=[1]} : c64[4,8]; return %y"),
        says=("unsupported", "no engine of an accelerator does it"),
    ),
    bad(
        "178a",
        "an operator on numbers for which an accelerator states no rate",
        "place m.alg --target trn1 --analyze",
        0,
        {"m.alg": small("%y = relu(%x) : f64[4]", "input %x : f64[4]")},
        says=("unsupported", "its figures have no rate for 64-bit floats"),
    ),
    bad(
        "174",
        "sizes that are none",
        "profile m.alg --input-shape 1,a",
        found="found '1,a'",
        expected="sizes separated by commas",
        place="--input-shape",
        fix="--input-shape NAME=1,3,224,224",
    ),
    bad(
        "174a",
        "a symbol that the model does not have, bound for it alone",
        "run p.toml",
        files={"p.toml": '[[model]]\npath = "m.alg"\nbind = { n = 2 }\n[[report]]\nuse = "table"\n', **MODEL},
        found="no symbol 'n'",
        expected="all of its sizes are fixed",
    ),
    bad("174b", "help for a verb that there is not", "help profle", found="no verb 'profle'", expected="did you mean"),
    bad(
        "174c",
        "a component that there is not",
        "plugins describe nobody",
        found="no component 'nobody'",
        expected="searched: ",
        fix="`alidade plugins list`",
    ),
    bad(
        "174e",
        "a library that is none, asked for its components",
        "plugins describe broken",
        4,
        {"plugins/broken.so": "x"},
        env={"ALIDADE_PLUGIN_PATH": "plugins"},
        found="it begins with 'x'",
        expected="where an ELF file has",
        place="plugins/broken.so",
        fix="copy the file again",
    ),
    bad(
        "174f",
        "a number where a table of sizes belongs",
        "run p.toml",
        files={"p.toml": '[[model]]\npath = "m.alg"\nbind = 3\n[[report]]\nuse = "table"\n', **MODEL},
        found="found 3",
        expected="a table of whole numbers",
        place="p.toml:3:8",
        fix="values for symbolic dimensions",
    ),
    bad(
        "174g",
        "more on standard input than a file may have",
        "ulimit -f 8; head -c 100000 /dev/zero | $ALIDADE profile -",
        6,
        {},
        shell=True,
        found="standard input cannot be kept: File too large",
        fix="set TMPDIR to a folder with more space",
    ),
    bad(
        "174h",
        "a store where no file can be",
        "sweep m.alg --on l4 -o /proc/s.db",
        6,
        found="cannot open '/proc/s.db'",
        fix="see that it and its folder can be read and written",
    ),
    bad(
        "174i",
        "a job for a cluster of a model that cannot be read",
        "sweep m.alg --on l4 --job there",
        3,
        {"m.alg": 'graph "m" {\n'},
        found="found the end of the text",
        expected="expected an operator",
        place="m.alg",
    ),
    bad(
        "174d",
        "a plugin that is to be begun behind a file",
        "plugins new acme --kind frontend -o m.alg/acme",
        6,
        found="Not a directory",
        expected="the folder cannot be made",
        place="m.alg/acme",
        fix="-o FOLDER",
    ),
    bad(
        "175",
        "an engine that there is not",
        "serve-plan m.alg --on l4 --engine vlm",
        found="'vlm' in config/engines",
        expected="did you mean 'vllm'?",
        place="--engine",
        fix="give the path of a .toml file",
    ),
    bad(
        "175a",
        "a file that is no engine",
        "serve-plan m.alg --on l4 --engine e.toml",
        files={"e.toml": 'schema = "alidade.device/1"\n', **MODEL},
        found="'schema' is not",
        expected="'alidade.engine/1'",
        place="--engine",
        fix="the file begins with",
    ),
    bad(
        "175b",
        "a phase of a language model whose sizes are fixed",
        f"serve-plan {DECODE} --on l4 --bind batch=1",
        3,
        found="have no names in this file",
        expected="the batch and the length of the context",
        place="decode.pt2",
        fix="capture it with both left open",
    ),
    bad(
        "176",
        "a cut between three targets",
        "run p.toml",
        5,
        files={"p.toml": placed("min_cut", "h100_sxm", "l4", "t4"), **MODEL},
        found="there are 3",
        expected="places on two targets",
        fix="take targets out",
    ),
]

TABLE = Table("Command lines", ROWS)
