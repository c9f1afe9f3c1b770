"""Names that are hostile, through every report: what another program reads is the name, and obeys nothing of it.

The readers are Python's own for JSON, CSV and HTML; for terminals, Graphviz and Mermaid their rules are written out.
"""

import csv
import io
import json
import os
import random
import re
import subprocess
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

from checks import UNSEEN

PROGRAM = os.environ["ALIDADE_BIN"]
PIECES = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "`",
    "\\",
    "/",
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＠",
    "%",
    "%%{init: {}}%%",
    "#",
    ";",
    "|",
    ",",
    "{",
    "}",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "]]>",
    "<!--",
    "\x1b[31m",
    "\x1b]52;c;eA==\x07",
    "\x9b2J",
    "\x7f",
    "\t",
    "\r",
    "\n",
    "\u202e",
    "\u2028",
    "\u200f",
    "\ufeff",
    "größe",
    "重み",
    "\U0001f600",
    "$(x)",
    "\\N",
    "\\G",
    "a",
    "0",
]
SEED, NAMES = 20, 60


def hostile_names() -> list[str]:
    chosen = random.Random(SEED)
    made = ["".join(chosen.choices(PIECES, k=chosen.randint(1, 6))) for _ in range(NAMES)]
    return [*PIECES, *dict.fromkeys(made)]


def quoted(name: str) -> str:
    """A name as the text form writes it: bytes below the blank, and what has a meaning, as \\xNN."""
    return '"' + "".join(f"\\x{b:02x}" if b < 0x20 or b in b'"\\' or b >= 0x7F else chr(b) for b in name.encode()) + '"'


def harmless_names() -> list[str]:
    return [f"name{i}" for i in range(len(hostile_names()))]


def model(names: list[str]) -> str:
    lines = [
        f"  %y{i + 1} = relu(%y{i}) : f32[4] named {quoted(n)} in {quoted(f'{n}#{i}')}" for i, n in enumerate(names)
    ]
    return 'graph "m" {\n  input %y0 : f32[4]\n' + "\n".join(lines) + f"\n  return %y{len(names)}\n}}\n"


MODEL = '[[model]]\npath = "m.alg"\n[[analysis]]\nuse = "cost"\n'
DRAWINGS = {"dot": "dot", "mermaid": "mmd"}
REPORTS = {
    "json": "json",
    "csv": "csv",
    "html": "html",
    "trace": "trace.json",
    "model_explorer": "explorer.json",
    "table": "txt",
    "brief": "brief.txt",
}
VERBS = (
    ["profile", "m.alg", "--verbose"],
    ["query", "m.alg", "flops > 0"],
    ["compare", "m.alg", "b.alg", "--verbose"],
    ["estimate", "m.alg", "--on", "l4"],
    ["inspect", "m.alg", "--text"],
)


def written(uses: dict[str, str], more: str = "") -> str:
    return "".join(f'[[report]]\nuse = "{use}"\npath = "r.{ending}"\n{more}' for use, ending in uses.items())


def reports(names: list[str]) -> dict[str, str]:
    """What every report writes about a model of these names, and what the program prints."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in ("m.alg", "b.alg"):
            (folder / name).write_text(model(names))
        # Boxes of a drawing are fused groups where a device needs them: without one they are operators.
        (folder / "drawings.toml").write_text(MODEL + written(DRAWINGS, "most = 1000\n"))
        (folder / "p.toml").write_text(MODEL + '[[hardware]]\ndevice = "l4"\n' + written(REPORTS))
        said = {verb[0]: carry_out(folder, verb) for verb in (["run", "drawings.toml"], ["run", "p.toml"], *VERBS)}
        files = {use: (folder / f"r.{end}").read_bytes().decode() for use, end in {**REPORTS, **DRAWINGS}.items()}
    return {**files, **{f"printed by {verb}": text for verb, text in said.items()}}


def carry_out(folder: Path, verb: list[str]) -> str:
    ran = subprocess.run([PROGRAM, *verb], cwd=folder, capture_output=True, check=False)
    if ran.returncode != 0:
        raise AssertionError(f"{verb} ended with {ran.returncode}: {ran.stderr.decode()}")
    return (ran.stdout + ran.stderr).decode()


class Tags(HTMLParser):
    """Every tag and attribute of a page, and what its scripts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


def tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    reader = Tags()
    reader.feed(page)
    return reader.tags


def texts(value: object) -> set[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()), value)
    if isinstance(value, list):
        return set().union(*map(texts, value)) if value else set()
    return {value} if isinstance(value, str) else set()


def shown(name: str) -> str:
    """A name as it may be printed: what is unprintable or turns the line around as \\xNN."""
    return "".join(
        "".join(f"\\x{b:02x}" for b in c.encode()) if UNSEEN.match(c) or c in "\t\r\n\u2028\ufeff" else c for c in name
    )


class Sinks(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.names = hostile_names()
        cls.bad, cls.good = reports(cls.names), reports(harmless_names())

    def test_page_holds_no_markup_of_names(self) -> None:
        self.assertEqual(tags(self.bad["html"]), tags(self.good["html"]))

    def test_sheets_hold_no_formulas(self) -> None:
        rows = list(csv.reader(io.StringIO(self.bad["csv"], newline=""), strict=True))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual(len(rows), len(list(csv.reader(io.StringIO(self.good["csv"])))))
        for cell in (cell for row in rows for cell in row):
            number = re.fullmatch(r"-?[0-9.]+(e[-+]?[0-9]+)?", cell)
            self.assertTrue(
                number or not cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")), cell
            )
        self.assertTrue({shown(name) for name in self.names if name[0].isalnum()} <= {c for row in rows for c in row})

    def test_sheets_are_the_same_however_they_are_split(self) -> None:
        for separator in ";|\t":
            for line in self.bad["csv"].splitlines():
                outside = re.sub(r'"(?:[^"]|"")*"', "", line)
                self.assertNotIn(separator, outside)

    def test_documents_hold_the_names(self) -> None:
        for use in ("json", "trace", "model_explorer"):
            held = texts(json.loads(self.bad[use]))
            for name in self.names:
                self.assertTrue(any(name in text or shown(name) in text for text in held), (use, name))

    def test_terminals_get_nothing_to_obey(self) -> None:
        for use in ("table", "brief", *(key for key in self.bad if key.startswith("printed"))):
            self.assertIsNone(UNSEEN.search(self.bad[use].replace("\r\n", "\n")), use)

    def test_files_for_others_hold_no_unseen_bytes(self) -> None:
        for use in ("csv", "dot", "mermaid", "html", "json", "trace", "model_explorer"):
            unseen = [UNSEEN.findall(side[use].replace("\r\n", "\n")) for side in (self.bad, self.good)]
            self.assertEqual(*unseen, use)  # the script of the page has one of its own

    def test_drawings_have_the_statements_that_harmless_names_have(self) -> None:
        text = r'"(?:[^"\\]|\\.)*"'
        outline = [re.sub(text, "T", side["dot"]) for side in (self.bad, self.good)]
        self.assertEqual(*outline)

    def test_mermaid_reads_labels_and_no_directives(self) -> None:
        lines = [re.sub(r'\["[^"]*"\]', "L", side["mermaid"]).splitlines() for side in (self.bad, self.good)]
        self.assertEqual(*lines)
        self.assertNotIn("%%{", self.bad["mermaid"])
        for label in re.findall(r'\["([^"]*)"\]', self.bad["mermaid"]):
            self.assertNotRegex(label.replace("<br/>", ""), "[<>`&]")


if __name__ == "__main__":
    unittest.main()
