"""The scores of placement as a section of docs/accuracy.md, which can be written by itself."""

import collections

from page import aligned, markdown_table
from placements import summary_of
from qualcomm import COMPILED, RUNTIMES

HEADING = "## Placement"

TEXT = """{heading}

Which share of a network's layers `alidade place` puts on an NPU beside what Qualcomm publishes of its own runs (layers
on the NPU, the GPU and the processor). Written by `{command}` on {date} at commit {commit}; do not edit.

- A row is a network in one precision by one runtime on one device. **split** rows have a part of their layers on the
  NPU: their **error** is the mean distance of the two shares in points, beside that of the **baseline** "everything on
  the NPU". Of the **whole** ones those that are **called split** are counted.
- Rules are learnt from one half of the families (a hash of the family's name): that a ReLU6 stays on the processor by
  ONNX Runtime in quantised form, and that all else is taken. **Held out** is the other half. The rules for convolutions
  in three dimensions and GELU on NPUs without floats, and for norms of batches by ONNX Runtime, are from documents and
  sources; the split rows of the other half were known when they were looked for, so that there it is no blind test.
- Networks are those that captured graphs, torchvision or transformers have by the same name, and three that are written
  from their layer lists. A norm behind a convolution is no layer, nor is, where numbers are quantised, a ReLU behind a
  layer. A layer of the processor in a quantised network counts twice: it has a conversion beside it.
- Which layers of a *mixed* precision are wider is not published, nor therefore known here.
"""
NUMBERS = ("rows", "split", "error", "baseline", "whole", "called split", "")


def points(share):
    return "-" if share is None else f"{100 * share:.1f}"


def cells(name, placed):
    s = summary_of(placed)
    verdict = "" if s.error is None else "at most half" if s.halved else "above half"
    return (name, str(len(placed)), str(s.split), points(s.error), points(s.baseline), str(s.whole),
            str(s.called_split), verdict)


def by_runtime(placed):
    for title in (*RUNTIMES.values(), COMPILED):
        some = [one for one in placed if one.row.way == title]
        if some:
            yield title, some


def runtime_table(placed):
    yield ("runtime", *NUMBERS)
    for half, rows in (("held out", [one for one in placed if one.row.held_out]),
                       ("learnt from", [one for one in placed if not one.row.held_out])):
        for title, some in by_runtime(rows):
            yield cells(f"{title}, {half}", some)
    yield cells("all", placed)


def network_table(placed):
    """Every network, precision and runtime that is split, or called so; devices with the same shares on one line."""
    yield "network", "precision", "runtime", "half", "devices", "measured", "predicted"
    found = collections.Counter()
    for one in placed:
        row = one.row
        if row.kind == "split" or one.share < 1:
            found[row.model, row.precision, row.runtime, "held out" if row.held_out else "learnt from",
                  f"{row.npu} of {row.total}, {points(row.share)} %", f"{points(one.share)} %"] += 1
    for (model, precision, runtime, half, measured, predicted), devices in sorted(found.items()):
        yield model, precision, runtime, half, str(devices), measured, predicted


def verdicts(scorer):
    held_out = summary_of([one for one in scorer.placed if one.row.held_out])
    every = summary_of(scorer.placed)
    goal = "at most half of the baseline's"
    for title, s in (("held-out families", held_out), ("all", every)):
        if s.error is not None:
            yield (f"Split rows of {title}: the error is {points(s.error)} points, the baseline's {points(s.baseline)};"
                   f" {goal}: {'reached' if s.halved else 'missed'}.")
    yield (f"Whole rows called split: {every.called_split} of {every.whole}; at most 2 %: "
           f"{'reached' if every.few_called_split else 'missed'}.")
    elsewhere = collections.Counter((row.way, row.floats) for row in scorer.elsewhere)
    yield (f"{len(scorer.elsewhere)} rows have no layer on the NPU, {elsewhere[RUNTIMES['onnx'], False]} of them by"
           " ONNX Runtime on devices without floats, where it runs every network on the processor: that is no"
            " property of an operator, and they are not scored.")
    yield (f"{sum(scorer.lost.values())} rows of {len(scorer.lost)} networks are not scored: no graph of that name is"
           " at hand.")


def terminal(scorer):
    yield ""
    yield from aligned(list(runtime_table(scorer.placed)), range(1, 7))
    yield ""
    yield from aligned(list(network_table(scorer.placed)), range(0))
    yield ""
    yield from verdicts(scorer)


def section(scorer, command, date, commit):
    lines = [TEXT.format(heading=HEADING, command=command, date=date, commit=commit)]
    lines += [*(f"- {line}" for line in verdicts(scorer)), "", *markdown_table(list(runtime_table(scorer.placed))), ""]
    lines += ["Networks that are split, or called so:", "", *markdown_table(list(network_table(scorer.placed))), ""]
    return "\n".join(lines)
