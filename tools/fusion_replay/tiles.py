"""What a group of the strategy `cost` moves again when it runs tile by tile, and what it takes of the chip: every tile
by itself, as the first and the last place that it needs of each dimension that is cut. Which part of an operand a part
of a result needs is said here anew, operator by operator."""

import collections
import itertools
import math

import numpy

POOLS = {"max_pool", "avg_pool"}
NORMS = {"layer_norm", "rms_norm", "group_norm", "instance_norm", "batch_norm", "lp_norm"}
REDUCTIONS = {"reduce_sum", "reduce_mean", "reduce", "arg_reduce"}
SAME = {"cast", "copy", "softmax", "log_softmax", "cumulative"}
WHOLE_VIEWS = {"reshape", "identity", "dropout", "dequantize"}
FEW = 6  # operands of which the program tries every choice
Window = collections.namedtuple("Window", "dim stride offset extent", defaults=(1, 0, 1))


class Tiles:
    """One group in tiles. `replay` is the account of the whole graph, `told` what the report says of the tiles."""

    def __init__(self, replay, members: list, told: dict, capacity: int) -> None:
        self.replay, self.told, self.capacity = replay, told, capacity
        self.types, self.owner = replay.graph.types, replay.owner
        self.steps = [node for node in members if id(node) not in replay.folded and not self.is_nothing(node)]
        self.keeps = told["halo"] == "kept"
        last = self.steps[-1].results[0]
        rank = len(self.sizes(last))
        self.cuts = [(cut["dimension"], cut["size"], cut["of"]) for cut in told["cuts"]]
        if rank >= 4 and [cut[0] for cut in self.cuts] == [rank - 1]:  # images are cut along both, this one once
            self.cuts.insert(0, (rank - 2, self.sizes(last)[-2], self.sizes(last)[-2]))
        self.tiles = list(itertools.product(*(range(math.ceil(of / size)) for _, size, of in self.cuts)))
        self.readers: dict[str, list[int]] = {}
        for at, node in enumerate(self.steps):
            for root in self.roots(node):
                self.readers.setdefault(root, []).append(at)

    def sizes(self, value: str) -> list[int]:
        return self.types[value].sizes

    def roots(self, node) -> dict[str, list[tuple[int, str]]]:
        """The tensors that a node reads, with its operands that show them."""
        found: dict[str, list[tuple[int, str]]] = {}
        reads = set(self.replay.reads(node))
        for operand, value in enumerate(node.operands):
            for root, _ in self.replay.shows[value] if value in reads else []:
                found.setdefault(root, []).append((operand, value))
        return found

    def is_nothing(self, node) -> bool:
        return not self.replay.reads(node) and all(self.replay.shows[v] != [(v, None)] for v in node.results)

    def along(self, node, operand: int, dim: int) -> Window | None:
        """Where in an operand the elements are that a place along a dimension of the result needs; None: all."""
        x, y = self.sizes(node.operands[operand]), self.sizes(node.results[0])
        if node.op == "conv" or node.op in POOLS:
            return self.window(node, operand, dim)
        if node.op in ("linear", "matmul"):
            return self.product(node, operand, dim)
        if node.op == "transpose":
            return Window(node.attributes["perm"][dim])
        if node.op == "attention":
            return Window(dim - len(y) + len(x)) if dim < len(y) - 2 or operand in (0, 3) else None
        if node.op in ("quantize", "dequantize") and operand > 0:  # a scale for each place of the axis, or one for all
            return Window(0) if len(x) == 1 and node.attributes.get("axis") == dim else None
        if node.op in NORMS and operand > 0:
            return Window(0) if node.op == "batch_norm" and dim == 1 else None
        if node.op in REDUCTIONS and len(x) != len(y):
            gone = {axis % len(x) for axis in node.attributes["axes"]}
            return Window([axis for axis in range(len(x)) if axis not in gone][dim])
        at = dim - len(y) + len(x)
        return Window(at) if at >= 0 and x[at] == y[dim] else None

    def window(self, node, operand: int, dim: int) -> Window | None:
        x, a = self.sizes(node.operands[operand]), node.attributes
        first = 2 if node.op == "conv" else len(x) - len(a["kernel"])
        if node.op == "conv" and dim == 1:
            apart = a.get("groups", 1) == self.sizes(node.operands[0])[1] == self.sizes(node.results[0])[1]
            return Window(0) if operand > 0 else Window(1) if apart else None
        if operand > 0:
            return None
        if dim < first:
            return Window(dim)
        taps = self.sizes(node.operands[1])[dim] if node.op == "conv" else a["kernel"][dim - first]
        at = {key: (a.get(key) or [unless] * 9)[dim - first]
              for key, unless in (("strides", 1), ("dilations", 1), ("pads_begin", 0))}
        return Window(dim, at["strides"], -at["pads_begin"], (taps - 1) * at["dilations"] + 1)

    def product(self, node, operand: int, dim: int) -> Window | None:
        x, y = self.sizes(node.operands[operand]), self.sizes(node.results[0])
        turned = node.attributes.get("transpose_" + "ab"[operand], 0) if operand < 2 else 0
        if operand == 2 or (operand == 1 and dim == len(y) - 1):
            return Window(len(x) - 1 - turned) if dim == len(y) - 1 else None
        if operand == 0 and dim == len(y) - 2:
            return Window(len(x) - 2 + turned)
        at = dim - len(y) + len(x)
        return Window(at) if dim < len(y) - 2 and at >= 0 and x[at] == y[dim] else None

    def behind_views(self, value: str, dim: int) -> int | None:
        """The dimension of the tensor itself that a dimension of a view is, with as many elements behind it."""
        while self.replay.shows[value] != [(value, None)]:
            view = self.owner.get(value)
            if view is None or view.op not in WHOLE_VIEWS:
                return None
            source = view.operands[0]
            sizes, here = self.sizes(source), self.sizes(value)
            found = [at for at in range(len(sizes)) if sizes[at] == here[dim]
                     and math.prod(sizes[at + 1:]) == math.prod(here[dim + 1:])]
            if not found:
                return None
            value, dim = source, found[-1]
        return dim

    def part(self, node, root: str, shown: list[tuple[int, str]], dim: int) -> Window | None:
        """The same of a tensor that is read behind views; of one that is read in several ways, all."""
        found = set()
        for operand, value in shown:
            way = self.along(node, operand, dim)
            at = way and self.behind_views(value, way.dim)
            whole = self.replay.elements(value) == self.replay.elements(root)
            found.add(way._replace(dim=at) if way and at is not None and whole else None)
        return found.pop() if len(found) == 1 else None

    def needs(self, tile: tuple[int, ...]) -> dict[str, list[tuple[int | None, int, int]] | None]:
        """Of every tensor the dimension and the places that each cut needs; a dimension of None is all, and so is
        None in the place of the list."""
        found: dict = {}
        cut = [(dim, at * size, min(of, (at + 1) * size)) for at, (dim, size, of) in zip(tile, self.cuts, strict=True)]
        for node in reversed(self.steps):
            made = found.setdefault(node.results[0], list(cut))
            for root, shown in self.roots(node).items():
                more = []
                for dim, low, high in made:
                    way = self.part(node, root, shown, dim)
                    if way is None:
                        more.append((None, 0, 0))
                        continue
                    size = self.sizes(root)[way.dim]
                    more.append((way.dim, max(0, low * way.stride + way.offset),
                                 min(size, (high - 1) * way.stride + way.offset + way.extent)))
                found[root] = self.joined(more, found.get(root, more))
        return found

    @staticmethod
    def joined(a: list | None, b: list | None) -> list | None:
        """From the first place that either needs to the last."""
        if a is None or b is None or [x[0] for x in a] != [x[0] for x in b] or all(x[0] is None for x in a):
            return None
        return [(x[0], min(x[1], y[1]), max(x[2], y[2])) for x, y in zip(a, b, strict=True)]

    def figures(self) -> dict[str, int]:
        every = [self.needs(tile) for tile in self.tiles]
        live, kept, halo, whole = [0] * len(self.steps), 0, 0, []
        makers = {node.results[0]: at for at, node in enumerate(self.steps)}
        for root in {*makers, *self.readers}:
            if root not in self.readers:
                continue
            parts = [needs[root] for needs in every]
            if parts[0] is None:
                whole.append(root)
                continue
            most, once, again, stays = self.extents(root, parts)
            stays = stays if self.keeps else 0
            kept += stays
            if root in makers:
                for at in range(makers[root], self.readers[root][-1] + 1):
                    live[at] += most - stays
            elif not self.keeps:
                halo += again - once
        moved = self.replay.read(self.steps)
        operands = [moved[root] for root in whole]
        buffer = max(live) + kept
        held = self.held(operands, self.capacity - buffer)
        return {"count": len(self.tiles), "buffer_bytes": buffer + held, "held_bytes": held, "halo_again_bytes": halo,
                "operands_again_bytes": (sum(operands) - held) * (len(self.tiles) - 1)}

    def held(self, operands: list[int], room: int) -> int:
        """The most that operands fill of the room; of many, what the program found if some of them are that much."""
        possible = {total for total in self.sums(operands) if total <= room}
        if len(operands) > FEW and self.told["held_bytes"] in possible:
            return self.told["held_bytes"]
        return max(possible, default=0)

    def extents(self, root: str, parts: list) -> tuple[int, int, int, int]:
        """Bytes of the largest tile, of all tiles each place once, tile by tile, and that two that follow each other
        share at most."""
        dims = [dim for dim, _, _ in parts[0] if dim is not None]
        sizes = self.sizes(root)
        rest = math.prod(size for dim, size in enumerate(sizes) if dim not in dims)
        seen = numpy.zeros([sizes[dim] for dim in dims], bool)
        counts, shared, before = [], [0], None
        for part in parts:
            box = tuple(slice(low, high) for dim, low, high in part if dim is not None)
            now = numpy.zeros_like(seen)
            now[box] = True
            counts.append(int(now.sum()))
            if before is not None:
                shared.append(int((now & before).sum()))
            seen |= now
            before = now
        places = (max(counts), int(seen.sum()), sum(counts), max(shared))
        return tuple(self.replay.stored(root, count * rest) for count in places)

    @staticmethod
    def sums(sizes) -> set[int]:
        found = {0}
        for size in sizes:
            found |= {total + size for total in found}
        return found

