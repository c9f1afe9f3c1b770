"""What a group of operators moves: each byte that it reads and does not make once, and what it makes where that is
needed outside. A view is numpy's own view of the numbers 0, 1, 2, ... of its tensor, and what a group reads is a mask
over these."""

import re

import carried
import elision
import folding
import numpy
import text_graph

VIEWS = {"reshape", "identity", "dropout", "expand", "slice", "split", "sequence", "dequantize"}
CONTROL = {"if", "loop", "scan", "call"}
SILENT = VIEWS | CONTROL | {"constant", "shape_of", "range", "random"}
BITS = {"bool": 8, "f4e2m1": 4, "c32": 32, "c64": 64, "c128": 128, "bf16": 16}
LOST = object()  # places that are not known


def bits(dtype: str) -> int:
    return BITS.get(dtype) or int(re.match(r"[a-z]+(\d+)", dtype)[1])


def handed_on(graph: text_graph.Graph) -> set[str]:
    """Values that the graph or a region gives back, or a region is given, and what views of them show: they have to be
    in memory."""
    found = set(graph.outputs) | {value for _, values in graph.yields for value in values}
    found |= {value for node in graph.nodes if node.op in CONTROL for value in node.operands}
    for node in reversed(graph.nodes):
        if node.op in VIEWS - {"dequantize"} and not found.isdisjoint(node.results):
            found.update(node.operands)
    return found


class Unknown(Exception):
    """A size or a place that is not known."""


class Replay:
    def __init__(self, graph: text_graph.Graph, folds: bool = True, elides: bool = False) -> None:
        self.graph = graph
        self.folded = folding.folded(graph) if folds else set()
        self.elided = elision.elided(graph, self.folded) if elides else set()
        self.handed = handed_on(graph)
        self.updates = carried.Carried(graph).updates
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

    def is_view(self, node: text_graph.Node) -> bool:
        """A dequantize whose values have to be in memory writes them."""
        return node.op in VIEWS and not (node.op == "dequantize" and node.results[0] in self.handed)

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
        elif not self.is_view(node) or source is None:
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
        if id(node) in self.updates and node.attributes.get("reduction", 0) != 0:
            return node.operands[:1]
        return {"embedding": node.operands[:1], "gather": node.operands[:1],
                "routed_matmul": node.operands[1:2]}.get(node.op, [])

    def reads(self, node: text_graph.Node) -> list[str]:
        if id(node) in self.folded or id(node) in self.elided:
            return []
        if node.op == "dequantize":
            return [value for value in node.operands[1 if self.is_view(node) else 0 :] if value]
        if node.op in SILENT:
            return []
        operands = node.operands[:-1] if folding.copies_over(node) else node.operands
        if id(node) in self.updates:
            operands = node.operands[1:]
        return [value for value in operands if value and value not in self.table(node)]

    def picked(self, node: text_graph.Node) -> int:
        table = node.operands[1 if node.op == "routed_matmul" else 0]
        if id(node) in self.updates:
            return min(self.distinct(node.operands[0]), self.elements(node.operands[2]))
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

    def read(self, group: list[text_graph.Node]) -> dict[str, int]:
        """Of every tensor that the group does not make, the bytes that it reads."""
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
                left = self.picked(node)
                for root, places in self.shows[value]:
                    some = min(left, self.elements(root) if places is None else len(numpy.unique(places)))
                    left -= some
                    if not made(root):
                        rows[root] = rows.get(root, 0) + some
        counts = {root: int(mask.sum()) for root, mask in masks.items()} | {root: self.elements(root) for root in whole}
        return {root: self.stored(root, min(self.elements(root), counts.get(root, 0) + rows.get(root, 0)))
                for root in {*counts, *rows}}

    def written(self, group: list[text_graph.Node]) -> int:
        """What others read, or nobody does."""
        names, total = {node.name for node in group}, 0
        for node in group:
            if id(node) in self.folded or id(node) in self.elided:
                continue
            makes = not self.is_view(node) and node.op not in CONTROL | {"shape_of", "constant"}
            for value in node.results if makes else []:
                readers = self.readers.get(value, set())
                if value in self.leaves or not readers or readers - names:
                    total += self.stored(value, self.made(node, value))
        return total

    def made(self, node: text_graph.Node, value: str) -> int:
        """Elements that are written: of what a loop carries only the updates."""
        whole = self.elements(value)
        return min(whole, self.elements(node.operands[2])) if id(node) in self.updates else whole

    def bytes(self, group: list[text_graph.Node]) -> int:
        return sum(self.read(group).values()) + self.written(group)
