#!/usr/bin/env python3
"""What the calls of make_files.py make of other input shapes, as torch says on meta tensors: resized.py FOLDER.

FOLDER/NAME/resized.json lists, for each file with fixed sizes, up to three other sets of input shapes and the shapes
that come out: another first size, another last size, and every size exchanged for another one wherever it stands. What
torch does not take is left out, and so is what its meta tensors cannot say.
"""

import argparse
import contextlib
import copy
import json
import logging
import pathlib
import signal
import sys
import warnings
from collections.abc import Iterator

SECONDS = 20  # of one call
KINDS = ("plain", "complex", "eval")


def other(size: int) -> int:
    return size + 2


def first_sizes(shapes: list[list[int]]) -> list[list[int]]:
    """Of every input that shares the first one's: a batch."""
    leading = next((shape[0] for shape in shapes if shape), None)
    return [[other(leading), *shape[1:]] if shape and shape[0] == leading else shape for shape in shapes]


def last_sizes(shapes: list[list[int]]) -> list[list[int]]:
    trailing = next((shape[-1] for shape in shapes if shape), None)
    return [[*shape[:-1], other(trailing)] if shape and shape[-1] == trailing else shape for shape in shapes]


def every_size(shapes: list[list[int]]) -> list[list[int]]:
    return [[other(size) if size > 1 else size for size in shape] for shape in shapes]


def trials(shapes: list[list[int]]) -> Iterator[list[list[int]]]:
    seen = [shapes]
    for change in (first_sizes, last_sizes, every_size):
        if (changed := change(shapes)) not in seen:
            seen.append(changed)
            yield changed


def on_meta(call):
    """A module with its parameters there; what is no module has none."""
    import torch
    return copy.deepcopy(call).to("meta") if isinstance(call, torch.nn.Module) else call


def made(sample, shapes: list[list[int]]) -> list[list[int]]:
    import torch
    from exported import tensors_of
    from torch.utils._pytree import tree_map_only
    left = iter(shapes)

    def resized(tensor):
        return torch.empty(next(left), dtype=tensor.dtype, device="meta")

    args, kwargs = tree_map_only(torch.Tensor, resized, (sample.args, sample.kwargs))
    with torch.no_grad():
        return [list(tensor.shape) for tensor in tensors_of(on_meta(sample.call)(*args, **kwargs))]


def of_operator(name: str, taken: dict[str, dict]) -> Iterator[dict]:
    import database
    import torch
    from torch.utils._pytree import tree_leaves
    for sample in database.samples(name):
        if sample.name.split("/")[1] not in KINDS or "refused" in taken.get(sample.name, {"refused": ""}):
            continue
        leaves = tree_leaves((sample.args, sample.kwargs))
        before = [list(leaf.shape) for leaf in leaves if isinstance(leaf, torch.Tensor)]
        for inputs in trials(before):
            signal.alarm(SECONDS)
            try:
                shapes = made(sample, inputs)
            except Exception:  # torch does not take it
                continue
            finally:
                signal.alarm(0)
            yield {"name": sample.name, "inputs": inputs, "shapes": shapes}


def listed(every: Iterator[dict]) -> list[dict]:
    """Making samples may fail, too: what there is until then."""
    found = []
    with contextlib.suppress(Exception):
        found.extend(every)
    return found


def too_long(*_) -> None:
    raise TimeoutError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="", help="operators whose name has this text")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    signal.signal(signal.SIGALRM, too_long)
    for facts in sorted(options.folder.glob("*/facts.json")):
        name, told = facts.parent.name, facts.parent / "resized.json"
        if options.only in name and not told.exists():
            told.write_text(json.dumps(listed(of_operator(name, json.loads(facts.read_text()))), indent=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
