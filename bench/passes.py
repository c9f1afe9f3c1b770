#!/usr/bin/env python3
"""Measures counting and every graph analysis on chains of 10^4, 10^5 and 10^6 operators: what a pipeline with it
takes in processor time beyond the same pipeline without it, by operator.

Part of ./dev bench; alone: ./dev bench passes, or passes.py ALIDADE (the built program)
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

NODES = {10_000: 5, 100_000: 3, 1_000_000: 1}  # operators: runs
COST = "[[analysis]]\nuse = \"cost\"\n"
FUSION = "[[analysis]]\nuse = \"fusion\"\n"
TARGETS = '[[hardware]]\ndevice = "inf2"\nsupport = "neuron"\n[[hardware]]\ndevice = "epyc_7763"\n'
PLACEMENT = ('[[link]]\nfrom = "inf2"\nto = "epyc_7763"\ngbps = 5.8\n'
             '[[placement]]\nuse = "{}"\ntargets = ["inf2", "epyc_7763"]\n')
PASSES = {  # what is measured: the analyses beneath it, its own lines
    "cost, every convention": ("", COST),
    "fusion, pattern": (COST, FUSION),
    "fusion, pattern, inductor": (COST, FUSION + "backend = \"inductor\"\n"),
    "fusion, seed": (COST, FUSION + "strategy = \"seed\"\n"),
    "fusion, cost": (COST, FUSION + "strategy = \"cost\"\n"),
    "fusion, cost, tiles in 1 KiB": (
        COST, FUSION + "strategy = \"cost\"\ntiles = true\ncapacity_bytes = 1024\n"),
    "concurrency": (COST + FUSION, "[[analysis]]\nuse = \"concurrency\"\n"),
    "parallelism": (COST, "[[analysis]]\nuse = \"parallelism\"\n"),
    "memory, order as given": (COST + FUSION, "[[analysis]]\nuse = \"memory\"\nreorder_looks = 0\n"),
    "kernels and one target": (COST, '[[hardware]]\ndevice = "h100_sxm"\n'),
    "placement, greedy": (COST + TARGETS, PLACEMENT.format("greedy")),
    "placement, min_cut": (COST + TARGETS, PLACEMENT.format("min_cut")),
    "memory, reordered": (COST + FUSION, "[[analysis]]\nuse = \"memory\"\n"),
}


def write_graph(path: Path, nodes: int) -> None:
    """Element-wise operators, reductions and products in turn, with a short residual every seventh."""
    lines = ['graph "chain" {', "input %v0 : f32[8,8]", "parameter %w : f32[8,8]"]
    for i in range(1, nodes + 1):
        before = f"%v{i - 1}"
        if i % 7 == 0:
            call = f"add({before}, %v{max(0, i - 4)})"
        elif i % 5 == 0:
            call = f"linear({before}, %w)"
        else:
            call = f"relu({before})" if i % 2 else f"softmax({before}) {{axes=[1]}}"
        lines.append(f"%v{i} = {call} : f32[8,8]")
    path.write_text("\n".join([*lines, f"return %v{nodes}", "}"]))


def cpu_seconds(program: str, pipeline: Path) -> float:
    pid = os.posix_spawn(program, [program, "run", "--trust", str(pipeline)], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{program} run {pipeline}: status {status}")
    return usage.ru_utime + usage.ru_stime


def measured(program: str, folder: Path, graph: Path, analyses: str, runs: int) -> float:
    pipeline = folder / "p.toml"
    pipeline.write_text(f'[[model]]\npath = "{graph}"\n{analyses}'
                        '[[report]]\nuse = "csv"\ntable = "totals"\npath = "/dev/null"\n')
    return statistics.median(cpu_seconds(program, pipeline) for _ in range(runs))


def passes(program: str, tell) -> dict[str, dict[str, float]]:
    """Microseconds an operator, by pass and number of operators."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graphs = {nodes: folder / f"{nodes}.alg" for nodes in NODES}
        for nodes, path in graphs.items():
            write_graph(path, nodes)
        for title, (beneath, own) in PASSES.items():
            tell(title)
            found[title] = {}
            for nodes, runs in NODES.items():
                without = measured(program, folder, graphs[nodes], beneath, runs)
                took = measured(program, folder, graphs[nodes], beneath + own, runs) - without
                found[title][str(nodes)] = 1e6 * took / nodes
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    head = [f"| us an operator | {' | '.join(f'{nodes:,}' for nodes in NODES)} |", "|---|" + "---:|" * len(NODES)]
    return "\n".join(head + [f"| {title} | {' | '.join(f'{each:.2f}' for each in row.values())} |"
                             for title, row in found.items()])


def main() -> None:
    program = subprocess.run(["realpath", sys.argv[1]], capture_output=True, text=True, check=True).stdout.strip()
    print(table(passes(program, lambda title: print(title, file=sys.stderr))))


if __name__ == "__main__":
    main()
