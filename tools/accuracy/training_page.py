"""The scores of training memory as a section of docs/accuracy.md, which can be written by itself."""

from page import aligned, markdown_table
from score_lines import NUMBERS, table
from training import measured

HEADING = "## Training memory"

TEXT = """{heading}

What `alidade train-plan` says that a device holds at most, beside what torchtitan reports of Llama 3.1 on H100s: models
written by hand (`tools/accuracy/llama_training.py`), in bf16 with the loss in f32, ZeRO 3 in all rows. Written by
`{command}` on {date} at commit {commit}; do not edit.

- Layers are alike: the peak of 32 or 80 is on the line through those of captures with 2 and 4 layers. Reported is what
  the allocator holds, gaps and buffers of collectives included, which an estimate does not have.
"""
COLUMNS = ("setting", "run", "reported GiB", "estimated GiB", "error")


def rows_of(scorer):
    yield COLUMNS
    for row, one in zip(scorer.rows, scorer.estimated, strict=True):
        reported = measured(row)
        known = not isinstance(one, str)
        yield (row["setting"].partition(":")[0] if "Table" not in row["setting"] else row["setting"], row["variant"],
               f"{reported:.1f}", f"{one:.1f}" if known else "-",
               f"{100 * (one / reported - 1):+.1f} %" if known else one)


def terminal(scorer):
    return ["", *aligned(list(rows_of(scorer)), range(2, 5)), "", *aligned(table([scorer.score()]), NUMBERS)]


def section(scorer, command, date, commit):
    lines = [TEXT.format(heading=HEADING, command=command, date=date, commit=commit)]
    lines += [*markdown_table(table([scorer.score()])), "", *markdown_table(list(rows_of(scorer))), ""]
    return "\n".join(lines)
