#!/usr/bin/env python3
"""Works out anew what the groups of the analysis fusion move, also tile by tile, and the peak of the analysis memory,
and compares. Nothing of the program's own account is used but the groups, the tiles, the runs, and the graph as text.

    tools/fusion_replay/replay.py ALIDADE MODEL...         symbolic sizes are bound to small numbers
    tools/fusion_replay/replay.py ALIDADE --random 5000    random graphs of all that makes bytes hard to count
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable

import peaks
import text_graph
import tiles
from bytes_moved import Replay, Unknown
from random_graph import RandomGraph

BIND = {"batch": 2, "seq": 16}
WAYS = {"pattern": "", "cost": "", "seed": "", "tiles": "tiles = true\ncapacity_bytes = {capacity}\n"}
CHIP = 1 << 18  # bytes that tiles of stored models have to fit
AT_ONCE = 250  # random graphs in one run of the program


def as_text(program: str, model: pathlib.Path) -> tuple[str, str]:
    """The graph as text, or why there is none."""
    flags = [flag for key, value in BIND.items() for flag in ("--bind", f"{key}={value}")]
    for binding in (flags, flags[:2], []):
        shown = subprocess.run([program, "inspect", str(model), "--text", *binding], capture_output=True, text=True)
        if shown.returncode == 0:
            return shown.stdout, ""
    return "", shown.stderr.splitlines()[0]


def reports(program: str, texts: list[str], way: str, capacity: int = 0) -> list[dict]:
    """The json reports of graphs, of one strategy of fusion."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = "".join(f'[[model]]\npath = "{number}.alg"\n' for number in range(len(texts)))
        for number, text in enumerate(texts):
            pathlib.Path(folder, f"{number}.alg").write_text(text)
        strategy = "cost" if way == "tiles" else way
        pipeline += f'[[analysis]]\nuse = "fusion"\nstrategy = "{strategy}"\n' + WAYS[way].format(capacity=capacity)
        pathlib.Path(folder, "p.toml").write_text(
            pipeline + '[[analysis]]\nuse = "memory"\nreorder_looks = 0\n[[report]]\nuse = "json"\n')
        command = [pathlib.Path(program).resolve(), "run", "p.toml"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.splitlines()[0])
    document = json.loads(done.stdout)
    return document.get("models", [document])


class Tally:
    """How many figures agree, which differ, and what could not be worked out."""

    def __init__(self) -> None:
        self.agree, self.differ, self.skipped = 0, [], []

    def compare(self, what: str, told: object, expected: object) -> None:
        if told == expected:
            self.agree += 1
        else:
            self.differ.append(f"{what}: {told}, by replay {expected}")

    def add(self, other: "Tally", name: str) -> None:
        self.agree += other.agree
        self.differ += [f"{name}: {line}" for line in other.differ]
        self.skipped += other.skipped


def compared(text: str, document: dict, capacity: int = 0) -> Tally:
    graph = text_graph.parsed(text)
    fusion = document["analyses"]["fusion"]
    replay = Replay(graph, fusion["strategy"] != "seed", fusion["strategy"] == "pattern")  # of TensorRT
    nodes = {node.name: node for node in graph.nodes}
    layers = {layer["name"]: layer for layer in document["layers"]}
    tally = Tally()
    tally.compare("operators that are folded", fusion["folded_operators"], len(replay.folded))
    for group in fusion["group_list"]:
        members = [nodes[layers[name]["node"] if name in layers else name] for name in group["operators"]]
        what = f"group {group['group']} {group['operators'][:4]}"
        cut, again = group.get("tiles"), 0
        try:
            if cut and cut["cuts"]:
                expected = tiles.Tiles(replay, members, cut, capacity).figures()
                tally.compare(f"{what} in tiles", {key: cut[key] for key in expected}, expected)
                again = cut["halo_again_bytes"] + cut["operands_again_bytes"]
            runs = next((layers[name]["runs"] for name in group["operators"] if name in layers), 1)
            tally.compare(what, group["traffic_bytes"], (replay.bytes(members) + again) * runs)
        except Unknown as why:
            tally.skipped.append(str(why))
    return tally


def compared_peak(text: str, document: dict) -> Tally:
    tally, told = Tally(), document["analyses"]["memory"]["as_given"]
    try:
        tally.compare("peak", (told["peak_bytes"], told["peak_bytes_upper"]), peaks.peak(text_graph.parsed(text)))
    except Unknown as why:
        tally.skipped.append(str(why))
    return tally


def of_model(program: str, model: pathlib.Path, ways: Iterable[str] = WAYS) -> dict[str, Tally] | str:
    """By strategy, and of the peak; or why the model cannot be read."""
    text, why = as_text(program, model)
    if why:
        return why
    found = {}
    for way in ways:
        document = reports(program, [text], way, CHIP)[0]
        found[way] = compared(text, document, CHIP)
        found["peak"] = compared_peak(text, document)
    return found


def of_random(program: str, count: int) -> dict[str, Tally]:
    found = {way: Tally() for way in (*WAYS, "peak")}
    for first in range(0, count, AT_ONCE):
        seeds = range(first, min(count, first + AT_ONCE))
        texts = [RandomGraph(seed).text for seed in seeds]
        for way in WAYS:
            capacity = 64 << first // AT_ONCE % 7
            for seed, text, document in zip(seeds, texts, reports(program, texts, way, capacity), strict=True):
                found[way].add(compared(text, document, capacity), f"seed {seed}")
                if way == "pattern":
                    found["peak"].add(compared_peak(text, document), f"seed {seed}")
    return found


def told(name: str, found: dict[str, Tally]) -> int:
    for way, tally in found.items():
        print(f"{name} {way}: {tally.agree} agree, {len(tally.differ)} differ, {len(tally.skipped)} unknown")
        for line in tally.differ[:5]:
            print("   ", line)
    return sum(len(tally.differ) for tally in found.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--random", type=int, default=0, metavar="COUNT", help="so many random graphs")
    arguments = parser.parse_args()
    wrong = 0
    for model in arguments.models:
        found = of_model(arguments.program, model)
        if isinstance(found, str):
            print(f"{model}: {found}")
        else:
            wrong += told(str(model), found)
    if arguments.random:
        wrong += told("random graphs", of_random(arguments.program, arguments.random))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
