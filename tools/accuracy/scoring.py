"""Scores measured sets: reads their rows, has the program price them, and compares."""

import collections
import dataclasses
import random

from devices import ROOT, device_named, without_constants
from rows import Row, UnreadableSet, stored
from scores import COVERAGE_WANTED, MOST_LOST, Prediction, statistics, tier_of

LONG_SECONDS = 1e-4
SMALL_SET = 100


@dataclasses.dataclass(slots=True)
class Scored:
    """One set on one device. `lost`: how many rows have no prediction, by reason."""

    name: str
    device: str
    goal: object = None
    rows: int = 0
    predictions: list = dataclasses.field(default_factory=list)
    lost: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    @property
    def missing(self):
        return self.rows - len(self.predictions)

    @property
    def complete(self):
        return self.missing <= MOST_LOST * self.rows

    @property
    def quoted(self):
        """What errors are quoted on: rows whose families the constants did not see; all where there are none."""
        seen_by_nobody = all(p.tier == "datasheet" for p in self.predictions)
        held_out = self.predictions if seen_by_nobody else [p for p in self.predictions if p.held_out]
        return held_out or self.predictions

    @property
    def verdict(self):
        """"reached", "missed", or "" where no goal is set."""
        if self.goal is None:
            return ""
        return "reached" if self.complete and self.goal.reached_by(statistics(self.quoted)) else "missed"

    def record(self):
        """What --json has of it: all rows, and beside them those held out."""
        out = {"set": self.name, "device": self.device, "tier": tier_of(self.predictions),
               **statistics(self.predictions)}
        out["held_out"] = statistics([p for p in self.predictions if p.held_out])
        return out | {"rows": self.rows, "lost": dict(self.lost), "goal": None if self.goal is None else str(self.goal),
                      "verdict": self.verdict}


class Scorer:
    def __init__(self, program, data, graphs, sample=None):
        self.program, self.data, self.graphs, self.sample = program, data, graphs, sample
        self.scored = {}
        self.unreadable = {}

    def add(self, measured):
        """Scores one entry of the table; a set that cannot be is named in `unreadable`."""
        device = measured.target.device.split("|")[0]
        rows = []
        try:
            path = stored((ROOT if measured.ours else self.data) / measured.file)
            if path is None:
                raise UnreadableSet(f"{measured.file} is not there")
            rows = self._rows(measured, path)
            figures = device_named(measured.target.device)
            device = figures.name
            place = device
            if measured.no_constants:
                place = str(without_constants(figures, self.program.folder))
            target = dataclasses.replace(measured.target, device=place)
            readable = [row for row in rows if isinstance(row, Row)]
            priced = self.program.price(readable, target) if readable else []
        except UnreadableSet as why:
            self.unreadable.setdefault((measured.name, device), []).append(str(why))
            if (measured.name, device) in self.scored and rows:
                self._of(measured, device).lost[str(why)] += len(rows)
                self._of(measured, device).rows += len(rows)
            return
        if rows:
            self._take(measured, figures, rows, priced)

    def _rows(self, measured, path):
        rows = list(measured.read(path, self.graphs))
        if self.sample is not None and len(rows) > self.sample:
            rows = random.Random(1).sample(rows, self.sample)
        if not measured.whole:  # operators: each has a place of its own in a graph
            for i, row in enumerate(rows):
                if isinstance(row, Row) and not row.group:
                    row.group = f"row{i}"
        return rows

    def _of(self, measured, device, suffix="", goal=None):
        key = (measured.name + suffix, device)
        if key not in self.scored:
            self.scored[key] = Scored(*key, goal or measured.goal)
        return self.scored[key]

    def _take(self, measured, device, rows, priced):
        priced = iter(priced)
        for row in rows:
            answer = next(priced) if isinstance(row, Row) else str(row)
            note(self._of(measured, device.name), row, answer, device)
            if not isinstance(row, Row):
                continue
            if measured.long_goal and row.seconds > LONG_SECONDS:
                note(self._of(measured, device.name, " > 0.1 ms", measured.long_goal), row, answer, device)
            if measured.energy_goal and row.joules is not None:
                note_energy(self._of(measured, device.name, ", energy", measured.energy_goal), row, answer, device)


def note(scored, row, answer, device):
    scored.rows += 1
    if isinstance(answer, str):
        scored.lost[answer] += 1
        return
    if row.peak_bytes is not None:
        scored.predictions.append(Prediction(row.peak_bytes, answer.peak_bytes, held_out=row.held_out,
                                             family=row.family))
        return
    scored.predictions.append(Prediction(row.seconds, answer.seconds, answer.low, answer.high,
                                         device.naive_seconds(row), row.held_out, answer.tier, row.family))


def note_energy(scored, row, answer, device):
    """A kernel's energy is above that of idling, which a meter sees, too."""
    scored.rows += 1
    if isinstance(answer, str) or answer.joules is None:
        scored.lost[answer if isinstance(answer, str) else "the program knows no energy of it"] += 1
        return
    joules = answer.joules + (device.idle_watts or 0.0) * answer.seconds
    scored.predictions.append(Prediction(row.joules, joules, held_out=row.held_out, tier=answer.tier,
                                         family=row.family))


@dataclasses.dataclass(slots=True)
class Coverage:
    """Of one set of 100 rows or more, or of all smaller ones together."""

    name: str
    n: int
    share: float

    @property
    def holds(self):
        return COVERAGE_WANTED[0] <= self.share <= COVERAGE_WANTED[1]


def coverages(scored):
    """How many measured values lie inside of their intervals, of the rows that errors are quoted on."""
    out, small = [], []
    for one in scored:
        quoted = one.quoted
        if not quoted or all(p.low is None for p in quoted):
            continue
        if len(quoted) < SMALL_SET:
            small += quoted
        else:
            out.append(Coverage(f"{one.name}, {one.device}", len(quoted), statistics(quoted)["coverage80"]))
    if small:
        out.append(Coverage("smaller sets together", len(small), statistics(small)["coverage80"]))
    return out
