"""The scores as a table in a terminal, and as docs/accuracy.md."""

from goals import GOALS, outcome
from scores import by_family, statistics, tier_of
from scoring import coverages

COLUMNS = ("set", "device", "tier", "rows", "n", "MAPE", "median", "bias", "in 20 %", "in band", "naive", "goal", "")

GOAL_COLUMNS = ("what", "naive", "to reach", "reached", "")
FAMILIES = 5  # of a set, that are named


def number(value, places=1):
    return "-" if value is None else f"{value:.{places}f}"


def cells(scored):
    """One line: the rows that errors are quoted on."""
    s = statistics(scored.quoted)
    return (scored.name, scored.device, tier_of(scored.predictions), str(scored.rows), str(s["n"]), number(s["mape"]),
            number(s["median"]), number(s["bias"], 2), number(s["within20"], 0), number(s["coverage80"], 0),
            number(s["naive_mape"], 0), "" if scored.goal is None else str(scored.goal), verdict(scored))


def verdict(scored):
    if scored.verdict == "missed" and not scored.complete:
        return f"missed: {scored.missing} of {scored.rows} rows lost"
    return scored.verdict


def summary(scored):
    """Two sentences: goals, and intervals; then what does not hold."""
    outcomes = [outcome(goal, scored) for goal in GOALS]
    reached = sum(o.verdict == "reached" for o in outcomes)
    spans = coverages(scored)
    inside = sum(c.holds for c in spans)
    lines = [f"{reached} of {len(outcomes)} goals are reached.",
             f"{inside} of {len(spans)} intervals hold what they promise (74 to 88 % of the measured values inside)."]
    lines += [f"  {c.name}: {c.share:.0f} % of {c.n}" for c in spans if not c.holds]
    return lines


def left_out(scorer, others):
    """What is not scored, with reasons: whole sets, then rows."""
    for (name, device), reasons in scorer.unreadable.items():
        yield f"{name}, {device}: {'; '.join(dict.fromkeys(reasons))}"
    for file, reason in others.items():
        yield f"{file}: {reason}"
    for one in scorer.scored.values():
        for reason, count in one.lost.most_common(3):
            yield f"{one.name}, {one.device}: {count} of {one.rows} rows: {reason}"


def residuals(scored):
    """For each set that misses its goal the families that add most to the error, with their bias."""
    for one in scored:
        if one.verdict == "missed" and one.quoted:
            worst = by_family(one.quoted)[:FAMILIES]
            families = ", ".join(f"{name} {s['bias']:.2f} ({s['mape']:.0f} % of {s['n']})" for name, s in worst)
            yield f"{one.name}, {one.device}: {families}"


def aligned(table, right):
    """Lines of a table; the columns in `right` end at one place."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    for row in table:
        line = [cell.rjust(w) if i in right else cell.ljust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(line).rstrip()


def goal_cells(scored):
    yield GOAL_COLUMNS
    for o in (outcome(goal, scored) for goal in GOALS):
        yield o.title, o.naive, o.to_reach, o.reached, o.verdict


def terminal(scored):
    return "\n".join([*aligned([COLUMNS, *map(cells, scored)], range(3, 11)), "",
                      *aligned(list(goal_cells(scored)), range(0))])


PREFACE = """# Accuracy

Measured times of other people's hardware beside what this program says of them. Written by
`{command}` on {date} at commit {commit}; do not edit.

- **n** of the set's **rows** are quoted. Constants of a device come from one half of the families (a hash of the
  family's name), errors are quoted on the other; a device without constants, tier *datasheet*, is quoted on all rows.
- **MAPE** is the mean of abs(predicted / measured - 1) in percent, **median** its median, **bias** the geometric mean
  of predicted / measured, **in 20 %** the share of rows that are at most 20 % off, **in band** the share of measured
  values inside of the printed 80 % interval; - where none is printed.
- **naive** is the MAPE of a roofline in the same run: the longer of all work at the device file's peak and each byte
  once at its bandwidth.
- **goal** is the MAPE to reach. A set that loses more than 2 % of its rows is missed.
"""


def markdown_table(table):
    head, *rows = table
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]


def markdown(scorer, others, command, date, commit):
    scored = list(scorer.scored.values())
    lines = [PREFACE.format(command=command, date=date, commit=commit)]
    if scorer.sample is not None:
        lines += [f"- Of a file with more than {scorer.sample:,} rows so many are drawn at random, always the same"
                  " ones; **rows** counts those.", ""]
    lines += ["## Goals", ""]
    lines += [*markdown_table(list(goal_cells(scored))), ""]
    lines += [*(f"- {line.strip()}" for line in summary(scored)), "", "## Every set", ""]
    lines += markdown_table([COLUMNS, *map(cells, scored)])
    lines += ["", "## Where goals are missed", "", "Families that add most to the error of a set: predicted / measured,"
              " and in brackets the MAPE and how many rows.", "", *(f"- {line}" for line in residuals(scored))]
    lines += [f"- {o.title}: {o.why}" for o in (outcome(goal, scored) for goal in GOALS)
              if o.verdict == "missed" and o.why]
    lines += ["", "## What is not scored", "", *(f"- {line}" for line in left_out(scorer, others)), ""]
    return "\n".join(lines)
