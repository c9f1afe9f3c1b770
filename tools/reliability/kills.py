"""Kills or interrupts a program at random moments, and looks at what is left and what the same command makes of it.

    kills.py --program build/release/bin/alidade [--moments 500] [--interrupts 100] [--seed 1] [--json FILE]

Of a sweep every finished point is there, and the command again makes the same bytes as one that ran through. Of a
report that replaces an older one, one of the two is there, whole; the next run removes what was left beside it.
One that is interrupted (SIGINT, SIGTERM) ends with the exit code for that, and leaves nothing beside its report.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trials import OLD, SOURCE, WORKER, Trial, carry_out, contents, environment, folder, left_over, whole

MODELS = [str(SOURCE / f"models/{name}.onnx") for name in ("mlp_sort", "resnet18")]
SWEEP = Trial(
    "sweep",
    ("sweep", *MODELS, "--on", "h100_sxm,l4", "--batch", "1,2,4,8,16,32,64,128,256,512", "-j", "1", "-o", "store.db"),
    "store.db",
)
REPORT = Trial("report", ("profile", MODELS[1], "-o", "report.json"), "report.json")


def seconds(program: Path, trial: Trial) -> float:
    with folder() as work:
        began = time.monotonic()
        carry_out(program, trial, work)
        return time.monotonic() - began


def catches(number: int, pid: int) -> bool:
    """Whether it has come as far as to have its own way of ending; before that it has written nothing."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return number == signal.SIGKILL or caught >> (number - 1) & 1 == 1


def ended_after(program: Path, trial: Trial, work: Path, number: int, wait: float) -> tuple[bool, int]:
    """Whether the signal met the program, and what it ended with."""
    child = subprocess.Popen(
        trial.command(program),
        cwd=work,
        env=environment(work),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while child.poll() is None and not catches(number, child.pid):
        time.sleep(0.0001)
    try:
        child.wait(wait)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, number)
    code = child.wait()
    return code != 0, code


def torn(program: Path, trial: Trial, work: Path, expected: bytes) -> str:
    """What is wrong with what a killed program left, if anything is."""
    if not trial.report.endswith(".db"):
        return "" if (work / trial.report).read_bytes() in (OLD, expected) else "the report is torn"
    lines = contents(program, trial, work).splitlines()
    if lines and lines[0].startswith(b"no store"):
        return ""  # killed before it had begun one: the same command has to go on from there, too
    return "" if set(lines) <= set(expected.splitlines()) else "the store has a point that is none"


def wrong_end(trial: Trial, work: Path, number: int, code: int) -> str:
    """What is wrong with the way in which it ended."""
    if number == signal.SIGKILL:
        return "" if code == -number else f"it ended with {code}"
    if code != 128 + number:
        return f"it ended with {code}, not {128 + number}"
    left = left_over(trial, work)
    return f"it left {', '.join(left)}" if left else ""


def one(program: Path, trial: Trial, number: int, wait: float, expected: bytes) -> tuple[bool, str]:
    """Whether the program was ended in the middle, and what is wrong then."""
    with folder() as work:
        if not trial.report.endswith(".db"):
            (work / trial.report).write_bytes(OLD)
        met, code = ended_after(program, trial, work, number, wait)
        if not met:
            return False, ""
        if wrong := wrong_end(trial, work, number, code) or torn(program, trial, work, expected):
            return True, wrong
        ran = carry_out(program, trial, work)
        if ran.returncode != 0:
            return True, f"the same command ends with {ran.returncode}: {ran.stderr.decode(errors='replace')}"
        if contents(program, trial, work) != expected:
            return True, "the same command makes other bytes"
        left = left_over(trial, work)
        return True, f"{', '.join(left)} was left" if left else ""


def try_all(program: Path, trial: Trial, number: int, moments: int, seed: int) -> dict[str, int | list[str]]:
    expected, lasts = whole(program, trial), seconds(program, trial)
    random_moments = [random.Random(seed * moments + i).uniform(0, lasts) for i in range(moments)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda wait: one(program, trial, number, wait, expected), random_moments))
    return {
        "moments": moments,
        "in the middle": sum(met for met, _ in results),
        "wrong": [said for _, said in results if said],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--moments", type=int, default=500, help="at which each of two commands is killed")
    parser.add_argument("--interrupts", type=int, default=100, help="of each of two commands by each of two signals")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    args = parser.parse_args()
    program = args.program.resolve()
    series = [("kills", trial, signal.SIGKILL, args.moments) for trial in (SWEEP, REPORT)]
    series += [
        (number.name, trial, number, args.interrupts)
        for number in (signal.SIGINT, signal.SIGTERM)
        for trial in (SWEEP, WORKER)
    ]
    results = {
        f"{what} of a {trial.name}": try_all(program, trial, number, moments, args.seed)
        for what, trial, number, moments in series
    }
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n")
    for name, result in results.items():
        met, wrong = result["in the middle"], result["wrong"]
        print(f"{name}: {result['moments']} moments, {met} before its end, {len(wrong)} wrong")
        print(*(f"  {line}\n" for line in wrong), sep="", end="")
    enough = all(result["in the middle"] for result in results.values())
    return 0 if enough and not any(result["wrong"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
