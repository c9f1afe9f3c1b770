"""Lays the results out: one table, its notes and the aims, for a terminal or as docs/benchmarks.md."""

import calls
import cases
import formulas
import inference
import passes
import sweeps
from aims import CPU, Results, aims, bytes_a_node, ratio
from rows import ALIDADE, EMPTY, FVCORE, INFER, LOAD, MLIR, PARSE, TOOL, TOOL_BARE, WORKER

HEAD = ("model", "file kB", "profile ms", "in a worker ms", "peak MB", "B/node", "parse-only ms",
        "profile / parse", "in CPU time", "libtorch load ms", "profile / load", "in its CPU time",
        "MLIR ms", "MLIR / profile",
        "onnx inference ms", "profile / inference", "fvcore ms", "fvcore / profile", "onnx-tool ms",
        "onnx-tool / profile")
LEGEND = (
    "Whole processes, started anew for each run, output thrown away: medians, ± half the distance of the quartiles.",
    "profile: `alidade profile MODEL --trust`, in a worker: without --trust, as it is by default;",
    "parse-only: reads the same bytes and parses them with protobuf, and leaves;",
    "in CPU time: the same ratio of user and system time, which a busy machine changes less;",
    "libtorch load: a process that lets libtorch load the TorchScript file, weights and all, and leaves;",
    "MLIR: a Python process that reads the file with the MLIR of jaxlib, and leaves;",
    "onnx inference: parses, registers onnx's schemas and infers the shapes; fvcore: builds the torchvision model with",
    "random weights and counts it on real tensors; onnx-tool: `model_profile` on the same file.",
)


def took(cell: dict | None) -> str:
    if cell is None:
        return "–"
    if "fault" in cell:
        return "fails"
    digits = 2 if cell["median_ms"] < 100 else 0
    return f"{cell['median_ms']:,.{digits}f} ±{(cell['q3_ms'] - cell['q1_ms']) / 2:,.{digits}f}"


def times(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}" if value < 20 else f"{value:,.0f}"


def line(results: Results, row: dict) -> list[str]:
    name, cells = row["name"], results["cells"][row["name"]]
    peak, each = cells[ALIDADE].get("peak_mb"), bytes_a_node(results, name)
    return [name, f"{row['bytes'] / 1000:,.0f}", took(cells[ALIDADE]), took(cells.get(WORKER)),
            f"{peak:,.1f}" if peak else "–", f"{each:,.0f}" if each else "–",
            took(cells.get(PARSE)), times(ratio(results, name, ALIDADE, PARSE)),
            times(ratio(results, name, ALIDADE, PARSE, CPU)),
            took(cells.get(LOAD)), times(ratio(results, name, ALIDADE, LOAD)),
            times(ratio(results, name, ALIDADE, LOAD, CPU)),
            took(cells.get(MLIR)), times(ratio(results, name, MLIR, ALIDADE)),
            took(cells.get(INFER)), times(ratio(results, name, ALIDADE, INFER)),
            took(cells.get(FVCORE)), times(ratio(results, name, FVCORE, ALIDADE)),
            took(cells.get(TOOL)), times(ratio(results, name, TOOL, ALIDADE))]


def shown(results: Results) -> list[list[str]]:
    """The table without the columns that nobody ran."""
    lines = [list(HEAD)] + [line(results, row) for row in results["rows"]]
    kept = [i for i in range(len(HEAD)) if any(cells[i] != "–" for cells in lines[1:])]
    return [[cells[i] for i in kept] for cells in lines]


def text_table(results: Results) -> str:
    lines = shown(results)
    widths = [max(len(cells[i]) for cells in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(cells, widths, strict=True)))
                     for cells in lines)


def markdown_table(results: Results) -> str:
    head, *lines = ["| " + " | ".join(cells) + " |" for cells in shown(results)]
    return "\n".join([head, "|---" + "|---:" * (len(shown(results)[0]) - 1) + "|", *lines])


def faults(results: Results, column: str) -> dict[str, str]:
    return {row: cells[column]["fault"] for row, cells in results["cells"].items()
            if cells.get(column, {}).get("fault", "not run") != "not run"}


