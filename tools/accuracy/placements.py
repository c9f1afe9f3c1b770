"""Scores placement: the share of a network's layers that the program puts on an NPU beside what was measured."""

import collections
import dataclasses
import json

from program import chunks
from qualcomm import Layers, graph_of
from rows import UnreadableRow, UnreadableSet
from scores import mean

MODELS_A_CALL = 10
# Runtimes' graphs have these inside of the layer before them.
FOLDED = {"aten::batch_norm": ("conv",), "aten::relu": ("conv", "batch_norm", "add", "linear")}
ALWAYS = {"aten::batch_norm"}  # others where numbers are quantised: bounds of an output are bounds of its numbers
NO_LAYERS = {"aten::dropout", "aten::identity", "aten::detach", "aten::alias", "aten::contiguous", "aten::clone"}


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A row, and the share of layers that the program puts on the NPU."""

    row: Layers
    share: float

    @property
    def off(self):
        return abs(self.share - self.row.share)

    @property
    def baseline(self):
        """With everything on the NPU."""
        return 1 - self.row.share


class PlacementScorer:
    """Rows of a file of layers, placed; those that no graph is at hand for are `lost`, by reason."""

    def __init__(self, program, graphs):
        self.program, self.graphs = program, graphs
        self.placed, self.elsewhere = [], []
        self.lost = collections.Counter()

    def add(self, rows):
        files, wanted = {}, collections.defaultdict(dict)
        known = []
        for row in rows:
            if row.kind == "elsewhere":
                self.elsewhere.append(row)
                continue
            try:
                if row.model not in files:
                    files[row.model] = graph_of(row.model, self.graphs, self.program.folder)
            except (UnreadableRow, UnreadableSet) as why:
                self.lost[str(why)] += 1
                continue
            known.append(row)
            wanted[row.target, row.numbers][row.model] = files[row.model]
        shares = {key: self._shares(models, *key) for key, models in wanted.items()}
        for row in known:
            share = shares[row.target, row.numbers].get(row.model)
            if share is None:
                self.lost[f"the program does not place {row.model}"] += 1
            else:
                self.placed.append(Placed(row, share))

    def _shares(self, models, target, numbers):
        out = {}
        for some in chunks(list(models.items()), MODELS_A_CALL):
            for (model, _), answer in zip(some, self._place([file for _, file in some], target, numbers), strict=True):
                if answer is not None:
                    out[model] = share_of(answer["operators"], numbers != "f16")
        return out

    def _place(self, files, target, numbers):
        """What the program says of each file; nothing where it cannot place it."""
        links = []
        for i, file in enumerate(files):
            links.append(self.program.folder / f"placed{self.program.calls}_{i}{file.suffix}")
            links[-1].symlink_to(file.resolve())
        self.program.calls += 1
        text = self.program.said(["--quiet", "place", *map(str, links), "--target", target, "--dtype", numbers,
                                  "--set", "placement.min_operator_percentage_threshold=0", "--batch", "1",
                                  "--format", "json"])
        answers = {one["model"].partition("-")[0]: one for one in json.loads(text or "[]")}
        return [answers.get(link.stem) for link in links]


def share_of(operators, quantised):
    """Of the layers of a runtime's graph. One that the NPU does not run has, in a quantised model, a layer beside it
    that turns numbers into those of the processor: two for one."""
    on, off, before = 0, 0, ""
    for one in operators:
        name = one["framework_op"]
        if name in NO_LAYERS:
            continue
        inside = any(word in before for word in FOLDED.get(name, ())) and (quantised or name in ALWAYS)
        before = name
        if one["verdict"] == "unsupported":
            off += 2 if quantised else 1
        elif not inside:
            on += 1
    return on / (on + off) if on + off > 0 else 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Summary:
    """Of some rows: the split ones, with the mean error of their shares and of the baseline, and the whole ones, with
    those of them that are called split."""

    split: int
    error: float | None
    baseline: float | None
    whole: int
    called_split: int

    @property
    def halved(self):
        return self.error is not None and self.error <= self.baseline / 2

    @property
    def few_called_split(self):
        return self.called_split <= MOST_CALLED_SPLIT * self.whole


MOST_CALLED_SPLIT = 0.02


def summary_of(placed):
    split = [one for one in placed if one.row.kind == "split"]
    whole = [one for one in placed if one.row.kind == "whole"]
    return Summary(len(split), mean([one.off for one in split]) if split else None,
                   mean([one.baseline for one in split]) if split else None, len(whole),
                   sum(one.share < 1 for one in whole))
