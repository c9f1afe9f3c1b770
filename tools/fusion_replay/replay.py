#!/usr/bin/env python3
"""Works out anew what the groups of the analysis fusion move, and compares: each byte that a group reads and does not
make once, and what it makes where that is needed outside.

A view is numpy's own view of the numbers 0, 1, 2, ... of its tensor, and what a group reads is a mask over these:
nothing of the program's own account is used but the groups, the runs, and the graph as text.

    tools/fusion_replay/replay.py ALIDADE MODEL...      symbolic sizes are bound to small numbers
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import elision
import folding
import numpy
import text_graph

VIEWS = {"reshape", "identity", "dropout", "expand", "slice", "split", "sequence", "dequantize"}
CONTROL = {"if", "loop", "scan", "call"}
SILENT = VIEWS | CONTROL | {"constant", "shape_of", "range", "random"}
BITS = {"bool": 8, "f4e2m1": 4, "c32": 32, "c64": 64, "c128": 128, "bf16": 16}
BIND = {"batch": 2, "seq": 16}
LOST = object()  # places that are not known


def bits(dtype: str) -> int:
    return BITS.get(dtype) or int(re.match(r"[a-z]+(\d+)", dtype)[1])


class Unknown(Exception):
    """A size or a place that is not known."""


class Replay:
    def __init__(self, graph: text_graph.Graph, folds: bool = True, elides: bool = False) -> None:
        self.graph = graph
        self.folded = folding.folded(graph) if folds else set()
        self.elided = elision.elided(graph, self.folded) if elides else set()
        self.shows: dict[str, list[tuple[str, numpy.ndarray | None]]] = {}  # None: all of it, row after row
        self.owner = {result: node for node in graph.nodes for result in node.results}
        for name in graph.types:
            if name not in self.owner:
                self.shows[name] = [(name, None)]
        for node in graph.nodes:
            self.look_at(node)
        self.readers: dict[str, set[str]] = {}
        for node in graph.nodes:
            for value in {*self.reads(node), *self.table(node)}:
                for root, _ in self.shows[value]:
                    self.readers.setdefault(root, set()).add(node.name)
        handed = [*graph.outputs, *(value for _, values in graph.yields for value in values),
                  *(value for node in graph.nodes if node.op in CONTROL and id(node) not in self.folded
                    for value in node.operands)]
        self.leaves = {root for value in handed if value for root, _ in self.shows[value]}

    def elements(self, value: str) -> int:
        found = self.graph.types[value].elements
        if found is None:
            raise Unknown(f"the size of {value}")
        return found

    def places(self, value: str) -> tuple[str, numpy.ndarray]:
        (root, places), = self.shows[value]
        if places is LOST:
            raise Unknown(f"the order of {value}")
        if places is None:
            self.elements(root)
            if self.elements(value) != self.elements(root):
                raise Unknown(f"the order of {value}")
            places = numpy.arange(self.elements(root), dtype=numpy.int64).reshape(self.graph.types[value].sizes)
        return root, places

    def look_at(self, node: text_graph.Node) -> None:
        source = node.operands[0] if node.operands else None
        if id(node) in self.elided:
            self.shows[node.results[0]] = [one for value in node.operands for one in self.shows[value]]
        elif node.op not in VIEWS or source is None:
            self.shows.update({result: [(result, None)] for result in node.results})
        elif node.op == "sequence":
            self.shows.update({result: self.listed(node, source) for result in node.results})
        elif node.op in ("slice", "split", "expand"):
            self.cut(node, source)
        else:
            self.shows.update({result: self.reshaped(source, result) for result in node.results})

    def listed(self, node: text_graph.Node, source: str) -> list:
        """What is in a list; operands of another type than the first are positions, and one taken by its is lost."""
        types = self.graph.types
        members = [value for value in node.operands if value and types[value].dtype == types[source].dtype]
        shown = [one for value in members for one in self.shows[value]]
        from_list = source in self.owner and self.owner[source].op == "sequence"
        return [(root, LOST) for root, _ in shown] if from_list and len(members) == 1 else shown

    def reshaped(self, source: str, result: str) -> list:
        shown = self.shows[source]
        if len(shown) != 1 or shown[0][1] is None or shown[0][1] is LOST or self.graph.types[result].sizes is None:
            return shown
        return [(shown[0][0], shown[0][1].reshape(self.graph.types[result].sizes))]

    def cut(self, node: text_graph.Node, source: str) -> None:
        start = 0
        for result in node.results:
            try:
                root, places = self.places(source)
                size = self.graph.types[result].sizes
                if node.op == "expand":
                    shown = numpy.broadcast_to(places, size)
                elif node.op == "split":
                    axis = node.attributes.get("axes", [0])[0]
                    shown = numpy.moveaxis(numpy.moveaxis(places, axis, 0)[start : start + size[axis]], 0, axis)
                    start += size[axis]
                else:
                    shown = places[self.ranges(node, places.ndim)]
                if size is None or [n for n in shown.shape if n != 1] != [n for n in size if n != 1]:
                    raise Unknown(f"what {result} takes")
                self.shows[result] = [(root, shown.reshape(size))]
            except (Unknown, ValueError, TypeError):
                self.shows[result] = [(root, LOST) for root, _ in self.shows[source]]

    @staticmethod
    def ranges(node: text_graph.Node, rank: int) -> tuple:
        a = node.attributes
        if not a.get("starts") or len(a.get("ends", [])) != len(a["starts"]):
            raise Unknown(f"where {node.name} begins")
        out = [slice(None)] * rank
        for i, begin in enumerate(a["starts"]):
            step = a.get("steps", [1] * rank)[i]
            out[a.get("axes", range(rank))[i]] = slice(begin, a["ends"][i], step)
        return tuple(out)

    def table(self, node: text_graph.Node) -> list[str]:
        """The operand of which the data decide what is read."""
        if id(node) in self.folded:
            return []
        return {"embedding": node.operands[:1], "gather": node.operands[:1],
                "routed_matmul": node.operands[1:2]}.get(node.op, [])

    def reads(self, node: text_graph.Node) -> list[str]:
        if id(node) in self.folded or id(node) in self.elided:
            return []
        if node.op == "dequantize":
            return [value for value in node.operands[1:] if value]
        if node.op in SILENT:
            return []
        return [value for value in node.operands if value and value not in self.table(node)]

    def picked(self, node: text_graph.Node) -> int:
        table = node.operands[1 if node.op == "routed_matmul" else 0]
        shown = self.distinct(table)
        if node.op == "routed_matmul":
            rows = self.elements(node.operands[0]) // self.graph.types[node.operands[0]].sizes[-1]
            experts = self.graph.types[table].sizes[0]
            return shown if rows >= experts else -(-shown // experts) * rows
        if node.op == "gather":
            return min(shown, self.elements(node.results[0]))
        sizes = self.graph.types[table].sizes
        return min(shown, self.elements(node.operands[1]) * self.elements(table)
                   // sizes[node.attributes.get("axes", [0])[0]])

    def distinct(self, value: str) -> int:
        if any(places is LOST for _, places in self.shows[value]):
            raise Unknown(f"what {value} takes")
        return sum(self.elements(root) if places is None else len(numpy.unique(places))
                   for root, places in self.shows[value])

    def stored(self, root: str, elements: int) -> int:
        return (elements * bits(self.graph.types[root].dtype) + 7) // 8

    def bytes(self, group: list[text_graph.Node]) -> int:
        names = {node.name for node in group}

        def made(root: str) -> bool:
            node = self.owner.get(root)
            makes = bool(node) and node.name in names and node.op not in CONTROL | {"constant"}
            return makes and id(node) not in self.folded

        whole, masks, rows = set(), {}, {}
        for node in group:
            for value in self.reads(node):
                for root, places in self.shows[value]:
                    if made(root):
                        continue
                    if places is LOST:
                        raise Unknown(f"what {value} takes")
                    if places is None:
                        whole.add(root)
                    else:
                        masks.setdefault(root, numpy.zeros(self.elements(root), bool))[places.ravel()] = True
            for value in self.table(node):
                root = self.shows[value][0][0]
                if not made(root):
                    rows[root] = rows.get(root, 0) + self.picked(node)
        total = 0
        for root in {*whole, *masks, *rows}:
            count = self.elements(root) if root in whole else int(masks[root].sum()) if root in masks else 0
            total += self.stored(root, min(self.elements(root), count + rows.get(root, 0)))
        for node in group:
            if id(node) in self.folded or id(node) in self.elided:
                continue
            for value in node.results if node.op not in VIEWS | CONTROL | {"shape_of", "constant"} else []:
                readers = self.readers.get(value, set())
                if value in self.leaves or not readers or readers - names:
                    total += self.stored(value, self.elements(value))
        return total


def run(program: str, model: pathlib.Path, strategy: str) -> tuple[str, dict] | str:
    """The graph as text, and the json report; or why there is none."""
    flags = [flag for key, value in BIND.items() for flag in ("--bind", f"{key}={value}")]
    for binding in (flags, flags[:2], []):
        shown = subprocess.run([program, "inspect", str(model), "--text", *binding], capture_output=True, text=True)
        if shown.returncode == 0:
            break
    else:
        return shown.stderr.splitlines()[0]
    with tempfile.TemporaryDirectory() as folder:
        graph = pathlib.Path(folder, "graph.alg")
        graph.write_text(shown.stdout)
        pipeline = pathlib.Path(folder, "p.toml")
        pipeline.write_text(f'[[model]]\npath = "{graph}"\n[[analysis]]\nuse = "fusion"\nstrategy = "{strategy}"\n'
                            '[[report]]\nuse = "json"\n')
        done = subprocess.run([program, "run", str(pipeline)], capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr.splitlines()[0]
        document = json.loads(done.stdout)
    return shown.stdout, document.get("models", [document])[0]


def compared(text: str, document: dict) -> tuple[int, list[str], list[str]]:
    """How many groups agree; which differ; what could not be worked out."""
    graph = text_graph.parsed(text)
    fusion = document["analyses"]["fusion"]
    replay = Replay(graph, fusion["strategy"] != "seed", fusion["strategy"] == "pattern")  # of TensorRT
    nodes = {node.name: node for node in graph.nodes}
    layers = {layer["name"]: layer for layer in document["layers"]}
    agree, differ, skipped = 0, [], []
    if fusion["folded_operators"] != len(replay.folded):
        differ.append(f"{fusion['folded_operators']} operators are folded, by replay {len(replay.folded)}")
    for group in fusion["group_list"]:
        members = [nodes[layers[name]["node"] if name in layers else name] for name in group["operators"]]
        runs = layers.get(group["operators"][0], {}).get("runs", 1)
        try:
            expected = replay.bytes(members) * runs
        except Unknown as why:
            skipped.append(str(why))
            continue
        if expected == group["traffic_bytes"]:
            agree += 1
        else:
            differ.append(f"group {group['group']} {group['operators'][:4]}: {group['traffic_bytes']}, "
                          f"by replay {expected}")
    return agree, differ, skipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    wrong = 0
    for model in arguments.models:
        for strategy in ("pattern", "cost", "seed"):
            answer = run(arguments.program, model, strategy)
            if isinstance(answer, str):
                print(f"{model}: {answer}")
                break
            agree, differ, skipped = compared(*answer)
            print(f"{model} {strategy}: {agree} groups agree, {len(differ)} differ, {len(skipped)} unknown")
            for line in differ[:5]:
                print("   ", line)
            wrong += len(differ)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
