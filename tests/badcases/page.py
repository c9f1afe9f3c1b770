"""docs/badcases.md, from the tables; --check says whether the page is up to date."""

import sys

from case import Case, Held, NotApplicable, Open, Row, Table
from catalogue import TABLES
from paths import SOURCE

PAGE = SOURCE / "docs/badcases.md"
HEAD = """# Bad cases

Files, libraries, commands and machines that are not as they should be, and what comes of each. `tests/badcases/` has
every row with its bytes; the test `test_badcases/...` carries it out and looks at the exit code, the sentence, and that
all files are as before: an older report is whole, no temporary is left. This page is made from the same tables
(`python3 tests/badcases/page.py`).

"""


def parts(case: Case) -> int:
    return sum(map(bool, (case.place, case.found, case.expected, case.fix)))


def cell(text: str) -> str:
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return shown.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("`", "\\`")


def sentence(case: Case) -> str:
    """What is said, as far as the row has it."""
    words = [case.found, case.expected, f"fix: {case.fix}" if case.fix else "", *case.says]
    return " ... ".join(cell(w) for w in words if w) or "as any other"


def line(row: Row) -> str:
    if isinstance(row, Case):
        return f"| {row.number} | {cell(row.title)} | {row.exit} | {sentence(row)} |"
    if isinstance(row, Held):
        return f"| {row.number} | {cell(row.title)} | {cell(row.outcome)} | `tests/{row.test}` |"
    if isinstance(row, Open):
        return f"| {row.number} | {cell(row.title)} | | **open**: {cell(row.outcome)} |"
    return f"| {row.number} | {cell(row.title)} | | does not apply: {cell(row.why)} |"


def section(table: Table) -> str:
    head = f"## {table.title}\n\n| | what | exit | what is said, or the test that holds it |\n|---|---|---|---|\n"
    return head + "\n".join(map(line, table.rows)) + "\n"


def summary(rows: list[Row]) -> str:
    cases = [row for row in rows if isinstance(row, Case)]
    failing = [case for case in cases if case.exit not in (0, 1) and not case.shell]
    whole = sum(parts(case) == 4 for case in failing)
    held = sum(isinstance(row, Held) for row in rows)
    absent = sum(isinstance(row, NotApplicable) for row in rows)
    still_open = sum(isinstance(row, Open) for row in rows)
    return (
        f"{len(rows)} cases: {len(cases)} commands, {held} that another test holds, {absent} that do not apply, "
        f"{still_open} open. Of the\n{len(failing)} commands that are refused, {whole} say place, what was found, "
        "what was expected and the way out; the others leave out what\ngoes without saying.\n"
    )


def page() -> str:
    rows = [row for table in TABLES.values() for row in table.rows]
    return HEAD + summary(rows) + "\n" + "\n".join(map(section, TABLES.values()))


def main() -> int:
    if "--check" not in sys.argv:
        PAGE.write_text(page())
        return 0
    if PAGE.exists() and PAGE.read_text() == page():
        return 0
    print("docs/badcases.md is not what the tables make: python3 tests/badcases/page.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
