"""Lets every call of a kind fail once: each open, read, write, fsync, rename and mapping of four commands; and of the
many thousand times that they ask for memory a draw.

    faults.py --program build/release/bin/alidade --library build/release/.../failing_calls.so
              [--draws 1000] [--seed 1] [--json FILE]

Whatever fails, the command ends with an exit code of its own and a sentence, the older report is whole and nothing is
left beside it; or it goes on and makes what it makes otherwise. A sweep goes on afterwards where it stopped.
"""

import argparse
import errno
import json
import os
import random
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from trials import (
    MERGE,
    OLD,
    PROFILE,
    SWEEP,
    TOLD,
    WORKER,
    Trial,
    carry_out,
    contents,
    folder,
    go_on,
    left_over,
    prepare,
    whole,
)

ERRORS = {
    "open": [errno.EMFILE, errno.EACCES],
    "read": [errno.EIO, errno.EINTR],
    "write": [errno.ENOSPC, errno.EINTR],
    "fsync": [errno.EIO],
    "rename": [errno.EIO],
    "mmap": [errno.ENOMEM],
    "memory": [errno.ENOMEM],
}


@dataclass(frozen=True)
class Fault:
    trial: Trial
    call: str
    error: int
    which: int

    def __str__(self) -> str:
        return f"{self.trial.name}, {self.call} {self.which} with {errno.errorcode[self.error]}"


def carry_out_with(fault: Fault, program: Path, library: Path, work: Path) -> tuple[CompletedProcess[bytes], bool, int]:
    """What came of the command, whether the call failed, and how many of its kind there were."""
    log = work.parent / "log"
    order = f"{fault.call}:{fault.which}:{fault.error}"
    prepare(program, fault.trial, work)
    ran = carry_out(
        program, fault.trial, work, LD_PRELOAD=str(library), ALIDADE_FAULT=order, ALIDADE_FAULT_LOG=str(log)
    )
    failed, count = struct.unpack("=II", log.read_bytes())
    return ran, failed != 0, count


def wrong_after(fault: Fault, program: Path, library: Path, expected: bytes) -> tuple[bool, list[str]]:
    """Whether the fault came about, and what is not as it should be after it."""
    trial = fault.trial
    with folder() as work:
        keeps = not trial.report.endswith(".db")
        if keeps:
            (work / trial.report).write_bytes(OLD)
        ran, failed, _ = carry_out_with(fault, program, library, work)
        if not failed:
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


@dataclass(frozen=True)
class Series:
    """All calls of one kind, each of which may fail in one way."""

    trial: Trial
    call: str
    error: int
    count: int

    def __str__(self) -> str:
        return f"{self.trial.name} {self.call} {errno.errorcode[self.error]}"

    def faults(self, draws: int, seed: int) -> list[Fault]:
        which = range(1, self.count + 1)
        if self.count > draws:
            which = sorted(random.Random(f"{seed} {self}").sample(which, draws))
        return [Fault(self.trial, self.call, self.error, one) for one in which]


def counted(trial: Trial, call: str, error: int, program: Path, library: Path) -> Series:
    with folder() as work:
        _, _, count = carry_out_with(Fault(trial, call, error, 0), program, library, work)
        return Series(trial, call, error, count)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=1000, help="of each kind that has more calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    args = parser.parse_args()
    program, library = args.program.resolve(), args.library.resolve()

    made = {trial: whole(program, trial) for trial in (PROFILE, WORKER, SWEEP, MERGE)}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        kinds = [(trial, call, error) for trial in made for call, errors in ERRORS.items() for error in errors]
        series = list(pool.map(lambda kind: counted(*kind, program, library), kinds))
        faults = [fault for one in series for fault in one.faults(args.draws, args.seed)]
        results = list(pool.map(lambda fault: wrong_after(fault, program, library, made[fault.trial]), faults))
    of_memory = [result for fault, result in zip(faults, results, strict=True) if fault.call == "memory"]
    wrong = [line for _, lines in results for line in lines]
    print(*wrong, sep="\n")
    figures = {
        "faults": sum(met for met, _ in results),
        "wrong": len(wrong),
        "calls": {str(one): one.count for one in series},
        "of memory": {
            "faults": sum(met for met, _ in of_memory),
            "calls": sum(one.count for one in series if one.call == "memory"),
            "wrong": sum(len(lines) for _, lines in of_memory),
        },
    }
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(f"{figures['faults']} faults, {figures['wrong']} not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
