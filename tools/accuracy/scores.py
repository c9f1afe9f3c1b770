"""Statistics of predicted beside measured values. Shares are percent."""

import dataclasses
import math

COVERAGE_WANTED = (74.0, 88.0)
MOST_LOST = 0.02  # of the rows of a set that counts


@dataclasses.dataclass(slots=True)
class Prediction:
    """`low` and `high`: the printed interval, absent where none is. `naive`: the roofline's value."""

    measured: float
    value: float
    low: float | None = None
    high: float | None = None
    naive: float | None = None
    held_out: bool = True
    tier: str = "datasheet"
    family: str = ""

    @property
    def off(self):
        return abs(self.value / self.measured - 1)

    @property
    def inside(self):
        return self.low is not None and self.low <= self.measured <= self.high


def mean(values):
    return sum(values) / len(values)


def middle(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def statistics(predictions):
    """n and, where there are any: mape, median, bias, within20, coverage80 (None where no interval is printed; a
    value without one lies outside) and naive_mape (of the rows that have a roofline; None where none has)."""
    out = {"n": len(predictions), "mape": None, "median": None, "bias": None, "within20": None, "coverage80": None,
           "naive_mape": None}
    if not predictions:
        return out
    off = [p.off for p in predictions]
    out["mape"] = 100 * mean(off)
    out["median"] = 100 * middle(off)
    out["bias"] = math.exp(mean([math.log(p.value / p.measured) for p in predictions]))
    out["within20"] = 100 * mean([x <= 0.2 for x in off])
    if any(p.low is not None for p in predictions):
        out["coverage80"] = 100 * mean([p.inside for p in predictions])
    naive = [abs(p.naive / p.measured - 1) for p in predictions if p.naive is not None]
    if naive:
        out["naive_mape"] = 100 * mean(naive)
    return out


def by_family(predictions):
    """(family, statistics), those first that add most to the error."""
    families = {}
    for p in predictions:
        families.setdefault(p.family, []).append(p)
    found = [(family, statistics(some)) for family, some in families.items()]
    return sorted(found, key=lambda one: (-one[1]["n"] * one[1]["mape"], one[0]))


def tier_of(predictions):
    """The tier of all, else "mixed"."""
    tiers = {p.tier for p in predictions}
    return tiers.pop() if len(tiers) == 1 else "mixed" if tiers else "none"
