"""Command lines, and the data files of engines."""

from case import Case, Row, Table, small

MODEL = {"m.alg": small()}
DECODE = "{data}/serving/smollm2_135m.decode.pt2"
LINK = '[[link]]\nfrom = "{}"\nto = "{}"\ngbps = 5.8\n'


def bad(number: str, title: str, run: str, exit_: int = 2, files=MODEL, **more) -> Case:
    return Case(number, title, run, exit_, files, **more)


def three_targets() -> str:
    names = ["h100_sxm", "l4", "t4"]
    devices = "".join(f'[[hardware]]\ndevice = "{name}"\n' for name in names)
    links = "".join(LINK.format(*pair) for pair in (("h100_sxm", "l4"), ("h100_sxm", "t4"), ("l4", "t4")))
    placement = f'[[placement]]\nuse = "min_cut"\ntargets = {names}\n'
    return (
        f'[[model]]\npath = "m.alg"\n[[analysis]]\nuse = "cost"\n{devices}{links}{placement}[[report]]\nuse = "table"\n'
    )


ROWS: list[Row] = [
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
        files={"p.toml": three_targets(), **MODEL},
        found="there are 3",
        expected="places on two targets",
        fix="take targets out",
    ),
]

TABLE = Table("Command lines", ROWS)
