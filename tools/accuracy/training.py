"""Scores train-plan's memory against measured training: torchtitan's runs of Llama 3 on H100s.

Graphs are captures of tools/accuracy/llama_training.py (its first lines say how), NAME_BATCHxLENGTH.pt2. Context
parallel leaves each device its part of every sequence, and tensor parallel with sequences divided its part of every
tensor between operators, as a smaller batch does: rows of both are those of a graph with that part.
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import subprocess

from rows import records, stored

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = "ops/torchtitan_train_memory.csv.gz"
GIB = 1024.0**3
GOAL = 15.0
SELECTIVE = ("--checkpoint", "layers.*", "--checkpoint-keep", "attention,half-products")
FULL = ("--checkpoint", "layers.*")


class NoGraph(Exception):
    """Why a row cannot be estimated."""


def call_of(row) -> tuple[str, list[str]]:
    """The graph of a row, and the words that say how it is trained."""
    setting, variant = row["setting"], row["variant"]
    table = re.match(r"Table (\d)", setting)
    if table is None:
        raise NoGraph("the row does not say what was run")
    checkpoint = SELECTIVE if "Selective activation" in setting else FULL
    devices = re.search(r"(\d+) GPUs", setting)[1]
    if table[1] in "13":
        return "llama3_8b_2x8192", [*checkpoint, "--zero", "3", "--devices", devices]
    if table[1] == "2":  # 32,768 tokens a device, whatever the degree
        return "llama3_8b_1x32768", [*checkpoint, "--zero", "3", "--devices", devices]
    if table[1] == "4":  # a batch of 16 over 8 devices
        return "llama3_70b_2x8192", [*checkpoint, "--zero", "3", "--devices", devices]
    raise NoGraph(f"{variant}: stages of a pipeline hold passes of several batches")


def peak(program: str, graph: pathlib.Path, words: list[str]) -> dict:
    how = ["--on", "h100_sxm", "--optimizer", "adamw", *words, "--format", "json"]
    done = subprocess.run([program, "train-plan", str(graph), *how], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoGraph(done.stderr.splitlines()[0])
    return json.loads(done.stdout)["models"][0]["targets"][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the measured sets")
    parser.add_argument("--graphs", type=pathlib.Path, required=True, help="folder of NAME_BATCHxLENGTH.pt2")
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
            name, words = call_of(row)
            graph = args.graphs / f"{name}.pt2"
            if not graph.exists():
                raise NoGraph(f"no graph {graph.name}")
            key = (name, *words)
            known[key] = known[key] if key in known else peak(args.program, graph, words)
            estimated = known[key]["peak_bytes"] / GIB
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
