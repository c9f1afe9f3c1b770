"""Writes docs/coverage.md from the results of coverage.py."""

import collections
import pathlib
import re

from measure import TOOLS
from names import KINDS
from training_models import FAMILIES

HEAD = """# Coverage

What of four libraries is captured by `alidade-capture` and read by the program, and how its counts compare with those
of two other tools. `./dev coverage` makes this page from nothing, in about two hours; the results that it is written
from are in `tools/coverage/results/`. Inputs are those that a model is published with, batch 1 (128 tokens for text).

- **MACs**: multiply-accumulates that the program counts in the captured file.
- **torch**: what `FlopCounterMode` counts in the same model, two for each multiply-accumulate, with attention and
  recurrent layers as separate matrix products; **fvcore**: what `fvcore.nn.FlopCountAnalysis` counts. Both run on meta
  tensors where they and the model can, else on real ones.
- **difference**: our count under that tool's convention less its own; `0` is equal to the integer, in the total and,
  unless a cause is given below the table, in every module and class of operators (`alidade crosscheck`).
- **parameters**: those of the file; torch's own number stands beside it where it differs (a shared one counts once).
- **opaque**: operators that the program has no rule for, of all operators.

"""


# Differences of the program and a tool that were looked into by hand, by model and tool.
KNOWN = {("fasterrcnn_mobilenet_v3_large_320_fpn", "fvcore"):
         "while it is traced, PyTorch computes the size of the resized picture in single precision: 319 x 319 there, "
         "and 320 x 320 when the model runs"}


NAMES = {"nonstrict": ".pt2", "trace": "TorchScript", "onnx": "ONNX", "jax": "StableHLO"}

# Why a model counts otherwise by a route, looked into by hand.
ROUTE_CAUSES: dict[tuple[str, str], str] = {}

TRAINING = """## Training steps

Forward and backward of one step (`alidade-capture MODEL --train-step`, batch 2, the mean of all results as loss), as
[training.md](training.md) tells; `tools/coverage/training.py` measures these.

"""


ROUTES = """## Four ways into one graph

The same model captured by four routes: `torch.export` (.pt2), `torch.jit.trace` (TorchScript), `torch.onnx.export`
(ONNX) and, through torchax, `jax.export` (StableHLO), each read by a frontend of its own. Multiply-accumulates are
those of the file; `tools/coverage/routes.py` measures these.

"""


def write(results: dict[str, dict], routes: dict[str, dict], training: dict[str, dict], path: pathlib.Path) -> None:
    groups = {kind: {name.partition(":")[2]: row for name, row in rows.items()} for kind, rows in results.items()}
    path.write_text(HEAD + summary(groups) + "".join(section(kind, rows) for kind, rows in groups.items())
                    + routes_section(routes) + training_section(training))


def routes_section(rows: dict[str, dict]) -> str:
    if not rows:
        return ""
    counts = {model: {route: found.get("macs") for route, found in row["routes"].items()}
              for model, row in rows.items()}
    equal = sum(len(set(macs.values())) == 1 for macs in counts.values())
    read = sum(None not in macs.values() for macs in counts.values())
    lines = [f"{share(read, len(rows))} captured and read by all four, {share(equal, len(rows))} with equal counts.\n",
             f"| model | {' | '.join(NAMES.values())} |", "|---" * (len(NAMES) + 1) + "|"]
    for family in dict.fromkeys(sorted(row["family"] for row in rows.values())):
        lines.append(f"| *{family}* |{' |' * len(NAMES)}")
        lines += [routes_line(model, counts[model]) for model, row in rows.items() if row["family"] == family]
    return ROUTES + "\n".join(lines) + "\n\n" + route_remarks(rows)


def routes_line(model: str, macs: dict[str, int | None]) -> str:
    """The first count as it is, others by their difference to it."""
    first = macs["nonstrict"] or 0
    cells = [f"{macs['nonstrict']:,}" if macs["nonstrict"] is not None else "**none**"]
    cells += ["**none**" if macs[route] is None else "equal" if macs[route] == first else f"{macs[route] - first:+,}"
              for route in list(NAMES)[1:]]
    return f"| {model} | {' | '.join(cells)} |"


def route_remarks(rows: dict[str, dict]) -> str:
    causes: dict[str, list[str]] = collections.defaultdict(list)
    for model, row in rows.items():
        for route, found in row["routes"].items():
            if "failed" in found:
                causes[f"no {NAMES[route]}: {found['failed']}"].append(model)
            elif found["macs"] != row["routes"]["nonstrict"].get("macs") and route != "nonstrict":
                causes[ROUTE_CAUSES.get((model, route), f"{NAMES[route]}: no known cause")].append(model)
    return "".join(f"{line}\n" for line in listed(causes)) + "\n" * bool(causes)


def training_section(rows: dict[str, dict]) -> str:
    read = {model: row for model, row in rows.items() if "failed" not in row}
    if not rows:
        return ""
    equal = sum(row["ours"] == row["torch"] for row in read.values())
    clear = sum(not row["opaque"] for row in read.values())
    lines = [f"{share(len(read), len(rows))} captured and read, {share(equal, len(read))} equal to torch, "
             f"{share(clear, len(read))} without an opaque operator.\n",
             "| model | MACs | FLOPs | torch | difference | operators | parameters | opaque |",
             "|---|---|---|---|---|---|---|---|"]
    for family, models in FAMILIES.items():
        lines.append(f"| *{family}* | | | | | | | |")
        lines += [training_line(model, rows[model]) for model in models if model in rows]
    return TRAINING + "\n".join(lines) + "\n\n"


