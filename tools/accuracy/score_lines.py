"""Estimates beside measured values, of which ratios alone are kept: a line of a table for each kind."""

import dataclasses
import math

from scores import mean, middle

COLUMNS = ("what", "rows", "error", "median", "bias", "goal", "")
NUMBERS = range(1, 6)


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """`ratios` of estimated and measured values, of as many of the `rows` as are scored; the goal is in percent."""

    what: str
    rows: int
    ratios: list[float]
    goal: float

    @property
    def errors(self):
        return [abs(ratio - 1) * 100 for ratio in self.ratios]

    @property
    def bias(self):
        return math.exp(mean([math.log(ratio) for ratio in self.ratios]))

    @property
    def verdict(self):
        return "reached" if self.ratios and mean(self.errors) <= self.goal else "missed"

    def cells(self):
        scored = f"{len(self.ratios)} of {self.rows}"
        if not self.ratios:
            return self.what, scored, "-", "-", "-", f"{self.goal:g}", self.verdict
        return (self.what, scored, f"{mean(self.errors):.1f}", f"{middle(self.errors):.1f}", f"{self.bias:.2f}",
                f"{self.goal:g}", self.verdict)


def table(scores):
    return [COLUMNS, *(score.cells() for score in scores)]
