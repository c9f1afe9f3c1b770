"""Scores train-plan's memory against measured training: torchtitan's runs of Llama 3 on H100s.

Graphs are captures of tools/accuracy/llama_training.py with 2 and with 4 layers: layers are alike, so the peak of more
is on the line through those (of 8B with two sequences of 8,192 it is that of the whole graph to the last digit shown).
Context parallel leaves each device its part of every sequence, and tensor parallel with sequences divided its part of
every tensor between operators, as a smaller batch does: rows of both are those of a graph with that part. Of what
tensor parallel divides, a device gathers its part alone.
"""

import re
from typing import NamedTuple

from rows import UnreadableRow, records, stored
from score_lines import Score

FILE = "ops/torchtitan_train_memory.csv.gz"
GIB = 1024.0**3
GOAL = 15
SELECTIVE = ("--checkpoint", "layers.*", "--checkpoint-keep", "attention,half-products")
FULL = ("--checkpoint", "layers.*")
LAYERS, FEW = {"llama3_8b": 32, "llama3_70b": 80}, (2, 4)


class Call(NamedTuple):
    """A model, the sizes of its batch, the devices that divide its products, and the words of its training."""

    model: str
    sizes: str
    tensor: int
    words: tuple[str, ...]


class TrainingScorer:
    """A peak for each row, in GiB, or why there is none."""

    def __init__(self, plans, data):
        self.rows = list(records(stored(data / FILE)))
        known = {}
        self.estimated = [estimate(plans, row, known) for row in self.rows]

    def score(self):
        ratios = [one / measured(row) for row, one in zip(self.rows, self.estimated, strict=True)
                  if not isinstance(one, str)]
        return Score("peak memory of a training step", len(self.rows), ratios, GOAL)


def measured(row):
    return float(row["peak_memory_gib"])


def estimate(plans, row, known):
    try:
        call = call_of(row)
        known[call] = known[call] if call in known else peak(plans, call)
        return known[call] / GIB
    except UnreadableRow as why:
        return str(why)


def call_of(row) -> Call:
    setting, variant = row["setting"], row["variant"]
    table = re.match(r"Table (\d)", setting)
    if table is None:
        raise UnreadableRow("the row does not say what was run")
    checkpoint = SELECTIVE if "Selective activation" in setting else FULL
    devices = re.search(r"(\d+) GPUs", setting)[1]
    if table[1] in "13":
        return Call("llama3_8b", "2x8192", 1, (*checkpoint, "--zero", "3", "--devices", devices))
    if table[1] == "2":  # 32,768 tokens a device, whatever the degree
        return Call("llama3_8b", "1x32768", 1, (*checkpoint, "--zero", "3", "--devices", devices))
    if table[1] == "4":  # a batch of 16 over 8 devices
        return Call("llama3_70b", "2x8192", 8, (*checkpoint, "--zero", "3", "--devices", devices))
    raise UnreadableRow(f"{variant}: stages of a pipeline hold passes of several batches")


def peak(plans, call: Call) -> float:
    """Of all layers, in bytes."""
    few = []
    for layers in FEW:
        plan = plans.training(f"{call.model}_{layers}", call.sizes, "h100_sxm", "--optimizer", "adamw", *call.words)
        few.append(plan["peak_bytes"] - plan["gathered_bytes"] * (1 - 1 / call.tensor))
    each = (few[1] - few[0]) / (FEW[1] - FEW[0])
    return few[0] + each * (LAYERS[call.model] - FEW[0])