def training_line(model: str, row: dict) -> str:
    if "failed" in row:
        return f"| {model} | **{row['failed']}** | | | | | | |"
    _, apart = against({"ours": row["ours"], "theirs": row["torch"]})
    return (f"| {model} | {row['macs']:,} | {row['flops']:,} | {row['torch']:,} | {apart} | {row['ops']:,} | "
            f"{row['parameters']:,} | {row['opaque'] or ''} |")


def summary(groups: dict[str, dict]) -> str:
    lines = ["| | models | captured and read | equal to torch | else explained | equal to fvcore | else explained | "
             "parameters equal | no opaque |", "|---|---|---|---|---|---|---|---|---|"]
    for kind, rows in groups.items():
        read = {model: row for model, row in rows.items() if "failed" not in row}
        good = list(read.values())
        lines.append(" | ".join([
            f"| {KINDS[kind]}", str(len(rows)), share(len(good), len(rows)), *agreement(read, "torch"),
            *agreement(read, "fvcore"), share(sum(row["params"] == row["parameters"] for row in good), len(good)),
            share(sum(not row["opaque"] for row in good), len(good)) + " |"]))
    return "\n".join(lines) + "\n\n"


def agreement(rows: dict[str, dict], tool: str) -> tuple[str, str]:
    """How many are equal, and how many of the rest have a cause for all of their difference."""
    counted = {model: row[tool] for model, row in rows.items() if tool in row}
    apart = {model: found for model, found in counted.items() if found["unexplained"] or found["causes"]}
    explained = sum(not found["unexplained"] or (model, tool) in KNOWN for model, found in apart.items())
    return share(len(counted) - len(apart), len(counted)), f"{explained} of {len(apart)}"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "-"


def section(kind: str, rows: dict[str, dict]) -> str:
    lines = [f"## {KINDS[kind][0].upper()}{KINDS[kind][1:]}\n",
             "| model | route | MACs | torch | difference | fvcore | difference | parameters | opaque |",
             "|---|---|---|---|---|---|---|---|---|"]
    lines += [line(model, row) for model, row in rows.items()]
    return "\n".join(lines) + "\n\n" + remarks(rows)


def line(model: str, row: dict) -> str:
    if "failed" in row:
        return f"| {model} | **not {'captured' if row['failed'] == 'capture' else 'read'}** | | | | | | | |"
    route = row["route"] + (f", {row['graphs']} graphs" if row["graphs"] > 1 else "")
    same = row["params"] == row["parameters"]
    parameters = f"{row['params']:,}" if same else f"{row['params']:,}, torch {row['parameters']:,}"
    counts = [cell for tool in TOOLS for cell in against(row.get(tool))]
    opaque = f"{row['opaque']} of {row['ops']}" if row["opaque"] else ""
    return f"| {model} | {route} | {row['macs']:,} | {' | '.join(counts)} | {parameters} | {opaque} |"


def against(found: dict | None) -> tuple[str, str]:
    if not found:
        return "-", "-"
    apart = found["ours"] - found["theirs"]
    return f"{found['theirs']:,}", f"{apart:+,}" if apart else "0"


def remarks(rows: dict[str, dict]) -> str:
    """Why models failed or differ, and what the program or a reference did not know."""
    failed = [f"- {model}: {row['why']}" for model, row in rows.items() if "failed" in row]
    parts = [("Not captured or not read", failed),
             *((f"Differences to {tool}", differences(rows, tool)) for tool in TOOLS),
             ("Warnings of the program", warnings(rows)),
             *((f"Not counted by {tool}", [f"- {model}: {row[f'{tool}_why']}" for model, row in rows.items()
                                           if f"{tool}_why" in row]) for tool in TOOLS)]
    return "".join(f"### {head}\n\n" + "\n".join(lines) + "\n\n" for head, lines in parts if lines)


def differences(rows: dict[str, dict], tool: str) -> list[str]:
    causes: dict[str, list[str]] = collections.defaultdict(list)
    for model, row in rows.items():
        found = row.get(tool, {})
        apart: dict[str, int] = collections.Counter()
        for cause, part in found.get("causes", {}).items():
            apart[re.sub(r"stored as \S+,", "stored under another name,", cause)] += part
        for cause, part in apart.items():
            causes[cause].append(f"{model} ({part:+,})")
        for first in found.get("first_unexplained", ()):
            cause = KNOWN.get((model, tool), "no known cause")
            causes[cause].append(f"{model} in {first['name'] or 'the model itself'} "
                                 f"({first['ours'] - first['theirs']:+,})")
    return listed(causes)


def warnings(rows: dict[str, dict]) -> list[str]:
    """By what is warned of: the operators, or the kind of warning where each model has its own."""
    found: dict[str, list[str]] = collections.defaultdict(list)
    for model, row in rows.items():
        for code, text in row.get("warnings", []):
            if code == "unneeded-work":
                part = text.partition(" FLOPs (")[2].partition(")")[0]
                found["work that no output needs"].append(f"{model} ({part})")
            else:
                found[text.partition(": ")[2] or text].append(model)
    return listed(found)


def listed(groups: dict[str, list[str]]) -> list[str]:
    """One line each, the one with the most models first; of many models, the first six."""
    return [f"- {what}: {', '.join(models[:6])}{f' and {len(models) - 6} more' if len(models) > 6 else ''}"
            for what, models in sorted(groups.items(), key=lambda item: -len(item[1]))]
