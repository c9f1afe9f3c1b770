#!/usr/bin/env python3
"""Writes tests/data/memory/training/: training steps, and the most bytes that live storages hold in PyTorch's own.

As peaks.py, whose models these are, for forward and backward of one step on a CPU: gradients count, parameters and
buffers do not. The models are in training mode, without dropout, which draws other operators on every device.

Usage: training_peaks.py [NAME...]      (all of MODELS when none is named)
"""

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


def peak(name: str) -> int:
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
    args, kwargs = built.tensors()
    with peaks.Live(peaks.stored_of(built.model)) as live:
        live.add((args, kwargs), "inputs")
        built.model(*args, **kwargs).backward()
    print(name, live.peak, live.at, file=sys.__stdout__, flush=True)
    return live.peak


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / "peaks.json"
    known = json.loads(file.read_text())["models"] if file.exists() else {}
    how = "most bytes of live storages after any operator, CPU, forward and backward; weights left out, inputs counted"
    for name in sys.argv[1:] or MODELS:
        with quiet_libraries():
            known[name] = peak(name)
        told = {"how": how, "torch": torch.__version__.split("+")[0],
                "models": {each: known[each] for each in MODELS if each in known}}
        file.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
