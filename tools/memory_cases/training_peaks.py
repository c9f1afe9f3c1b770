#!/usr/bin/env python3
"""Writes tests/data/memory/training/: training steps, and the most bytes that live storages hold in PyTorch's own.

As peaks.py, whose models these are, for forward and backward of one step on a CPU: gradients count, parameters and
buffers do not. `steps` are whole steps, the update by an optimizer with them, and all that is stored counts; `kept` is
what autograd saves; `checkpointed` has every block of a model run again; `accumulated` adds to gradients that are
there. The models are in training mode, without dropout, which draws other operators on every device.

Usage: training_peaks.py [NAME...]      (all of MODELS when none is named)
"""

import contextlib
import functools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import peaks  # noqa: E402 (finds the package, too)
import torch  # noqa: E402
from alidade.capture import routes  # noqa: E402
from alidade.capture.archive import graph_only  # noqa: E402
from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import Attempt  # noqa: E402

OUT = peaks.ROOT / "tests/data/memory/training"
MODELS = ("resnet18", "mobilenet_v3_small", "efficientnet_b0", "regnet_y_400mf", "convnext_atto", "vit_tiny",
          "mixer_s32", "pvt_v2_b0", "bert", "gpt2", "llama", "segformer", "r3d_18")

OPTIMIZERS = {"sgd": functools.partial(torch.optim.SGD, lr=1e-3),
              "momentum": functools.partial(torch.optim.SGD, lr=1e-3, momentum=0.9),
              "adam": functools.partial(torch.optim.Adam, lr=1e-3),
              "adamw": functools.partial(torch.optim.AdamW, lr=1e-3)}
BLOCKS = {"resnet18": "layer?.?", "vit_tiny": "blocks.?|blocks.1?", "mixer_s32": "blocks.?",
          "convnext_atto": "stages.*.blocks.?", "mobilenet_v3_small": "features.?|features.1?", "bert": "*.layer.?"}


def peak(name: str) -> dict:
    _, source, shapes = peaks.CASES[name]
    request = Request(shapes=shapes, batch=2, train=True, train_step=True, loss="mean", optimizer="adamw")
    attempt = Attempt(resolve(peaks.located(source)), request, lambda line: None)
    built = attempt.built("cpu")
    for module in built.model.modules():
        if "drop" in type(module).__name__.lower():
            module.eval()
    program = routes.take("nonstrict", built, request).programs()[0]
    record = {"train_step": {"loss": built.loss, "optimizer": request.optimizer}}
    (OUT / f"{name}.pt2").write_bytes(graph_only(program, name, record))
    model, given = built.model, built.tensors()
    found = {"passes": passes_peak(model, given), "kept": kept(model, given),
             "steps": {rule: step_peak(model, given, make) for rule, make in OPTIMIZERS.items()},
             "accumulated": accumulated_peak(model, given)}
    if name in BLOCKS:
        with run_again(model, BLOCKS[name]):
            found["checkpointed"] = passes_peak(model, given)
    print(name, found, file=sys.__stdout__, flush=True)
    return found


def passes_peak(model, given) -> int:
    model.zero_grad()
    with peaks.Live(peaks.stored_of(model)) as live:
        live.add(given, "inputs")
        model(*given[0], **given[1]).backward()
    return live.peak


def accumulated_peak(model, given) -> int:
    """Of a pass that finds gradients of another one."""
    model.zero_grad()
    model(*given[0], **given[1]).backward()
    with peaks.Live(peaks.stored_of(model)) as live:
        live.add((given, [parameter.grad for parameter in model.parameters()]), "inputs")
        model(*given[0], **given[1]).backward()
    return live.peak


def step_peak(model, given, make) -> int:
    """Of the second step, when the optimizer has its state; parameters, buffers and state count."""
    optimizer = make([one for one in model.parameters() if one.requires_grad])
    for live in (None, peaks.Live([])):
        optimizer.zero_grad()
        with live or contextlib.nullcontext():
            if live:
                live.add((given, peaks.stored_of(model), [*optimizer.state.values()]), "held")
            model(*given[0], **given[1]).backward()
            optimizer.step()
    return live.peak


def kept(model, given) -> int:
    """What autograd saves between both passes, in storages that no parameter, buffer or input has."""
    model.zero_grad()
    beside = {peaks.storage_of(t) for t in (*peaks.stored_of(model), *peaks.pytree.tree_leaves(given))}
    saved = {}

    def save(tensor):
        saved[peaks.storage_of(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        loss = model(*given[0], **given[1])
    del loss
    return sum(size for storage, size in saved.items() if storage not in beside)


@contextlib.contextmanager
def run_again(model, patterns: str):
    """Every module whose path fits one of the patterns keeps what it is given alone."""
    from fnmatch import fnmatchcase

    from torch.utils.checkpoint import checkpoint
    found = [module for path, module in model.named_modules()
             if any(fnmatchcase(path, pattern) for pattern in patterns.split("|"))]
    for module in found:
        module.forward = functools.partial(checkpoint, module.forward, use_reentrant=False)
    yield
    for module in found:
        del module.forward


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / "peaks.json"
    known = json.loads(file.read_text())["models"] if file.exists() else {}
    how = "most bytes of live storages after any operator, CPU; weights left out but in steps, inputs counted"
    for name in sys.argv[1:] or MODELS:
        with quiet_libraries():
            known[name] = peak(name)
        told = {"how": how, "blocks": BLOCKS, "torch": torch.__version__.split("+")[0],
                "models": {each: known[each] for each in MODELS if each in known}}
        file.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
