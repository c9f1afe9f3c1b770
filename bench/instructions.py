#!/usr/bin/env python3
"""Counts the instructions of whole processes under valgrind and holds them against bench/instructions.json.

A count is the same from run to run and on a busy machine, where a time is not. Part of ./dev test; by hand:
./dev bench instructions, with --write to keep what it counts.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import chain
import programs

BASELINE = Path(__file__).with_suffix(".json")
THRESHOLD = 0.03  # of a case: the share that a count may grow, or shrink, before the baseline has to say so
SKIPPED = 77  # what ctest takes as "not run"
PIPELINE = """
[[model]]
path = "{model}"
{parts}
[[report]]
use = "json"
path = "{folder}/result.json"
"""
ANALYSES = ("cost", "fusion", "concurrency", "parallelism", "memory")
DEVICES = ("h100_sxm", "a100_sxm_80", "l4", "t4", "xeon_8480p", "trn1")


def write_pipeline(folder: Path) -> Path:
    """ResNet-50 through every analysis and six targets into a JSON file."""
    parts = [f'[[analysis]]\nuse = "{name}"' for name in ANALYSES]
    parts += [f'[[hardware]]\ndevice = "{name}"' for name in DEVICES]
    model, path = programs.ROOT / "models/resnet50.onnx", folder / "pipeline.toml"
    path.write_text(PIPELINE.format(model=model, parts="\n".join(parts), folder=folder))
    return path


def cases(folder: Path) -> dict[str, list[str]]:
    models, data = programs.ROOT / "models", programs.ROOT / "tests/data"
    long = folder / "chain.onnx"
    chain.write_chain(long, 10_000, shapes=True)
    return {
        "start": ["version"],
        "ONNX, resnet50": ["profile", f"{models}/resnet50.onnx", "--trust"],
        "ONNX, bert_base": ["profile", f"{models}/bert_base.onnx", "--trust", "--bind", "batch=1", "--bind", "seq=128"],
        "ONNX without shapes, mobilenet_v2": ["profile", f"{data}/zoo/mobilenet_v2_noshapes.onnx", "--trust"],
        "ONNX, a chain of 10^4": ["profile", str(long), "--trust"],
        "PyTorch, vit_b_16": ["profile", f"{data}/dynamo/vit_b_16.pt2", "--trust"],
        "estimate on six targets, swin_t": ["estimate", f"{models}/swin_t.onnx", "--trust", "--on", ",".join(DEVICES)],
        "pipeline of all, resnet50": ["run", "--trust", str(write_pipeline(folder))],
    }


def counted(program: str, arguments: list[str]) -> int:
    """Instructions of the process from its first to its last, the loader's among them."""
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *arguments],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"instructions: alidade {' '.join(arguments)}: exit {run.returncode}\n{run.stderr}")
    return int(found[1])


def judged(name: str, now: int, known: int | None) -> tuple[str, bool]:
    if known is None:
        return f"{name}: {now:,}, no baseline", False
    change = now / known - 1
    return f"{name}: {now:,}, baseline {known:,}, {change:+.1%}", abs(change) <= THRESHOLD


def count_all(program: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        return {name: counted(program, arguments) for name, arguments in cases(Path(folder)).items()}


def compare(program: str, maker: str) -> None:
    baseline = json.loads(BASELINE.read_text())
    if baseline["made_by"] != maker:
        print(f"the baseline is of {baseline['made_by']}, this is {maker}: counts cannot be compared")
        sys.exit(SKIPPED)
    lines = [judged(name, now, baseline["instructions"].get(name)) for name, now in count_all(program).items()]
    print("\n".join(line for line, _ in lines))
    if not all(held for _, held in lines):
        sys.exit(f"a count is more than {THRESHOLD:.0%} off: find out why, then ./dev bench instructions --write")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench instructions", description=__doc__)
    parser.add_argument("--program", required=True, help="the built program")
    parser.add_argument("--write", action="store_true", help="keep the counts as the baseline")
    args = parser.parse_args()
    maker = f"{programs.compiler()}, {programs.system()}"
    if not args.write:
        compare(args.program, maker)
        return
    BASELINE.write_text(json.dumps({"made_by": maker, "instructions": count_all(args.program)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
