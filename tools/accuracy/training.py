"""Scores train-plan's memory against measured training: torchtitan's runs of Llama 3 on H100s.

Graphs are captures of tools/accuracy/llama_training.py (its first lines say how), NAME_LAYERS_BATCHxLENGTH.pt2, of
2 and of 4 layers: layers are alike, so the peak of more is on the line through those (of 8B with two sequences of 8,192
it is that of the whole graph to the last digit shown). Context parallel leaves each device its part of every sequence,
and tensor parallel with sequences divided its part of every tensor between operators, as a smaller batch does: rows of
both are those of a graph with that part. Of what tensor parallel divides, a device gathers its part alone.
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import subprocess
from typing import NamedTuple

from rows import records, stored

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = "ops/torchtitan_train_memory.csv.gz"
GIB = 1024.0**3
GOAL = 15.0
SELECTIVE = ("--checkpoint", "layers.*", "--checkpoint-keep", "attention,half-products")
FULL = ("--checkpoint", "layers.*")
LAYERS, FEW = {"llama3_8b": 32, "llama3_70b": 80}, (2, 4)


class NoGraph(Exception):
    """Why a row cannot be estimated."""


class Call(NamedTuple):
    """A model, the sizes of its batch, the devices that divide its products, and the words of its training."""

    model: str
    sizes: str
    tensor: int
    words: tuple[str, ...]


def call_of(row) -> Call:
    setting, variant = row["setting"], row["variant"]
    table = re.match(r"Table (\d)", setting)
    if table is None:
        raise NoGraph("the row does not say what was run")
    checkpoint = SELECTIVE if "Selective activation" in setting else FULL
    devices = re.search(r"(\d+) GPUs", setting)[1]
    if table[1] in "13":
        return Call("llama3_8b", "2x8192", 1, (*checkpoint, "--zero", "3", "--devices", devices))
    if table[1] == "2":  # 32,768 tokens a device, whatever the degree
        return Call("llama3_8b", "1x32768", 1, (*checkpoint, "--zero", "3", "--devices", devices))
    if table[1] == "4":  # a batch of 16 over 8 devices
        return Call("llama3_70b", "2x8192", 8, (*checkpoint, "--zero", "3", "--devices", devices))
    raise NoGraph(f"{variant}: stages of a pipeline hold passes of several batches")


def peak(program: str, graphs: pathlib.Path, call: Call) -> float:
    """Of all layers, in bytes."""
    few = []
    for layers in FEW:
        found = plan(program, graphs / f"{call.model}_{layers}_{call.sizes}.pt2", call.words)
        few.append(found["peak_bytes"] - found["gathered_bytes"] * (1 - 1 / call.tensor))
    each = (few[1] - few[0]) / (FEW[1] - FEW[0])
    return few[0] + each * (LAYERS[call.model] - FEW[0])


def plan(program: str, graph: pathlib.Path, words: tuple[str, ...]) -> dict:
    if not graph.exists():
        raise NoGraph(f"no graph {graph.name}")
    how = ["--on", "h100_sxm", "--optimizer", "adamw", *words, "--format", "json"]
    done = subprocess.run([program, "train-plan", str(graph), *how], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoGraph(done.stderr.splitlines()[0])
    return json.loads(done.stdout)["models"][0]["targets"][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the measured sets")
    parser.add_argument("--graphs", type=pathlib.Path, required=True, help="folder of NAME_LAYERS_BATCHxLENGTH.pt2")
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/alidade"))
    args = parser.parse_args()
    path = stored(args.data / FILE)
    if path is None:
        parser.error(f"{args.data / FILE} is missing: it is the set that is scored")
    known, ratios, rows = {}, [], list(records(path))
    print("| setting | variant | measured GiB | estimated GiB | |\n|---|---|---|---|---|")
    for row in rows:
        measured = float(row["peak_memory_gib"])
        line = f"| {row['setting'][:60]} | {row['variant']} | {measured:.1f} |"
        try:
            call = call_of(row)
            known[call] = known[call] if call in known else peak(args.program, args.graphs, call)
            estimated = known[call] / GIB
            ratios.append(estimated / measured)
            print(f"{line} {estimated:.1f} | {100 * (ratios[-1] - 1):+.1f} % |")
        except NoGraph as why:
            print(f"{line} - | {why} |")
    if ratios:
        errors = [100 * abs(ratio - 1) for ratio in ratios]
        bias = math.exp(statistics.fmean(map(math.log, ratios)))
        reached = "reached" if statistics.fmean(errors) <= GOAL else "missed"
        print(f"\n{len(ratios)} of {len(rows)} rows: MAPE {statistics.fmean(errors):.1f} %, median "
              f"{statistics.median(errors):.1f} %, bias {bias:.2f}; goal {GOAL:g} %: {reached}")


if __name__ == "__main__":
    main()
