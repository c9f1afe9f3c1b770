"""Writes docs/coverage.md from the results of coverage.py."""

import collections
import pathlib

HEAD = """# Coverage

What of four libraries is captured by `alidade-capture` and read by the program, made by `tools/coverage/coverage.py`
from `tools/coverage/results/`. Inputs are those that a model is published with, batch 1 (128 tokens for text).

- **ours**: multiply-accumulates that the program counts in the captured file.
- **torch**: half of what `FlopCounterMode` counts in the same model, with attention and recurrent layers as
  separate matrix products, on meta tensors where the model runs on them.
- **fvcore**: its own counts on real tensors, and ours under the convention `fvcore`. It leaves out operators that it
  has no rule for, `scaled_dot_product_attention` among them, and says so in a side list.
- **parameters**: whether the program counts as many as `nn.Module.parameters()`, a shared one once.
- **opaque**: operators that the program has no rule for, of all operators.

"""
NAMES = {"torchvision": "all torchvision models", "timm": "300 timm architectures, chosen evenly over the list",
         "hf": "transformers configs of the package", "ultralytics": "the smallest of each ultralytics family"}


def write(results: dict[str, dict], path: pathlib.Path) -> None:
    groups = {kind: {name.partition(":")[2]: row for name, row in rows.items()} for kind, rows in results.items()}
    text = HEAD + summary(groups) + "".join(section(kind, rows) for kind, rows in groups.items())
    path.write_text(text)


def summary(groups: dict[str, dict]) -> str:
    lines = ["| | models | captured and read | MACs equal to torch's | within 1 % | parameters equal | no opaque |",
             "|---|---|---|---|---|---|---|"]
    for kind, rows in groups.items():
        good = [row for row in rows.values() if "failed" not in row]
        torch = [row for row in good if "torch" in row]
        lines.append(
            f"| {NAMES[kind]} | {len(rows)} | {share(len(good), len(rows))} | "
            f"{share(sum(row['macs'] == row['torch'] for row in torch), len(torch))} | "
            f"{share(sum(near(row) for row in torch), len(torch))} | "
            f"{share(sum(row['params'] == row['parameters'] for row in good), len(good))} | "
            f"{share(sum(not row['opaque'] for row in good), len(good))} |")
    return "\n".join(lines) + "\n\n"


def near(row: dict) -> bool:
    return abs(row["macs"] - row["torch"]) <= 0.01 * row["torch"]


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "-"


def section(kind: str, rows: dict[str, dict]) -> str:
    lines = [f"## {NAMES[kind][0].upper()}{NAMES[kind][1:]}\n",
             "| model | route | ours | torch | difference | fvcore | ours as fvcore | parameters | opaque |",
             "|---|---|---|---|---|---|---|---|---|"]
    lines += [line(model, row) for model, row in rows.items()]
    return "\n".join(lines) + "\n\n" + causes(rows)


def line(model: str, row: dict) -> str:
    if "failed" in row:
        return f"| {model} | **not {'captured' if row['failed'] == 'capture' else 'read'}** | | | | | | | |"
    route = row["route"] + (f", {row['graphs']} graphs" if row["graphs"] > 1 else "")
    same = row["params"] == row["parameters"]
    parameters = f"{row['params']:,}" if same else f"{row['params']:,}, torch {row['parameters']:,}"
    return (f"| {model} | {route} | {row['macs']:,} | {number(row.get('torch'))} | {difference(row)} | "
            f"{number(row.get('fvcore'))} | {number(row['as_fvcore'] if 'fvcore' in row else None)} | {parameters} | "
            f"{row['opaque'] or ''} |")


def number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def difference(row: dict) -> str:
    if not row.get("torch"):
        return "-"
    if row["macs"] == row["torch"]:
        return "0"
    return f"{100 * (row['macs'] - row['torch']) / row['torch']:+.3f} %"


def causes(rows: dict[str, dict]) -> str:
    """Why models failed, and what the program or a reference did not know."""
    failed = [f"- {model}: {row['why']}" for model, row in rows.items() if "failed" in row]
    unread: dict[str, list[str]] = collections.defaultdict(list)
    for model, row in rows.items():
        for text in row.get("warnings", []):
            unread[text.partition(": ")[2] or text].append(model)
    told = [f"- {what}: {', '.join(models[:6])}{f' and {len(models) - 6} more' if len(models) > 6 else ''}"
            for what, models in sorted(unread.items(), key=lambda item: -len(item[1]))]
    uncounted = [f"- {model}: {row['torch_why']}" for model, row in rows.items() if "torch_why" in row]
    parts = [("Not captured or not read", failed), ("Warnings of the program", told),
             ("Not counted by torch", uncounted)]
    return "".join(f"### {head}\n\n" + "\n".join(lines) + "\n\n" for head, lines in parts if lines)
