"""Lets every call of a kind fail once: each open, read, write, fsync, rename and mapping of three commands.

    faults.py --program build/release/bin/alidade --library build/release/.../failing_calls.so [--json FILE]

Whatever fails, the command ends with an exit code of its own and a sentence, the older report is whole and nothing is
left beside it; or it goes on and makes what it makes otherwise. A sweep goes on afterwards where it stopped.
"""

import argparse
import errno
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from trials import OLD, PROFILE, SWEEP, TOLD, WORKER, Trial, carry_out, contents, folder, go_on, left_over, whole

ERRORS = {
    "open": [errno.EMFILE, errno.EACCES],
    "read": [errno.EIO, errno.EINTR],
    "write": [errno.ENOSPC, errno.EINTR],
    "fsync": [errno.EIO],
    "rename": [errno.EIO],
    "mmap": [errno.ENOMEM],
}
MOST = 5000  # calls of one kind: a command that makes more is not as small as it was


@dataclass(frozen=True)
class Fault:
    trial: Trial
    call: str
    error: int
    which: int

    def __str__(self) -> str:
        return f"{self.trial.name}, {self.call} {self.which} with {errno.errorcode[self.error]}"


def wrong_after(fault: Fault, program: Path, library: Path, expected: bytes) -> tuple[bool, list[str]]:
    """Whether the fault came about, and what is not as it should be after it."""
    trial = fault.trial
    with folder() as work:
        keeps = not trial.report.endswith(".db")
        if keeps:
            (work / trial.report).write_bytes(OLD)
        log = work.parent / "log"
        ran = carry_out(
            program,
            trial,
            work,
            LD_PRELOAD=str(library),
            ALIDADE_FAULT=f"{fault.call}:{fault.which}:{fault.error}",
            ALIDADE_FAULT_LOG=str(log),
        )
        if not log.exists() or not log.read_bytes():
            return False, []
        wrong = []
        if ran.returncode != 0:
            if ran.returncode not in TOLD:
                wrong.append(f"ended with {ran.returncode}")
            if not ran.stderr:
                wrong.append("says nothing")
            if keeps and (work / trial.report).read_bytes() not in (OLD, expected):
                wrong.append("the older report is torn")
        elif contents(program, trial, work) != expected:
            wrong.append("ended with 0, and made something else")
        if left := left_over(trial, work):
            wrong.append(f"left {', '.join(left)}")
        if not wrong and go_on(program, trial, work).returncode != 0:
            wrong.append("the same command does not go on afterwards")
        elif not wrong and contents(program, trial, work) != expected:
            wrong.append("the same command makes something else afterwards")
        return True, [f"{fault}: {line}: {ran.stderr.decode(errors='replace')[:300]}" for line in wrong]


def every_one(
    trial: Trial, call: str, error: int, program: Path, library: Path, expected: bytes
) -> tuple[int, list[str]]:
    """Lets the first call fail, the second, and so on until the command makes no more of them."""
    wrong: list[str] = []
    for which in range(1, MOST):
        met, said = wrong_after(Fault(trial, call, error, which), program, library, expected)
        if not met:
            return which - 1, wrong
        wrong += said
    return MOST, [*wrong, f"{trial.name} makes more than {MOST} calls of {call}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    args = parser.parse_args()
    program, library = args.program.resolve(), args.library.resolve()

    made = {trial: whole(program, trial) for trial in (PROFILE, WORKER, SWEEP)}
    series = [(trial, call, error) for trial in made for call, errors in ERRORS.items() for error in errors]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda s: every_one(*s, program, library, made[s[0]]), series))
    wrong = [line for _, lines in results for line in lines]
    print(*wrong, sep="\n")
    figures = {
        "faults": sum(count for count, _ in results),
        "wrong": len(wrong),
        "calls": {
            f"{t.name} {call} {errno.errorcode[e]}": count
            for (t, call, e), (count, _) in zip(series, results, strict=True)
        },
    }
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(f"{figures['faults']} faults, {figures['wrong']} not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
