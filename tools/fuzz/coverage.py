"""The lines of readers and sinks that the kept inputs reach: a build of its own, with clang's source coverage.

The seeds and fuzz/corpus are replayed by every harness; what one of them reaches counts, whose file it is makes no
difference. fuzz/coverage.csv keeps the figures by file.
"""

import csv
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import FUZZ, SOURCE, Harness, harnesses, our_files
from run import unpack

FIGURES = FUZZ / "coverage.csv"
GOAL = 0.90


def replay(build: Path, harness: Harness, profile: Path) -> None:
    program = build / "bin" / f"fuzz_{harness.name}"
    with tempfile.TemporaryDirectory() as place:
        seeds, kept = Path(place) / "seeds", Path(place) / "kept"
        seeds.mkdir()
        kept.mkdir()
        environment = dict(os.environ, ALIDADE_FUZZ_SEEDS=str(seeds), LLVM_PROFILE_FILE=os.devnull)
        subprocess.run([program, *map(str, our_files())], env=environment, check=True)
        if harness.archive.exists():
            unpack(harness, kept)
        folders = [folder for folder in (seeds, kept, harness.cases) if folder.is_dir() and any(folder.iterdir())]
        environment = dict(os.environ, LLVM_PROFILE_FILE=str(profile))
        ended = subprocess.run([program, *folders], env=environment, capture_output=True, text=True)
        if ended.returncode:
            sys.exit(f"fuzz: {program} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")


def objects(build: Path) -> list[Path]:
    return [*sorted((build / "bin").glob("fuzz_*")), *sorted((build / "lib").rglob("*.so*"))]


def lines_reached(build: Path, profiles: list[Path], place: Path) -> dict[str, tuple[int, int]]:
    """By file: its lines, and how many of them were reached."""
    merged = place / "all.profdata"
    subprocess.run(["llvm-profdata-16", "merge", "-sparse", "-o", merged, *profiles], check=True)
    programs = [word for path in objects(build) if not path.is_symlink() for word in ("-object", str(path))]
    command = ["llvm-cov-16", "export", "-summary-only", f"-instr-profile={merged}", *programs[1:]]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    found = {}
    for file in told["data"][0]["files"]:
        name = Path(os.path.normpath(build / file["filename"]))
        if name.is_relative_to(SOURCE):
            figures = file["summary"]["lines"]
            found[str(name.relative_to(SOURCE))] = (figures["count"], figures["covered"])
    return found


def measure(build: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        profiles = []
        for harness in harnesses():
            profiles.append(place / f"{harness.name}.profraw")
            replay(build, harness, profiles[-1])
        found = lines_reached(build, profiles, place)
    patterns = [pattern for harness in harnesses() for pattern in harness.covers]
    with FIGURES.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "lines", "reached"])
        for name, (lines, reached) in sorted(found.items()):
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                writer.writerow([name, lines, reached])


def figures() -> dict[str, tuple[int, int]]:
    if not FIGURES.exists():
        return {}
    with FIGURES.open(newline="") as file:
        return {line["file"]: (int(line["lines"]), int(line["reached"])) for line in csv.DictReader(file)}


def of(harness: Harness, files: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Lines of the files that the harness is about, and how many of them all inputs together reach."""
    own = [both for name, both in files.items() if any(fnmatch.fnmatch(name, each) for each in harness.covers)]
    return sum(lines for lines, _ in own), sum(reached for _, reached in own)
