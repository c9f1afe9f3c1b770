"""Runs whole processes, in turn, and keeps what each run took."""

import dataclasses
import re
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path

LIMIT_S = 600


@dataclasses.dataclass
class Job:
    """One cell of the table: a command, how often it runs, and what came of it."""
    row: str
    column: str
    command: list[str]
    runs: int
    millis: list[float] = dataclasses.field(default_factory=list)
    user_millis: list[float] = dataclasses.field(default_factory=list)
    system_millis: list[float] = dataclasses.field(default_factory=list)
    peak_kb: list[int] = dataclasses.field(default_factory=list)
    faults: list[int] = dataclasses.field(default_factory=list)
    fault: str = ""


def first_cause(said: str) -> str:
    """The first exception of a Python traceback, else the first line; without the folders of this machine."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return re.sub(r"/\S*/", "", next(iter(raised + lines), "no word of why"))


def run_once(launch: Path, job: Job, keep: bool) -> None:
    try:
        run = subprocess.run([launch, *job.command], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        job.fault = f"not done in {LIMIT_S} s"
        return
    took = list(map(int, run.stdout.split())) if run.returncode == 0 else [0, 0, 0, 0, 0, 0, run.returncode]
    nanos, user, system, peak, read, other, code = took
    if code != 0:
        job.fault = f"exit {code}: {first_cause(run.stderr)}"
    elif keep:
        job.millis.append(nanos / 1e6)
        job.user_millis.append(user / 1e3)
        job.system_millis.append(system / 1e3)
        job.peak_kb.append(peak)
        job.faults.append(read + other)


def due(job: Job, turn: int, turns: int) -> bool:
    """The runs of a job are spread evenly over the turns, so that a busy minute is everybody's."""
    return not job.fault and (turn + 1) * job.runs // turns > turn * job.runs // turns


def measure(launch: Path, jobs: list[Job], tell: Callable[[str], None]) -> None:
    """Each job once to warm up, then turn by turn; a job that fails is not tried again."""
    for number, job in enumerate(jobs, 1):
        tell(f"warming up {number}/{len(jobs)}: {job.row}, {job.column}")
        run_once(launch, job, keep=False)
    turns = max(job.runs for job in jobs)
    for turn in range(turns):
        tell(f"turn {turn + 1}/{turns}")
        for job in jobs:
            if due(job, turn, turns):
                run_once(launch, job, keep=True)


def summary(job: Job) -> dict:
    """The cell in numbers: median and quartiles, or why there are none."""
    if job.fault or not job.millis:
        return {"fault": job.fault or "not run"}
    low, middle, high = statistics.quantiles(job.millis, n=4, method="inclusive") if job.runs > 1 else job.millis * 3
    return {"runs": len(job.millis), "median_ms": middle, "q1_ms": low, "q3_ms": high, "min_ms": min(job.millis),
            "max_ms": max(job.millis), "user_ms": statistics.median(job.user_millis),
            "system_ms": statistics.median(job.system_millis),
            "cpu_ms": statistics.median(map(sum, zip(job.user_millis, job.system_millis, strict=True))),
            "peak_mb": statistics.median(job.peak_kb) / 1024, "faults": statistics.median(job.faults)}
