#!/usr/bin/env python3
"""Exports every torchvision model (or those named) into a folder, JSON only, for a stress run of the dynamo frontend.

Usage: export_all.py FOLDER [--core] [NAME...]      (--core: run_decompositions() first)
"""

import logging
import pathlib
import sys
import time
import warnings

import make_cases
import torch
import zoo_models

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
VIDEO = ("mc3", "r3d", "r2plus1d", "s3d", "mvit", "swin3d")
BACKBONES = ("deeplab", "fcn", "lraspp", "fcos", "retina", "ssd")
SIDES = {"inception_v3": 299}


def inputs(name: str) -> tuple:
    if name.startswith(("raft",)):
        return torch.zeros(1, 3, 128, 128), torch.zeros(1, 3, 128, 128)
    if name.startswith(VIDEO):
        return (torch.zeros(1, 3, 16, 224, 224),)
    if name.startswith(("fasterrcnn", "maskrcnn", "keypointrcnn", "retinanet", "ssd", "fcos")):
        return ([torch.zeros(3, 320, 320)],)
    side = SIDES.get(name, 224)
    return (torch.zeros(1, 3, side, side),)


def built(name: str, options: dict) -> torch.nn.Module:
    """On the meta device at once, or moved there where building looks into tensors (RegNet)."""
    get = zoo_models.torchvision.models.get_model
    try:
        with torch.device("meta"):
            return get(name, weights=None, **options).eval()
    except NotImplementedError:
        return get(name, weights=None, **options).eval().to("meta")


def main() -> None:
    arguments = [a for a in sys.argv[1:] if a != "--core"]
    folder, wanted = pathlib.Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    torch.backends.mha.set_fastpath_enabled(False)
    models = zoo_models.torchvision.models
    for name in wanted or models.list_models():
        started = time.time()
        options = {"weights_backbone": None} if "rcnn" in name or name.startswith(BACKBONES) else {}
        try:
            model = built(name, options)
            given = tuple([t.to("meta") for t in i] if isinstance(i, list) else i.to("meta") for i in inputs(name))
            program = torch.export.export(model, given, strict=False)
            program = program.run_decompositions() if "--core" in sys.argv else program
            (folder / f"{name}.pt2").write_bytes(make_cases.json_only(make_cases.saved(program), name))
            print(f"{name}: {time.time() - started:.1f} s", flush=True)
        except Exception as reason:
            first = str(reason).splitlines()[0] if str(reason) else ""
            print(f"{name}: {type(reason).__name__}: {first}"[:200], flush=True)


if __name__ == "__main__":
    main()
