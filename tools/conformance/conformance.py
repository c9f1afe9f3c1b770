#!/usr/bin/env python3
"""The program beside the suites of others: docs/conformance.md anew.

  conformance.py [PART...]   PART is suite (the models of the onnx package), random (configurations against
                             onnxruntime), wild (files that ship in Python packages), torch (PyTorch's operator
                             database), or all of them
  --record                   known.json lists what fails now; without it a failure that is not listed, and one that
                             is listed and mended, end with status 1

The rows of parts that are not run are those of the last run.
"""

import argparse
import importlib
import json
import pathlib
import subprocess
import sys

import known
import page
from verdict import Judged

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE, RAW = ROOT / "docs/conformance.md", ROOT / "docs/conformance.json"
PARTS = {"suite": "node_suite", "random": "random_suite", "wild": "wild_suite", "torch": "torch_suite"}


def main() -> int:
    options = asked()
    results = json.loads(RAW.read_text()) if RAW.exists() else {}
    problems = []
    for part in options.parts or PARTS:
        module = importlib.import_module(PARTS[part])
        results[part] = {"commit": commit(), "suites": {}}
        for title, found in module.suites(options).items():
            results[part]["suites"][title] = page.summary(found, all_files=part == "wild")
            problems += settle(title, found, options.record)
    results = {part: results[part] for part in PARTS if part in results}
    RAW.write_text(page.raw(results))
    PAGE.write_text(page.written(results))
    print("\n".join(problems) or "as known")
    return int(bool(problems))


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--record", action="store_true", help="list what fails now in known.json")
    parser.add_argument("--count", type=int, default=200, help="random configurations of each operator (200)")
    parser.add_argument("--seed", type=int, default=1, help="of the random configurations (1)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    return options


def settle(title: str, found: dict[str, Judged], record: bool) -> list[str]:
    failing = {name: judged.failures for name, judged in found.items() if judged.failures}
    if record:
        known.record(title, failing, set(found), lambda name, why: page.kind(why[0]))
    return known.compared(title, failing, set(found))


def commit() -> str:
    """The last one that changed the program that is judged."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", ROOT, *words, "--", "core", "plugins"], capture_output=True, text=True,
                              check=True).stdout.strip()

    return git("log", "-1", "--format=%H") + (" with changes" if git("status", "--porcelain") else "")


if __name__ == "__main__":
    sys.exit(main())
