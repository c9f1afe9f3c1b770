#!/usr/bin/env python3
"""Writes tests/data/zoo/reference.json: what PyTorch's own counters say of each zoo model, at stated input sizes."""

import copy
import json
import logging
import math
import pathlib
import warnings

import fvcore.nn
import torch
import zoo_models
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/zoo/reference.json"
HOW = ("params: sum over nn.Module.parameters(), a shared one once; params_folded: the same with batch norms inside "
       "the convolutions. torch_flops: FlopCounterMode, math attention, nn.MultiheadAttention's fast path off, meta "
       "tensors where the model allows; macs is half their sum. fvcore: FlopCountAnalysis on real tensors, by operator "
       "class; null where it fails, with the reason.")
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


class Tensors(nn.Module):
    """The model with its first output alone: tracing accepts tensors, not the structures that models return."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, *inputs):
        result = self.model(*inputs)
        while not torch.is_tensor(result):
            result = next(iter(result.values() if isinstance(result, dict) else result))
        return result


def torch_flops(model: nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, int]:
    # transformers looks into the mask, and a meta tensor has no values; the counts depend on shapes alone.
    device = "cpu" if "attention_mask" in inputs else "meta"
    inputs = {name: value.to(device) for name, value in inputs.items()}
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        copy.deepcopy(model).to(device)(**inputs)
    return {str(operator): int(count) for operator, count in sorted(
        counter.get_flop_counts()["Global"].items(), key=lambda item: str(item[0]))}


def fvcore_counts(model: nn.Module, inputs: dict[str, torch.Tensor]) -> dict:
    """The counts by operator class, or why there are none."""
    try:
        with torch.no_grad():
            counted = fvcore.nn.FlopCountAnalysis(Tensors(model), tuple(inputs.values()))
            by_operator = {name: int(count) for name, count in sorted(counted.by_operator().items())}
    except Exception as reason:
        return {"fvcore": None, "fvcore_reason": f"{type(reason).__name__}: {reason}".splitlines()[0]}
    return {"fvcore": by_operator, "fvcore_total": sum(by_operator.values())}


def at_point(entry: zoo_models.Entry, model: nn.Module, point: dict[str, int]) -> dict:
    inputs = entry.inputs(**point)
    flops = torch_flops(model, inputs)
    shapes = {name: list(value.shape) for name, value in inputs.items()}
    return {"bind": point, "inputs": shapes, "macs": sum(flops.values()) // 2, "torch_flops": flops,
            **fvcore_counts(model, inputs)}


def elements(tensors) -> int:
    return sum(math.prod(tensor.shape) for tensor in tensors)


def folded(model: nn.Module) -> int:
    """Parameters once every batch norm has gone into the convolution before it: its gamma vanishes, its beta stays."""
    return elements(model.parameters()) - elements(
        module.weight for module in model.modules() if isinstance(module, nn.BatchNorm2d))


def reference(name: str) -> dict:
    entry, model = zoo_models.ZOO[name], zoo_models.built(name)
    return {"source": entry.source, "params": elements(model.parameters()), "buffers": elements(model.buffers()),
            "params_folded": folded(model),
            "points": [at_point(entry, model, point) for point in entry.points]}


def main() -> None:
    libraries = (torch, zoo_models.torchvision, zoo_models.transformers, fvcore)
    versions = {library.__name__: library.__version__.split("+")[0] for library in libraries}
    models = {name: reference(name) for name in zoo_models.ZOO}
    OUT.write_text(json.dumps({"how": HOW, "versions": versions, "models": models}, indent=1) + "\n")


if __name__ == "__main__":
    main()
