"""Takes checks out, one at a time, and looks whether a test fails: docs/removals.md.

    removals.py [--number 30] [--seed 1] [--jobs 2] [--write-docs]

The checks are drawn from every one that guards.py finds. All of them stand in one build, each behind a switch that the
environment sets, and each is out for one run of the tests, which ends at the first failure: first those that are named
like a folder of the check, then the bad cases, then all.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from guards import Guard, guards, put_switches
from trials import SOURCE

PAGE = SOURCE / "docs/removals.md"
CTEST = ("ctest", "--stop-on-failure", "--timeout", "300")
HEAD = """# Checks that were taken out

Does a test fail when a check is not there? Of the {all} checks of the sources (an `if` that returns a fault) {number}
were drawn (seed {seed}) and taken out one at a time, at commit {commit}; `tools/reliability/removals.py --write-docs`
does it again.
**{caught} of {number}** were missed by a test at once.

| check | what it returns | the first test that fails |
|---|---|---|
"""


@dataclass(frozen=True)
class Copy:
    """A checkout of its own, with its build."""

    folder: Path

    @property
    def build(self) -> Path:
        return self.folder / "build/release"

    def make(self) -> None:
        if not self.folder.exists():
            run("git", "-C", str(SOURCE), "worktree", "add", "--detach", str(self.folder), "HEAD")
        run("git", "-C", str(self.folder), "checkout", "--force", "--detach", commit())

    def put(self, drawn: list[Guard]) -> None:
        numbered = list(enumerate(drawn))
        for path, of_file in groupby(sorted(numbered, key=lambda one: str(one[1].path)), key=lambda one: one[1].path):
            target = self.folder / path.relative_to(SOURCE)
            target.write_text(put_switches(path.read_text(), list(of_file)))

    def compile(self) -> None:
        """`ctest -N` runs nothing, after everything is built."""
        run(str(self.folder / "dev"), "test", "-N")

    def test_groups(self) -> list[str]:
        """Programs of tests, those with many tests first: they are the short ones."""
        shown = run("ctest", "--test-dir", str(self.build), "--show-only=json-v1")
        names = [test["name"].split("/")[0] for test in json.loads(shown)["tests"]]
        return sorted(set(names), key=lambda name: (-names.count(name), name))

    def first_failure(self, environment: dict[str, str], groups: list[str], jobs: int) -> str | None:
        for group in groups:
            words = [*CTEST, "-R", f"^{group}/", "-j", str(jobs), "--test-dir", self.build]
            ran = subprocess.run(words, env=os.environ | environment, capture_output=True, text=True, check=False)
            if ran.returncode != 0:
                failed = re.search(r"^\s*\d+ - (.*) \(.*\)$", ran.stdout, re.M)
                return failed[1] if failed else group
        return None


def nearest_first(groups: list[str], path: Path) -> list[str]:
    """The order of `groups` within the same distance stays."""
    near = {f"test_{folder}" for folder in path.parts}
    return sorted(groups, key=lambda group: (group not in near, group != "test_badcases"))


def run(*words: str) -> str:
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.stdout


def commit() -> str:
    return run("git", "-C", str(SOURCE), "log", "-1", "--format=%h").strip()


def every_guard() -> list[Guard]:
    paths = [path for folder in ("core", "plugins") for path in sorted((SOURCE / folder).rglob("*.cpp"))]
    return [guard for path in paths for guard in guards(path)]


def row(guard: Guard, caught: str | None) -> str:
    check = f"{guard.path.relative_to(SOURCE)}:{guard.line} `{' '.join(guard.condition.split())}`"
    cells = (check, f"`{guard.statement[:100]}`", caught or "**none**")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--write-docs", action="store_true")
    args = parser.parse_args()
    everything = every_guard()
    drawn = random.Random(args.seed).sample(everything, args.number)
    copy = Copy(SOURCE / "build/removals")
    copy.make()
    copy.put(drawn)
    copy.compile()
    groups = copy.test_groups()
    if failed := copy.first_failure({}, groups, args.jobs):
        sys.exit(f"with every check in place {failed} fails: mend that first")
    rows = []
    for number, guard in enumerate(drawn):
        near = nearest_first(groups, guard.path.relative_to(SOURCE))
        caught = copy.first_failure({"ALIDADE_REMOVED_CHECK": str(number)}, near, args.jobs)
        rows.append((guard, caught))
        print(row(guard, caught), end="", flush=True)
    caught = sum(1 for _, test in rows if test)
    print(f"{caught} of {len(rows)} caught")
    if args.write_docs:
        head = HEAD.format(all=len(everything), number=len(rows), seed=args.seed, commit=commit(), caught=caught)
        PAGE.write_text(head + "".join(row(*one) for one in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
