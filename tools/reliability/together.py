"""Starts two commands that write the same file, and looks at what both of them leave, many times.

    together.py --program build/release/bin/alidade [--times 100] [--seed 1] [--json FILE]

Of two profiles one report is there, whole, and nothing beside it. Of two sweeps into one store each carries its points
out or is told that the store is taken (both, where they begin it at one moment); afterwards the command makes what it
makes where nothing else runs.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trials import PROFILE, SOURCE, SWEEP, TOLD, Trial, carry_out, contents, environment, folder, left_over, whole

OTHER = Trial("profile", ("profile", str(SOURCE / "models/mlp_sort.onnx"), "-o", PROFILE.report), PROFILE.report)
LONGEST = 0.05  # seconds by which the second one is later


def both(program: Path, first: Trial, second: Trial, work: Path, wait: float) -> list[tuple[int, bytes]]:
    """What each ended with, and what it said."""
    children = []
    for trial, pause in ((first, wait), (second, 0.0)):
        children.append(
            subprocess.Popen(
                trial.command(program),
                cwd=work,
                env=environment(work),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        )
        time.sleep(pause)
    said = [child.communicate(timeout=60)[1] for child in children]
    return [(child.returncode, words) for child, words in zip(children, said, strict=True)]


def wrong_reports(program: Path, wait: float, made: dict[Trial, bytes]) -> str:
    with folder() as work:
        ends = both(program, PROFILE, OTHER, work, wait)
        if any(code != 0 for code, _ in ends):
            return f"two profiles ended with {ends}"
        if (work / PROFILE.report).read_bytes() not in (made[PROFILE], made[OTHER]):
            return "the report is torn"
        left = left_over(PROFILE, work)
        return f"{', '.join(left)} was left" if left else ""


def wrong_stores(program: Path, wait: float, made: dict[Trial, bytes]) -> str:
    with folder() as work:
        ends = both(program, SWEEP, SWEEP, work, wait)
        if any(code != 0 and (code not in TOLD or not words) for code, words in ends):
            return f"two sweeps ended with {ends}"
        ran = carry_out(program, SWEEP, work)
        if ran.returncode != 0:
            return f"the sweep afterwards ended with {ran.returncode}: {ran.stderr.decode(errors='replace')}"
        if contents(program, SWEEP, work) != made[SWEEP]:
            return "the store has other points"
        left = left_over(SWEEP, work)
        return f"{', '.join(left)} was left" if left else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--times", type=int, default=100, help="of two profiles, and of two sweeps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    args = parser.parse_args()
    program = args.program.resolve()
    made = {trial: whole(program, trial) for trial in (PROFILE, OTHER, SWEEP)}
    waits = [random.Random(args.seed * args.times + i).uniform(0, LONGEST) for i in range(args.times)]
    results = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, wrong_of in (("two profiles", wrong_reports), ("two sweeps", wrong_stores)):
            found = pool.map(lambda wait, wrong_of=wrong_of: wrong_of(program, wait, made), waits)
            results[name] = {"times": args.times, "wrong": [said for said in found if said]}
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n")
    for name, result in results.items():
        print(f"{name} of one file: {result['times']} times, {len(result['wrong'])} wrong")
        print(*(f"  {line}\n" for line in result["wrong"]), sep="", end="")
    return 1 if any(result["wrong"] for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
