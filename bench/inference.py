#!/usr/bin/env python3
"""Measures shape inference alone, beside onnx's: processor time in two processes, without what they read.

Part of ./dev bench; alone: ./dev bench inference
"""

import statistics
import subprocess
import tempfile
from pathlib import Path

import programs
from chain import write_chain
from programs import Programs

NODES = {10_000: 9, 100_000: 7, 1_000_000: 5}  # nodes: runs


def inference(programs: Programs, folder: Path) -> dict[str, dict[str, float]]:
    return {str(nodes): measured(programs, folder / "inference.onnx", nodes, runs) for nodes, runs in NODES.items()}


def measured(programs: Programs, path: Path, nodes: int, runs: int) -> dict[str, float]:
    """Medians in milliseconds; the runs of the two take turns."""
    write_chain(path, nodes, shapes=False)
    taken = [(millis(programs["infer_own"], nodes), millis(programs["infer_only"], path)) for _ in range(runs)]
    own, onnx = (statistics.median(column) for column in zip(*taken, strict=True))
    return {"own": own, "onnx": onnx}


def millis(*command) -> float:
    return float(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)


def lines(found: dict[str, dict[str, float]]) -> list[str]:
    what = ("Every shape of a chain, inferred: by `infer::with_input_shapes` for another batch "
            "(`bench/infer_own.cpp`), and by onnx's `InferShapes` on the parsed file (`bench/infer_only.cpp`); "
            "processor time of the inference alone.")
    return [what, "",
            "| operators | ms | onnx ms | onnx / this |", "|---|---:|---:|---:|",
            *[f"| {int(nodes):,} | {row['own']:,.1f} | {row['onnx']:,.1f} | {row['onnx'] / row['own']:.1f} |"
              for nodes, row in found.items()]]


def main() -> None:
    build = programs.ROOT / "build/bench"
    programs.build_peers(build)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        print("\n".join(lines(inference(programs.find(build), Path(folder)))))


if __name__ == "__main__":
    main()
