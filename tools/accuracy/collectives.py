"""Scores tables of links: every second measured size is in them, those between are estimated."""

import collections
import math
import tomllib

from devices import ROOT
from rows import records, stored
from score_lines import Score

TABLES = {"h100": "nvlink4", "a100": "nvlink3"}
KINDS = (("all_gather", 0), ("all_to_all", 1), ("all_reduce", 3))  # places in the order of the file


def file_of(gpu):
    return f"ops/nccl_{gpu}_sxm.csv.gz"


def score(data, gpu):
    known = tomllib.loads((ROOT / f"config/links/{TABLES[gpu]}.toml").read_text(encoding="utf-8"))
    ratios = []
    for (devices, size), measured in sorted(times_of(stored(data / file_of(gpu))).items()):
        for kind, place in KINDS:
            rows = known[kind][str(devices)]
            if size not in {row[0] for row in rows}:
                ratios.append(between(rows, size) / measured[place])
    return Score(f"collectives between 2, 4 and 8 {gpu.upper()}", len(ratios), ratios, 20)


def times_of(path):
    """Microseconds of each number of devices and bytes, in the order of the file."""
    times = collections.defaultdict(list)
    for row in records(path):
        if row["nccl_dtype"] == "half":
            times[int(row["num_gpus"]), 2 * int(row["message_size"])].append(1e3 * float(row["latency_ms"]))
    return times


def between(rows, size):
    """As the program has it: a straight line of the logarithms."""
    i = max(k for k, row in enumerate(rows[:-1]) if row[0] <= size)
    (x0, y0), (x1, y1) = ((math.log(a), math.log(b)) for a, b in rows[i:i + 2])
    return math.exp(y0 + (y1 - y0) * (math.log(size) - x0) / (x1 - x0))
