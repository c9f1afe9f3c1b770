#!/usr/bin/env python3
"""Measures what is large in other ways than a chain of the main table: trees, wide levels and repeated blocks of up to
10^7 nodes, weights of gigabytes, decoders of billions of parameters, and every analysis, target and report at once.

Part of ./dev bench; alone: ./dev bench cases
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import measure
import programs
import shapes
from chain import write_chain
from measure import Job
from programs import ROOT, Programs

RUNS = {10_000: 9, 100_000: 7, 1_000_000: 3, 10_000_000: 1}  # nodes: runs
SHAPES = {"chain": lambda path, count: write_chain(path, count, shapes=True), "tree": shapes.write_tree,
          "wide": shapes.write_wide, "repeated blocks": shapes.write_blocks}
WEIGHTS = {"weights, 1.9 GB inline": (38, 3536, True), "weights, 40 GB external": (80, 11180, False)}
DECODERS = {"decoder, 7 B": "seven", "decoder, 70 B": "seventy"}  # functions of bench/decoder.py
FEW = 21
ANALYSES = ("cost", "fusion", "concurrency", "parallelism", "memory")
DEVICES = ("h100_sxm", "a100_sxm_80", "l4", "t4", "xeon_8480p", "trn1")
REPORTS = {"table": "txt", "csv": "csv", "trace": "trace.json", "json": "json", "html": "html"}
SHORT = 3  # of them: JSON and the page have some kilobytes of each operator
LIMITS = "[limits]\nmax_nodes = 20_000_000\n"  # a wide level of 10^7 operands is as many sums
PLACEMENT = """[[link]]
from = "h100_sxm"
to = "xeon_8480p"
gbps = 55
[[placement]]
use = "greedy"
targets = ["h100_sxm", "xeon_8480p"]
"""


def write_pipeline(folder: Path, name: str, model: Path, reports: int) -> Path:
    """Five analyses, six targets, a placement and the first of the reports."""
    written = list(REPORTS.items())[:reports]
    parts = [LIMITS, f'[[model]]\npath = "{model}"', *[f'[[analysis]]\nuse = "{use}"' for use in ANALYSES],
             *[f'[[hardware]]\ndevice = "{device}"' for device in DEVICES], PLACEMENT,
             *[f'[[report]]\nuse = "{use}"\npath = "{folder / name}.{end}"' for use, end in written]]
    path = folder / f"{name}.toml"
    path.write_text("\n".join(parts))
    return path


def shape_jobs(program: str, folder: Path) -> Iterator[Job]:
    for shape, write in SHAPES.items():
        for count, runs in RUNS.items():
            path = folder / f"{shape.replace(' ', '_')}_{count}.onnx"
            write(path, count)
            yield Job(f"{shape}, 10^{len(str(count)) - 1}", "profile",
                      [program, "profile", str(path), "--trust", "--set", "limits.max_nodes=20000000"], runs)


def weight_jobs(program: str, folder: Path) -> Iterator[Job]:
    for title, (layers, width, inline) in WEIGHTS.items():
        place = folder / ("inline" if inline else "external")
        place.mkdir()
        shapes.write_layers(place / "model.onnx", layers, width, inline)
        yield Job(title, "profile", [program, "profile", str(place / "model.onnx"), "--trust"], FEW)


def decoder_jobs(tools: Programs) -> Iterator[Job]:
    """Captured once, on the meta device. None where PyTorch is not set up."""
    folder = tools.build / "decoders"
    folder.mkdir(exist_ok=True)
    for title, function in DECODERS.items() if tools.capture else ():
        path = folder / f"{function}.pt2"
        if not path.exists():
            subprocess.run([tools.capture, "-m", "alidade.capture", f"{ROOT}/bench/decoder.py:{function}", "-o", path],
                           check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT / "python")})
        yield Job(title, "profile", [str(tools.alidade), "profile", str(path), "--trust"], FEW)


def pipeline_jobs(program: str, folder: Path) -> Iterator[Job]:
    every = len(REPORTS)
    for title, model, reports, runs in (
            ("all at once, resnet50", ROOT / "models/resnet50.onnx", every, FEW),
            ("all at once, chain of 10^5", folder / "chain_100000.onnx", every, 3),
            ("without JSON and page, chain of 10^6", folder / "chain_1000000.onnx", SHORT, 1)):
        pipeline = write_pipeline(folder, model.stem, model, reports)
        yield Job(title, "run", [program, "run", "--trust", str(pipeline)], runs)


def cases(tools: Programs, folder: Path, tell) -> dict[str, dict]:
    program = str(tools.alidade)
    jobs = [*shape_jobs(program, folder), *weight_jobs(program, folder), *decoder_jobs(tools),
            *pipeline_jobs(program, folder)]
    measure.measure(tools["launch"], jobs, tell)
    return {job.row: measure.summary(job) for job in jobs}


def line(title: str, cell: dict) -> str:
    if "fault" in cell:
        return f"| {title} | fails: {cell['fault']} ||||||"
    figures = (f"{cell[key]:,.1f}" for key in ("median_ms", "user_ms", "system_ms", "peak_mb"))
    return f"| {title} | {' | '.join(figures)} | {cell['faults']:,.0f} | {cell['runs']} |"


def lines(found: dict[str, dict]) -> list[str]:
    what = ("Whole processes: `profile --trust`; all at once is five analyses, six targets, a placement, four reports "
            "and the page (`bench/cases.py`).")
    return [what, "", "| case | ms | user ms | system ms | peak MB | page faults | runs |",
            "|---|---:|---:|---:|---:|---:|---:|", *[line(title, cell) for title, cell in found.items()]]


def main() -> None:
    build = programs.ROOT / "build/bench"
    programs.build_peers(build)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        print("\n".join(lines(cases(programs.find(build), Path(folder), lambda title: None))))


if __name__ == "__main__":
    main()
