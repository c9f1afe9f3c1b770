"""Measures formulas: all figures of a model for another binding, in the library."""

import json
import subprocess

from programs import ROOT, Programs

# A model, and a size for each of its symbols.
MODELS = {"bert_base": {"batch": 8, "seq": 384}, "llama_tiny": {"batch": 4, "seq": 256}}


def formulas(programs: Programs) -> list[dict]:
    return [measured(programs, name, sizes) for name, sizes in MODELS.items()]


def measured(programs: Programs, name: str, sizes: dict[str, int]) -> dict:
    """The formulas, one a line with its name, go to a program that evaluates them again and again."""
    path = ROOT / f"models/{name}.onnx"
    told = json.loads(said(programs.alidade, "formula", path, "--format", "json"))[0]["formulas"]
    listed = programs.build / f"{name}.formulas"
    listed.write_text("".join(f"{figure}\t{told[figure]['formula']}\n" for figure in told if told[figure]["formula"]))
    took = float(said(programs["evaluate"], listed, *[f"{symbol}={size}" for symbol, size in sizes.items()]))
    operators = json.loads(said(programs.alidade, "inspect", path, "--json"))["nodes"]
    return {"model": name, "operators": operators, "figures": len(told), "us": took}


def said(*command) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def lines(found: list[dict]) -> list[str]:
    what = "All figures of a model for another binding, found in the library: processor time (`bench/evaluate.cpp`)."
    return [what, "",
            "| model | operators | figures | us |", "|---|---:|---:|---:|",
            *[f"| {row['model']} | {row['operators']:,} | {row['figures']} | {row['us']:.2f} |" for row in found]]
