"""The lines of readers and writers that the kept inputs reach, by the places that the compiler counts for libFuzzer.

The programs cover_NAME are the harnesses without libFuzzer: they replay the seeds, fuzz/corpus and fuzz/cases, and say
for each place of the code, where a block begins, whether it was reached. A line is one at which a place lies; it is
reached where one of its places is, by whichever harness. fuzz/coverage.csv keeps the figures by file.
"""

import csv
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness import FUZZ, SOURCE, Harness, our_files
from run import unpack

FIGURES = FUZZ / "coverage.csv"
GOAL = 0.90
Lines = dict[str, dict[int, bool]]  # by file and number: whether the line was reached


def run(command: list[Path], **environment: str) -> None:
    ended = subprocess.run(
        command, env=dict(os.environ, **environment), capture_output=True, text=True, errors="replace"
    )
    if ended.returncode:
        sys.exit(f"fuzz: {command[0]} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")


def replayed(build: Path, harness: Harness, place: Path) -> list[list[str]]:
    """Module, offset and 1 or 0 of each place."""
    program, seeds, kept = build / "bin" / f"cover_{harness.name}", place / "seeds", place / "kept"
    seeds.mkdir()
    kept.mkdir()
    run([program, *our_files()], ALIDADE_FUZZ_SEEDS=str(seeds))
    if harness.archive.exists():
        unpack(harness, kept)
    folders = [folder for folder in (seeds, kept, harness.cases) if folder.is_dir()]
    run([program, *folders], ALIDADE_REACHED=str(place / "reached"))
    return [line.split() for line in (place / "reached").read_text().splitlines()]


def lines_at(places: list[list[str]]) -> Iterator[tuple[str, int] | None]:
    """The file of ours and the line that each place lies in, by the innermost call that is ours."""
    asked = "".join(f'"{module}" {offset}\n' for module, offset, _ in places)
    command = ["llvm-symbolizer-16", "--no-demangle", "--output-style=JSON"]
    told = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout
    for answer in told.splitlines():
        yield next(filter(None, map(own_line, json.loads(answer).get("Symbol", []))), None)


def own_line(frame: dict) -> tuple[str, int] | None:
    path = Path(os.path.normpath(frame["FileName"]))
    return (str(path.relative_to(SOURCE)), frame["Line"]) if path.is_relative_to(SOURCE) and frame["Line"] else None


def add(found: Lines, build: Path, harness: Harness) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = replayed(build, harness, Path(folder))
    for line, (_, _, reached) in zip(lines_at(places), places, strict=True):
        if line:
            file = found.setdefault(line[0], {})
            file[line[1]] = file.get(line[1], False) or reached == "1"


def measure(build: Path, chosen: list[Harness]) -> None:
    found: Lines = {}
    for harness in chosen:
        add(found, build, harness)
    patterns = [pattern for harness in chosen for pattern in harness.covers]
    with FIGURES.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "lines", "reached"])
        for name, lines in sorted(found.items()):
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                writer.writerow([name, len(lines), sum(lines.values())])


def figures() -> dict[str, tuple[int, int]]:
    if not FIGURES.exists():
        return {}
    with FIGURES.open(newline="") as file:
        return {line["file"]: (int(line["lines"]), int(line["reached"])) for line in csv.DictReader(file)}


def of(harness: Harness, files: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Lines of the files that the harness is about, and how many of them all inputs together reach."""
    own = [both for name, both in files.items() if any(fnmatch.fnmatch(name, each) for each in harness.covers)]
    return sum(lines for lines, _ in own), sum(reached for _, reached in own)
