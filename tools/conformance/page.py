"""Writes docs/conformance.md, and the raw results beside it, from what was found."""

import collections
import dataclasses
import json
import re

import known
from verdict import Judged

HEAD = """# Conformance

The program beside suites that others made, and beside onnxruntime. `./dev conformance` makes this page; the raw results
are in [conformance.json](conformance.json), the failures that are known, with reasons, in
`tools/conformance/known.json`.

- **read**: the file is taken, whatever the warnings.
- **shapes equal**: tensors whose inferred element type and sizes are those of the real tensors, of all compared.
- **by data**: tensors whose shape the data decide, as the operator's specification says, and which a warning names.
- **MACs equal**: files whose multiply-accumulates are those of plain loops over the real shapes, of all that run;
  within the interval, where the data decide a branch.
- **failing**: files of which something is wrong, unknown without need, or refused.

"""

COLUMNS = "| suite | files | read | shapes equal | by data | MACs equal | failing |\n|---|---|---|---|---|---|---|\n"


def written(results: dict) -> str:
    suites = {title: suite for part in results.values() for title, suite in part["suites"].items()}
    commits = sorted({part["commit"] for part in results.values()})
    failures = "".join(section(title, suite["files"]) for title, suite in suites.items())
    return (HEAD + f"The program was built from {', '.join(commits)}.\n\n" + COLUMNS
            + "\n".join(line(title, suite["counts"]) for title, suite in suites.items()) + "\n"
            + (f"\n## Failures\n\n{failures.rstrip()}\n" if failures else ""))


def summary(found: dict[str, Judged], all_files: bool) -> dict:
    """What is kept of a suite: its counts, and the files that are not right in every way, or all of them."""
    rows = list(found.values())
    compared = [row for row in rows if row.macs_equal is not None]
    counts = {"files": len(rows), "read": sum(row.read for row in rows), "tensors": sum(row.outputs for row in rows),
              "equal": sum(row.equal for row in rows), "by_data": sum(row.by_data for row in rows),
              "macs_compared": len(compared), "macs_equal": sum(row.macs_equal for row in compared),
              "failing": sum(bool(row.failures) for row in rows)}
    files = {name: dataclasses.asdict(row) for name, row in found.items() if all_files or row.failures or row.by_data}
    return {"counts": counts, "files": files}


def line(title: str, counts: dict) -> str:
    return (f"| {title} | {counts['files']:,} | {counts['read']:,} | {counts['equal']:,} of {counts['tensors']:,} | "
            f"{counts['by_data']:,} | {counts['macs_equal']:,} of {counts['macs_compared']:,} | "
            f"{counts['failing']:,} |")


def section(title: str, files: dict[str, dict]) -> str:
    reasons, groups = known.by_name(title), collections.defaultdict(list)
    for name, judged in files.items():
        if judged["failures"]:
            groups[reasons.get(name) or f"**new**: {kind(judged['failures'][0])}"].append(name)
    lines = [f"- {reason} ({len(names)}): {listed(names)}" for reason, names in sorted(groups.items())]
    return f"### {title}\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def listed(names: list[str]) -> str:
    """Configurations of one operator, "Pad 3" and "Pad 17", follow each other as "Pad 3, 17"."""
    operators = collections.defaultdict(list)
    for name in names:
        numbered = re.fullmatch(r"([A-Z]\S*) (\d+)", name)
        operators[numbered[1] if numbered else name].append(numbered[2] if numbered else "")
    return ", ".join(f"{operator} {', '.join(numbers)}".strip() for operator, numbers in operators.items())


def kind(sentence: str) -> str:
    """A sentence without its names and numbers, so that failures of one kind share it."""
    sentence = re.sub(r"'[^']*'|\"[^\"]*\"", "'...'", sentence)
    sentence = re.sub(r"^\S+: (?=[a-z0-9]+\[|\?\[)", "", sentence)
    return re.sub(r"\d+", "N", re.sub(r"\[[^\]]*\]", "[...]", sentence))


def raw(results: dict) -> str:
    """One line a file."""
    return json.dumps(results, indent=None, separators=(",", ":")).replace('},"', '},\n"') + "\n"