def notes(results: Results) -> list[str]:
    """What a cell cannot hold: the cost of starting, onnx-tool's need of weights, the first cause of every failure."""
    empty = results["cells"].get("", {}).get(EMPTY)
    made = [f"A process that does nothing takes {took(empty)} ms."] if empty else []
    if bare := faults(results, TOOL_BARE):
        row, why = next(iter(bare.items()))
        made.append(f"onnx-tool opens {len(bare)} of these files only where their weights lie beside them, here "
                    f"a sparse file of zeros in their place; without ({row}): {why}")
    made += [f"{column} fails on {row}: {why}" for column in (ALIDADE, PARSE, LOAD, MLIR, INFER, FVCORE, TOOL)
             for row, why in faults(results, column).items()]
    return made


def heading(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    before, after = results["load"]
    busy = before > int(results["machine"].split()[0])
    remark = " The machine was busy with other work: the wall times are longer than an idle one gives." if busy else ""
    return (f"{results['date']}, {results['machine']}; load average {before:.2f} before the run, {after:.2f} after it "
            f"(the run itself is a load of about 1).{remark} {versions}.")


def verdict(met: bool | None) -> str:
    return "open" if met is None else "met" if met else "missed"


def judged(results: Results) -> list[tuple[str, str, str]]:
    """Each aim, what was measured and the verdict; by the clock, and in CPU time beside it."""
    both = zip(aims(results), aims(results, CPU), strict=True)
    return [(aim, found if found == in_cpu else f"{found}; in CPU time {in_cpu}",
             verdict(met) if met == cpu_met else f"{verdict(met)}; in CPU time {verdict(cpu_met)}")
            for (aim, found, met), (_, in_cpu, cpu_met) in both]


def text(results: Results) -> str:
    lines = [f"  {met}: {aim}: {found}" for aim, found, met in judged(results)]
    return "\n".join([text_table(results), "", *LEGEND, *notes(results), "", *large(results), *called(results),
                      *analyses(results), *swept(results), *evaluated(results), *inferred(results), "Aims", *lines, "",
                      heading(results)])


def analyses(results: Results) -> list[str]:
    found = results.get("passes")
    what = "Processor time beyond the same pipeline without the analysis, by operator (`bench/passes.py`)."
    return ["## Analyses", "", what, "", passes.table(found), ""] if found else []


def swept(results: Results) -> list[str]:
    found = results.get("sweep")
    return ["## Sweeps", "", sweeps.line(found), ""] if found else []


def large(results: Results) -> list[str]:
    found = results.get("cases")
    return ["## Large and whole", "", *cases.lines(found), ""] if found else []


def called(results: Results) -> list[str]:
    found = results.get("calls")
    return ["## Calls from Python", "", *calls.lines(found), ""] if found else []


def evaluated(results: Results) -> list[str]:
    found = results.get("formulas")
    return ["## Formulas", "", *formulas.lines(found), ""] if found else []


def inferred(results: Results) -> list[str]:
    found = results.get("inference")
    return ["## Shape inference", "", *inference.lines(found), ""] if found else []


def docs(results: Results) -> str:
    lines = [f"| {aim} | {found} | {met} |" for aim, found, met in judged(results)]
    return "\n".join([
        "# Benchmarks", "", "<!-- Written by ./dev bench --write-docs. -->", "", heading(results), "",
        markdown_table(results), "", *LEGEND, "", *[f"- {note}" for note in notes(results)], "",
        "The chains are Relu (maximum) and Add in turn (`bench/chain.py`); B/node is the peak of the process by node.",
        "", *large(results), *called(results), *analyses(results), *swept(results), *evaluated(results),
        *inferred(results), "## Aims", "",
        "| aim | measured | |", "|---|---|---|", *lines, "",
        "## Run it", "", "`./dev bench` builds what is missing, installs the peers and prints this table; `--quick` "
        "leaves the slow peers out, `--only 'resnet*'` picks rows, `--json FILE` keeps the numbers.", ""])
