"""Counts of three models of the zoo by fvcore and by torch, for tests/data/crosscheck/references.json.

Run with the Python of ./dev setup capture; it writes to standard output.
"""

import json
import logging
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "zoo"))
from fvcore.nn import FlopCountAnalysis  # noqa: E402
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402
from zoo_models import torchvision  # noqa: E402  with what it lacks beside a CPU build of torch

MODELS = ["resnet18", "mobilenet_v2", "vit_b_16"]


def fvcore_counts(model, x):
    counts = FlopCountAnalysis(model, x).unsupported_ops_warnings(False)
    return {
        "tool": "fvcore",
        "version": "0.1.5.post20221221",
        "total": int(counts.total()),
        "by_operator": {name: int(count) for name, count in counts.by_operator().items()},
        "by_module": {path: int(count) for path, count in counts.by_module().items()},
        "unsupported": {name: int(count) for name, count in counts.unsupported_ops().items()},
    }


def torch_counts(model, x):
    counter = FlopCounterMode(display=False, depth=100)
    with counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        model.to("meta")(x.to("meta"))
    root = type(model).__name__
    by_module = {}
    for name, counts in counter.get_flop_counts().items():
        if name != root:  # the same as "Global"
            by_module["" if name == "Global" else name.removeprefix(root + ".")] = sum(counts.values())
    totals = counter.get_flop_counts()["Global"]
    return {
        "tool": "torch",
        "version": torch.__version__.partition("+")[0],
        "total": counter.get_total_flops(),
        "by_operator": {str(name): count for name, count in totals.items()},
        "by_module": by_module,
        "unsupported": {},
    }


def main():
    logging.disable(logging.WARNING)
    torch.backends.mha.set_fastpath_enabled(False)
    models = {}
    for name in MODELS:
        model = torchvision.models.get_model(name, weights=None).eval()
        x = torch.zeros(1, 3, 224, 224)
        models[name] = {"references": [fvcore_counts(model, x), torch_counts(model, x)]}
    json.dump({"models": models}, sys.stdout, indent=0, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
