#!/usr/bin/env python3
"""The program's shapes for other sizes of the inputs, beside PyTorch's: check_resized.py FOLDER [--only TEXT].

Each file of make_files.py that has fixed sizes is read with the input shapes of resized.py. A result is right, unknown
(a size of it is "?"), refused (an error says what the file fixes), or wrong, which none may be.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CASES_A_PROCESS = 100


@dataclasses.dataclass
class Case:
    name: str  # of the file
    path: pathlib.Path
    inputs: list[list[int]]
    shapes: list[list[int]]

    def shown(self) -> str:
        return f"{self.name} of {self.inputs}"


def cases(folder: pathlib.Path, only: str = "") -> list[Case]:
    return [Case(row["name"], folder / f"{row['name']}.pt2", row["inputs"], row["shapes"])
            for told in sorted(folder.glob("*/resized.json")) if only in told.parent.name
            for row in json.loads(told.read_text())]


def pipeline_text(part: list[Case], report: pathlib.Path) -> str:
    quoted, lines = json.dumps, []
    for number, case in enumerate(part):
        shapes = ", ".join(f"tensors_{at} = {shape}" for at, shape in enumerate(case.inputs))
        lines += ["[[model]]", f"path = {quoted(str(case.path))}", f'id = "m{number}"', 'frontend = ["dynamo"]',
                  "inputs = { " + shapes + " }"]
    lines += ["[[analysis]]", 'use = "cost"', "[[report]]", 'use = "json"', f"path = {quoted(str(report))}"]
    return "\n".join(lines) + "\n"


def profiles(part: list[Case]) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        pipeline, report = pathlib.Path(folder, "pipeline.toml"), pathlib.Path(folder, "report.json")
        pipeline.write_text(pipeline_text(part, report))
        done = subprocess.run([os.environ["ALIDADE_BIN"], "run", pipeline], capture_output=True, text=True)
        if report.exists():
            read = json.loads(report.read_text())
            return read["models"] if len(part) > 1 else [read]
    if len(part) == 1:
        return [{"error": {"what": done.stderr.strip()}}]
    middle = len(part) // 2
    return profiles(part[:middle]) + profiles(part[middle:])


def verdict(case: Case, told: dict) -> tuple[str, str]:
    if "error" in told:
        return "refused", told["error"]["what"]
    ours = ["[" + output["type"].split("[", 1)[1] for output in told["graph"]["outputs"]]
    theirs = [f"[{','.join(map(str, shape))}]" for shape in case.shapes]
    if ours == theirs:
        return "right", ""
    same = len(ours) == len(theirs) and all(fits(a, b) for a, b in zip(ours, theirs, strict=True))
    return "unknown" if same else "wrong", f"{' '.join(ours)} where {' '.join(theirs)} is true"


def fits(ours: str, theirs: str) -> bool:
    """Nothing that is said is wrong."""
    if ours == "[*]":
        return True
    a, b = ours.strip("[]").split(","), theirs.strip("[]").split(",")
    return len(a) == len(b) and all(x in ("?", y) for x, y in zip(a, b, strict=True))


def judged(every: list[Case]) -> dict[str, list[tuple[Case, str]]]:
    parts = [every[at:at + CASES_A_PROCESS] for at in range(0, len(every), CASES_A_PROCESS)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        told = [one for part in pool.map(profiles, parts) for one in part]
    found = collections.defaultdict(list)
    for case, one in zip(every, told, strict=True):
        kind, why = verdict(case, one)
        found[kind].append((case, why))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="", help="operators whose name has this text")
    options = parser.parse_args()
    every = cases(options.folder, options.only)
    found = judged(every)
    print(f"# {len(every)} cases: " + ", ".join(f"{len(rows)} {kind}" for kind, rows in sorted(found.items())))
    for kind in ("wrong", "refused", "unknown"):
        print(f"\n## {kind}: {len(found[kind])}\n")
        print("\n".join(f"- {case.shown()}: {why}" for case, why in found[kind]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
