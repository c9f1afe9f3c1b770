"""Pipeline files and the command line."""

from case import Case, Held, NotApplicable, Row, Table, small

MODEL = {"m.alg": small()}
GOOD = '[[model]]\npath = "m.alg"\n[[analysis]]\nuse = "cost"\n[[report]]\nuse = "table"\n'


def bad(number: str, title: str, text: str | bytes, exit_: int = 2, **more) -> Case:
    return Case(number, title, "run p.toml", exit_, {**MODEL, "p.toml": text}, **{"place": "p.toml", **more})


def said(number: str, title: str, command: str, exit_: int = 2, **more) -> Case:
    return Case(number, title, command, exit_, dict(MODEL), **more)


ROWS: list[Row] = [
    Held("89", "a text that is no TOML", "errors/a syntax error is the one mistake that is told", "2"),
    bad("90", "100,000 brackets", "a = " + "[" * 100_000, place="p.toml:1:"),
    bad("90a", "a key of 100,000 parts", "[" + "a." * 100_000 + "a]\n", place="p.toml:1:"),
    bad("91", "a file of more than 1 MiB", "# " + "x" * (1 << 20) + "\n", found="1 MiB"),
    bad(
        "92",
        "a key that there is not",
        GOOD + '[[hardware]]\ndevice = "l4"\nprecison = "bf16"\n',
        found="unknown key 'precison'",
        expected="did you mean 'precision'?",
        place="p.toml:9:1",
        fix="keys here",
    ),
    bad("93", "a key that is missing", GOOD + "[[report]]\n", found="'use'", place="p.toml:7:"),
    Held("98", "files that include each other", "errors/files that include each other are named in a circle", "2"),
    bad(
        "98a", "an include that is not there", 'include = ["../base.toml"]\n', found="no such file", place="p.toml:1:12"
    ),
    bad("99", "a whole number of 65 bits", "threads = 18446744073709551616\n", found="", place="p.toml:1:"),
    bad(
        "99a",
        "a date where a number belongs",
        GOOD + "[limits]\nwall_s = 1979-05-27\n",
        found="found a date",
        expected="expected a whole number",
        place="p.toml:8:10",
        fix="time on the clock",
    ),
    bad("99b", "bytes of Latin-1", b'name = "gr\xfc\xdfe"\n', found="UTF-8", place="p.toml"),
    bad(
        "99c",
        "a byte order mark and CRLF",
        "\ufeff" + GOOD.replace("\n", "\r\n"),
        0,
        place="",
        says=("GRAPH PROFILE: m",),
    ),
    NotApplicable(
        "100",
        "numbers under a locale that a plugin has set",
        "no number passes through the locale: to_chars and from_chars read and write all of them",
    ),
    said("101", "a verb that there is not", "profil m.alg", found="profil", fix="--help"),
    said("101a", "a flag that there is not", "profile m.alg --tpo 3", found="--tpo", fix="alidade profile --help"),
    said(
        "101b",
        "a format that there is not",
        "profile m.alg --format jason",
        found="jason",
        place="--format",
        fix="alidade plugins list",
    ),
    bad(
        "101c",
        "a report that there is not",
        GOOD.replace('"table"', '"tabel"'),
        found="tabel",
        place="p.toml:6:7",
        fix="plugins list",
    ),
    said("101d", "flags that exclude each other", "query s.db 'failed' --json --csv", found="--csv"),
    bad(
        "101e",
        "a pattern that no file fits",
        GOOD.replace("m.alg", "none/*.alg"),
        found="none/*.alg",
        place="p.toml:2:8",
    ),
    said("101f", "a frontend that there is not", "profile m.alg --frontend onxx", found="onxx"),
    said("101g", "a shape that is none", "profile m.alg --input-shape x=1,-3", found="-3"),
    said("101h", "a query that is none", "query m.alg 'kind = = conv'", found="="),
    bad(
        "101i",
        "a test of a figure that there is not",
        GOOD + '[[test]]\nthat = "flopz > 3"\n',
        found="flopz",
        place="p.toml:8:",
    ),
    Held("101j", "a limit of nought, or of more than there is", "errors/threads and limits have ranges", "2"),
    Held(
        "101k",
        "sizes for a formula that are none",
        "cli/formula says what is wrong with the sizes that it is given",
        "2",
    ),
    Held("101l", "a model for serving that keeps no cache", "cli/a model that keeps no cache is told", "3"),
    Held("101m", "an amount for serving that is none", "cli/amounts that are none are told with their flags", "2"),
    Case(
        "101n",
        "a name of an operator that nobody knows, twice",
        "run p.toml",
        2,
        {
            **MODEL,
            "p.toml": GOOD
            + '[[operator]]\nop = "a::b"\nflops_per_element = 1\n[[operator]]\nop = "a::b"\nflops_per_element = 2\n',
        },
        place="p.toml",
        found="two entries have the id 'a__b'",
    ),
]

TABLE = Table("Pipeline files and the command line", ROWS)
