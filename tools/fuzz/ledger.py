"""fuzz/ledger.csv: one row for each run that was recorded; executions add up over sessions and machines."""

import csv
import datetime
import subprocess
from dataclasses import astuple, dataclass, fields

from harness import FUZZ, SOURCE

LEDGER = FUZZ / "ledger.csv"


@dataclass(frozen=True)
class Row:
    harness: str
    commit: str
    date: str
    build: str
    seconds: int
    executions: int
    longest: int  # bytes that an input could have
    findings: int


def commit() -> str:
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=SOURCE, capture_output=True, text=True)
    return said.stdout.strip() or "none"


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def append(row: Row) -> None:
    new = not LEDGER.exists()
    with LEDGER.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(column.name for column in fields(Row))
        writer.writerow(astuple(row))


def rows() -> list[Row]:
    if not LEDGER.exists():
        return []
    with LEDGER.open(newline="") as file:
        return [
            Row(**{c.name: int(line[c.name]) if c.type is int else line[c.name] for c in fields(Row)})
            for line in csv.DictReader(file)
        ]
