"""docs/reliability.md: the catalogue, faults, kills and a soak carried out, and their figures written down.

./dev reliability [--analyses 10000] [--moments 500]
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from trials import SOURCE

TOOLS = SOURCE / "tools/reliability"
PAGE = SOURCE / "docs/reliability.md"
HEAD = """# Reliability

What the program does with bad input, faults of the system, and being killed; made by `./dev reliability` in {minutes}
minutes, with the sources of commit {commit}. What is promised stands in [SECURITY.md](../SECURITY.md), every case in
[badcases.md](badcases.md).

| what is tried | how often | what is not as it should be |
|---|---|---|
"""
FOOT = """
A **fault** is one call that fails: each open, read, write, fsync, rename and mapping in turn, of a profile, of a
pipeline with a worker, and of a sweep; and of the times that these ask for memory a draw, by a seed. After it the older
report is whole, nothing is left beside it, the exit code and a sentence say what happened, and the same command does
afterwards what it does otherwise (`tools/reliability/faults.py`).

A **kill** is SIGKILL at a random moment of a sweep, or of a profile that replaces an older report. The same command
makes afterwards, byte for byte, what one that ran through makes. SIGINT and SIGTERM come to a sweep and to a run of a
pipeline with a worker: these end with 130 and 143, too, and leave nothing beside their report
(`tools/reliability/kills.py`).

**At once** are two commands that write the same report or the same store, the second one up to 50 ms later. The report
is that of one of them; a sweep is carried out, or told that another one has the store
(`tools/reliability/together.py`).

The **soak** opens, profiles and estimates three models in turn in one process, with fusion, concurrency and memory, and
compares every answer with the first one; then 8 threads do so together. Its slope is that of the resident memory over
the last four fifths (`tests/reliability/soak.cpp`).
"""


@dataclass(frozen=True)
class Line:
    what: str
    count: str
    wrong: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.count} | {self.wrong} |\n"


@dataclass(frozen=True)
class Build:
    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "bin/alidade"

    def found(self, name: str) -> Path:
        paths = [path for path in self.folder.rglob(name) if path.is_file()]
        if not paths:
            sys.exit(f"{self.folder} has no {name}: build the tests first")
        return paths[0]


def figures(script: Path, *words: str) -> dict:
    """What a script writes with --json."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "figures.json"
        subprocess.run([sys.executable, script, *words, "--json", made], check=False)
        return json.loads(made.read_text())


def catalogue(build: Build) -> list[Line]:
    bad_plugins = build.found("wrong_sdk.so").parent
    words = [
        "--program",
        str(build.program),
        "--plugins",
        str(build.found("onnx.so").parent),
        "--bad-plugins",
        str(bad_plugins),
    ]
    script = SOURCE / "tests/badcases/run.py"
    all_of_them, plugins = figures(script, *words), figures(script, *words, "--table", "plugins")
    counted = f"{all_of_them['cases']}, and {all_of_them['held']} held by another test"
    return [
        Line("bad cases", counted, str(all_of_them["wrong"])),
        Line("of them exits by a signal", str(all_of_them["cases"]), str(all_of_them["signals"])),
        Line("of them libraries that misbehave", str(plugins["cases"]), str(plugins["wrong"])),
    ]


def faults(build: Build) -> list[Line]:
    found = figures(
        TOOLS / "faults.py", "--program", str(build.program), "--library", str(build.found("failing_calls.so"))
    )
    memory = found["of memory"]
    drawn = f"{memory['faults']:,} of {memory['calls']:,} times"
    return [
        Line("faults", f"{found['faults']:,}", str(found["wrong"])),
        Line("of them memory that is not there", drawn, str(memory["wrong"])),
    ]


def kills(build: Build, moments: int) -> list[Line]:
    interrupts = max(1, moments // 5)
    words = ["--moments", str(moments), "--interrupts", str(interrupts)]
    found = figures(TOOLS / "kills.py", "--program", str(build.program), *words)
    return [
        Line(name, f"{said['moments']}, {said['in the middle']} before its end", str(len(said["wrong"])))
        for name, said in found.items()
    ]


def together(build: Build, times: int) -> list[Line]:
    found = figures(TOOLS / "together.py", "--program", str(build.program), "--times", str(times))
    return [
        Line(f"{name} at once, of one file", str(said["times"]), str(len(said["wrong"])))
        for name, said in found.items()
    ]


def soak(build: Build, analyses: int) -> list[Line]:
    words = ["--program", str(build.found("soak")), "--analyses", str(analyses)]
    found, by_several = figures(TOOLS / "soak.py", *words), figures(TOOLS / "soak.py", *words, "--threads", "8")
    return [
        Line("analyses in one process", f"{found['analyses']:,}", f"{found['differ']} that differ"),
        Line(
            "memory that each of them keeps",
            f"{found['resident_mib']:.0f} MiB at the end",
            f"{found['bytes_each']:.0f} bytes",
        ),
        Line(
            "analyses by 8 threads of one process", f"{by_several['analyses']:,}", f"{by_several['differ']} that differ"
        ),
        Line(
            "memory that each of those keeps",
            f"{by_several['resident_mib']:.0f} MiB at the end",
            f"{by_several['bytes_each']:.0f} bytes",
        ),
    ]


def commit() -> str:
    ran = subprocess.run(["git", "-C", SOURCE, "log", "-1", "--format=%h"], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=SOURCE / "build/release")
    parser.add_argument("--analyses", type=int, default=10_000)
    parser.add_argument("--moments", type=int, default=500)
    args = parser.parse_args()
    build, began = Build(args.build.resolve()), time.monotonic()
    lines = [
        *catalogue(build),
        *faults(build),
        *kills(build, args.moments),
        *together(build, args.moments // 5),
        *soak(build, args.analyses),
    ]
    minutes = max(1, round((time.monotonic() - began) / 60))
    PAGE.write_text(HEAD.format(minutes=minutes, commit=commit()) + "".join(map(str, lines)) + FOOT)
    print(re.sub(r"\n\n+", "\n", "".join(map(str, lines))), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
