#!/usr/bin/env python3
"""What of torchvision, timm, transformers and ultralytics is captured and read, and how the counts compare.

  coverage.py [KIND...]   brings docs/coverage.md up to date; KIND is torchvision, timm, hf or ultralytics, or all four

Models are captured and counted by FlopCounterMode and fvcore once, into build/coverage, each in a process of its own
(an hour and a half for all of them); what is there already is kept. Then the program reads every file and compares
itself with both tools (a minute), and the page is written from results/KIND.json.
"""

import argparse
import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS, KEPT = HERE / "results", ROOT / "build/coverage"
sys.path.insert(0, str(ROOT / "python"))

import check  # noqa: E402
import measure  # noqa: E402
import names  # noqa: E402
import report  # noqa: E402


def measure_all(kind: str, again: bool) -> None:
    importlib.import_module("torch")  # children share what is imported here
    chosen = names.chosen(kind)
    for number, name in enumerate(chosen):
        told = measure.once(name, KEPT / kind, again)
        if told:
            print(f"{number + 1}/{len(chosen)} {name}: {told}", flush=True)


def check_all(kind: str) -> dict[str, dict]:
    rows = check.rows({name: measure.kept(name, KEPT / kind) for name in names.chosen(kind)})
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{kind}.json").write_text(json.dumps(rows, indent=0, sort_keys=True) + "\n")
    return rows


def known() -> dict[str, dict]:
    """The rows of every kind, of this run or of one before."""
    return {kind: rows for kind in names.KINDS if (rows := saved(kind))}


def saved(name: str) -> dict[str, dict]:
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def write_page() -> None:
    report.write(known(), saved("routes"), saved("training"), ROOT / "docs/coverage.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(names.KINDS))
    parser.add_argument("--again", action="store_true", help="what failed before is tried once more")
    options = parser.parse_args()
    if unknown := set(options.kinds) - set(names.KINDS):
        parser.error(f"there is no kind {', '.join(sorted(unknown))}: there are {', '.join(names.KINDS)}")
    for kind in options.kinds or names.KINDS:
        measure_all(kind, options.again)
        check_all(kind)
    write_page()


if __name__ == "__main__":
    main()
