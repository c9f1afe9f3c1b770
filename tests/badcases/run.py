"""Runs cases of the catalogue, all or those of some tables, each in a folder of its own.

    run.py --program build/release/bin/alidade [--table onnx] [--show] [NUMBER...]

--show prints what each command says, to write a new row from.
"""

import argparse
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from case import Case, Held, Row, remove
from catalogue import TABLES
from checks import complaints
from command import Folders, carry_out
from paths import SOURCE


def try_case(case: Case, folders: Folders) -> tuple[list[str], str]:
    """What is wrong with what the command did, and what it said."""
    scratch = Path(tempfile.mkdtemp(prefix="alidade-badcase-"))
    try:
        ran = carry_out(case, scratch, folders)
        return complaints(
            case, ran
        ), f"exit {ran.code}, {ran.seconds:.2f} s, {ran.memory_mb} MB\n{ran.out[-1500:]}{ran.err[-1500:]}"
    finally:
        remove(scratch)


def with_sanitizers(row: Row) -> Row | None:
    """What is left of a row: a program with sanitizers takes more memory and time, and has no sandbox."""
    if not isinstance(row, Case):
        return row
    return None if row.confined else replace(row, memory_mb=0, seconds=10 * row.seconds)


def is_there(held: Held) -> list[str]:
    folder, sentence = held.test.split("/", 1)
    files = [*(SOURCE / "tests" / folder).glob("*.cpp"), *(SOURCE / "tests" / folder).glob("*.py")]
    files.append(SOURCE / "tests" / folder / "CMakeLists.txt")
    names = (f'"{sentence}"', f"def {sentence}(", f"test_{folder}/{sentence} ")
    if any(name in file.read_text() for file in files if file.exists() for name in names):
        return []
    return [f"tests/{folder} has no test {sentence!r}"]


def check(row: Row, folders: Folders) -> tuple[list[str], str]:
    if isinstance(row, Held):
        return is_there(row), ""
    if not isinstance(row, Case):
        return [], ""
    if row.needs and not (folders.plugins / f"{row.needs}.so").exists():
        return [], f"left out: there is no plugin {row.needs} here\n"
    return try_case(row, folders)


def own_plugins(program: Path) -> Path:
    return next((program.parent.parent / "lib/alidade").glob("plugins-*"), Path("/nowhere"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--plugins", type=Path, help="the folder of the program's own plugins")
    parser.add_argument("--bad-plugins", type=Path, default=Path("/nowhere"))
    parser.add_argument("--table", action="append", choices=TABLES)
    parser.add_argument("--sanitized", action="store_true", help="the program has sanitizers")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("numbers", nargs="*", metavar="NUMBER")
    args = parser.parse_args()
    program = args.program.resolve()
    folders = Folders(program, (args.plugins or own_plugins(program)).resolve(), args.bad_plugins.resolve())

    rows = [row for name in args.table or TABLES for row in TABLES[name].rows]
    rows = [row for row in rows if not args.numbers or row.number in args.numbers]
    if args.sanitized:
        rows = [left for row in rows if (left := with_sanitizers(row))]
    if not rows:
        parser.error("no case has such a number")
    with ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(lambda row: check(row, folders), rows))
    for row, (wrong, said) in zip(rows, results, strict=True):
        if wrong or args.show:
            print(f"--- {row.number}: {row.title}\n{said}" + "".join(f"    WRONG: {line}\n" for line in wrong))
    failed = sum(bool(wrong) for wrong, _ in results)
    if args.json:
        figures = {
            "cases": sum(isinstance(row, Case) for row in rows),
            "held": sum(isinstance(row, Held) for row in rows),
            "wrong": failed,
            "signals": sum("(a signal)" in line for wrong, _ in results for line in wrong),
        }
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(f"{len(rows)} cases, {failed} not as the table says")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
