"""Runs harnesses: seeds, what was kept and what was learnt first, most of the time short inputs, then long ones."""

import os
import re
import subprocess
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

import ledger
from harness import Harness, our_files

LONGEST = 65536
SHORT_SHARE = 0.75
# What a sanitizer keeps to explain a finding costs time in every run; a finding is explained by running it again.
QUICK = "malloc_context_size=2:quarantine_size_mb=8:detect_stack_use_after_return=0"
LIMITS = ["-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1", "-entropic=0"]


def unpack(harness: Harness, folder: Path) -> None:
    with tarfile.open(harness.archive) as archive:
        for entry in archive:
            (folder / Path(entry.name).name).write_bytes(archive.extractfile(entry).read())


@dataclass(frozen=True)
class Fuzzing:
    build: Path
    harness: Harness
    record: bool = False

    @property
    def program(self) -> Path:
        return self.build / "bin" / f"fuzz_{self.harness.name}"

    @property
    def found(self) -> Path:
        return self.build / "found"

    def learnt(self, longest: int) -> Path:
        return self.build / "learnt" / f"{self.harness.name}-{longest}"

    def begin(self) -> None:
        """Folders with seeds and with what was kept."""
        self.found.mkdir(parents=True, exist_ok=True)
        for longest in (self.harness.short, LONGEST):
            folder = self.learnt(longest)
            if folder.exists():
                continue
            folder.mkdir(parents=True)
            environment = dict(os.environ, ALIDADE_FUZZ_SEEDS=str(folder))
            paths = [str(path) for path in our_files()]
            for first in range(0, max(1, len(paths)), 1000):
                subprocess.run([self.program, *paths[first : first + 1000]], env=environment, check=True)
            if self.harness.archive.exists():
                unpack(self.harness, folder)

    def run(self, seconds: int) -> int:
        """How many findings there were."""
        self.begin()
        short = int(seconds * SHORT_SHARE)
        findings = self.part(short, self.harness.short)
        return findings or self.part(seconds - short, LONGEST)

    def part(self, seconds: int, longest: int) -> int:
        command = [self.program, f"-max_total_time={max(1, seconds)}", f"-max_len={longest}", *LIMITS]
        command += [f"-artifact_prefix={self.found}/{self.harness.name}-", self.learnt(longest)]
        environment = dict(os.environ)
        environment["ASAN_OPTIONS"] = ":".join(filter(None, [QUICK, os.environ.get("ASAN_OPTIONS")]))
        begin = time.monotonic()
        talk = self.build / "logs" / f"{self.harness.name}-{longest}.log"
        talk.parent.mkdir(exist_ok=True)
        with talk.open("w") as log:
            ended = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False)
        spent = round(time.monotonic() - begin)
        executions = self.executions(talk)
        findings = 1 if ended.returncode else 0
        print(f"{self.harness.name}: {executions:,} executions in {spent} s of inputs up to {longest:,} bytes")
        if findings:
            print(f"{self.harness.name}: a finding; it is in {self.found}, what was said in {talk}")
        if self.record and executions:
            row = (self.harness.name, ledger.commit(), ledger.today(), "asan+ubsan", spent, executions, longest)
            ledger.append(ledger.Row(*row, findings))
        return findings

    @staticmethod
    def executions(talk: Path) -> int:
        """From the final figures; where there are none, the last number of a line of progress."""
        text = talk.read_text(errors="replace")
        said = re.findall(r"^stat::number_of_executed_units: (\d+)", text, re.MULTILINE)
        return int((said or re.findall(r"^#(\d+)", text, re.MULTILINE) or ["0"])[-1])
