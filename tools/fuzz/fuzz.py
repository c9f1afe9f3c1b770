"""./dev fuzz: runs the harnesses of fuzz/, keeps what they learn, and writes docs/fuzzing.md.

./dev fuzz [NAME...] [SECONDS] [--record]    for so long each (60); --record adds rows to fuzz/ledger.csv
./dev fuzz keep [NAME...]                    fuzz/corpus anew: the smallest inputs that reach all that was reached
./dev fuzz coverage                          the lines that those inputs reach, and docs/fuzzing.md anew
./dev fuzz page                              docs/fuzzing.md alone, of the ledger and the last coverage
"""

import argparse
import subprocess
import sys
from pathlib import Path

import coverage
import page
from harness import harnesses
from keep import keep
from run import Fuzzing


def build_programs(folder: Path, names: list[str]) -> None:
    built = subprocess.run(["ninja", "-C", folder, *names], capture_output=True, text=True)
    if built.returncode:
        sys.exit(f"fuzz: the build failed:\n{built.stdout[-4000:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    words = args.words
    verb = words.pop(0) if words and words[0] in ("keep", "coverage", "page") else "run"
    seconds = int(words.pop()) if words and words[-1].isdigit() else 60
    chosen = harnesses(words)
    if verb == "page":
        return page.write()
    if verb == "coverage":
        build_programs(args.build, [f"cover_{harness.name}" for harness in chosen])
        coverage.measure(args.build, chosen)
        return page.write()
    build_programs(args.build, [f"fuzz_{harness.name}" for harness in chosen])
    findings = 0
    for harness in chosen:
        fuzzing = Fuzzing(args.build, harness, args.record)
        if verb == "keep":
            fuzzing.begin()
            keep(fuzzing)
        else:
            findings += fuzzing.run(seconds)
    if args.record:
        page.write()
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
