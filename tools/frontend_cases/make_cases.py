#!/usr/bin/env python3
"""Writes tests/frontends/data: models as TorchScript, .pt2, ONNX and StableHLO, without weights, and what torch counts.

Usage: make_cases.py [ROUTE...] [NAME...]      (all of them when none is named; StableHLO needs ./dev setup jax)
"""

import io
import json
import pathlib
import re
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests/frontends/data"
sys.path.insert(0, str(ROOT / "python"))

from alidade.capture.build import build  # noqa: E402
from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.reference import contractions  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import capture  # noqa: E402

ROUTES = {"trace": ".pt", "nonstrict": ".pt2", "onnx": ".onnx", "jax": ".mlirbc"}
DATE = (1980, 1, 1, 0, 0, 0)
IMAGE = ("1,3,64,64",)
IDS = ("input_ids=1,16:int64",)
PAIR = (*IDS, "attention_mask=1,16:int64")
TWO = (*IDS, "decoder_input_ids=1,12:int64")

# name: (family, source, input shapes)
CASES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "resnet18": ("cnn", "torchvision:resnet18", IMAGE),
    "vgg11": ("cnn", "torchvision:vgg11", IMAGE),
    "mobilenet_v3_small": ("cnn", "torchvision:mobilenet_v3_small", IMAGE),
    "efficientnet_b0": ("cnn", "torchvision:efficientnet_b0", IMAGE),
    "shufflenet_v2_x0_5": ("cnn", "torchvision:shufflenet_v2_x0_5", IMAGE),
    "squeezenet1_1": ("cnn", "torchvision:squeezenet1_1", IMAGE),
    "mnasnet0_5": ("cnn", "torchvision:mnasnet0_5", IMAGE),
    "regnet_y_400mf": ("cnn", "torchvision:regnet_y_400mf", IMAGE),
    "convnext_atto": ("cnn", "timm:convnext_atto", IMAGE),
    "r3d_18": ("video", "torchvision:r3d_18", ("1,3,4,32,32",)),
    "vit_tiny": ("transformer", "timm:vit_tiny_patch16_224", ("1,3,224,224",)),
    "swin_t": ("transformer", "torchvision:swin_t", IMAGE),
    "mixer_s32": ("transformer", "timm:mixer_s32_224", ("1,3,224,224",)),
    "pvt_v2_b0": ("transformer", "timm:pvt_v2_b0", IMAGE),
    "mobilevit_xxs": ("transformer", "timm:mobilevit_xxs", IMAGE),
    "bert": ("transformer", "nets.py:bert", (*PAIR, "token_type_ids=1,16:int64")),
    "albert": ("transformer", "nets.py:albert", PAIR),
    "electra": ("transformer", "nets.py:electra", PAIR),
    "t5": ("transformer", "nets.py:t5", TWO),
    "bart": ("transformer", "nets.py:bart", TWO),
    "clip": ("transformer", "nets.py:clip", ("input_ids=1,16:int64", "pixel_values=1,3,64,64",
                                             "attention_mask=1,16:int64")),
    "llama": ("decoder", "nets.py:llama", PAIR),
    "qwen2": ("decoder", "nets.py:qwen2", IDS),
    "gemma": ("decoder", "nets.py:gemma", IDS),
    "phi": ("decoder", "nets.py:phi", IDS),
    "gpt2": ("decoder", "nets.py:gpt2", PAIR),
    "opt": ("decoder", "nets.py:opt", PAIR),
    "detr": ("detector", "nets.py:detr", ("pixel_values=1,3,96,128", "pixel_mask=1,96,128:int64")),
    "yolos": ("detector", "nets.py:yolos", ("pixel_values=1,3,96,128",)),
    "retinanet": ("detector", "nets.py:OneStage", ("1,3,128,128",)),
    "unet": ("segmentation", "nets.py:UNet", IMAGE),
    "segformer": ("segmentation", "nets.py:segformer", ("pixel_values=1,3,64,64",)),
    "lraspp": ("segmentation", "torchvision:lraspp_mobilenet_v3_large", IMAGE),
    "deeplabv3": ("segmentation", "torchvision:deeplabv3_mobilenet_v3_large", IMAGE),
    "whisper": ("audio", "nets.py:whisper", ("input_features=1,20,100", "decoder_input_ids=1,12:int64")),
    "wav2vec2": ("audio", "nets.py:wav2vec2", ("input_values=1,4000",)),
    "keyword_spotter": ("audio", "nets.py:KeywordSpotter", ("1,1,49,10",)),
    "vocoder": ("audio", "nets.py:Vocoder", ("1,40,32",)),
    "speech_to_text": ("recurrent", "nets.py:SpeechToText", ("1,1,80,64",)),
    "tagger": ("recurrent", "nets.py:Tagger", ("words=2,12:int64",)),
    "forecaster": ("recurrent", "nets.py:Forecaster", ("24,2,8",)),
}


def portable(name: str, text: bytes) -> bytes:
    """Without the folders of this machine in the stack traces."""
    if not name.endswith((".json", ".py")):
        return text
    return re.sub(rb'[^" ]*/site-packages/', b"/venv/site-packages/", text.replace(f"{ROOT}/".encode(), b""))


def deflated(archive: bytes) -> bytes:
    """The same zip, every entry deflated and dated alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if not name.endswith((".debug_pkl", "/.data/serialization_id")):
                entry = zipfile.ZipInfo(name, DATE)
                new.writestr(entry, portable(name, old.read(name)), zipfile.ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def captured(name: str, source: str, shapes: tuple[str, ...], route: str) -> bytes:
    made = capture(resolve(source), Request(shapes=shapes, via=route), lambda line: None)
    with tempfile.TemporaryDirectory() as folder:
        path = made.write(pathlib.Path(folder) / f"{name}{ROUTES[route]}")
        return path.read_bytes() if route in ("onnx", "jax") else deflated(path.read_bytes())


def located(source: str) -> str:
    return source.replace("nets.py", str(HERE / "nets.py"))


def reference(family: str, source: str, shapes: tuple[str, ...]) -> dict:
    """What torch says: parameters, a shared one once, and multiply-accumulates by operator."""
    built = build(resolve(located(source)), Request(shapes=shapes), "cpu")
    counts = contractions(built)
    return {"family": family, "source": source, "inputs": [spec.as_json() for spec in built.inputs.specs()],
            "parameters": sum(p.numel() for p in built.model.parameters()),
            "buffers": sum(b.numel() for b in built.model.buffers()),
            "macs": sum(counts.values()), "macs_by_operator": counts}


def make(name: str, routes: list[str]) -> dict:
    family, source, shapes = CASES[name]
    sizes, failures = {}, {}
    for route in routes:
        suffix = ROUTES[route]
        try:
            data = captured(name, located(source), shapes, route)
            (OUT / f"{name}{suffix}").write_bytes(data)
            sizes[suffix] = len(data)
        except Exception as reason:
            failures[suffix] = str(reason)[:300]
    told = {**reference(family, source, shapes)}
    if failures:
        told["failures"] = failures
    print(name, sizes, failures, told["macs"], file=sys.__stdout__, flush=True)
    return told


def main() -> None:
    import torch
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / "reference.json"
    known = json.loads(path.read_text())["models"] if path.exists() else {}
    routes = [word for word in sys.argv[1:] if word in ROUTES] or list(ROUTES)
    for name in [word for word in sys.argv[1:] if word not in ROUTES] or CASES:
        started = time.monotonic()
        with quiet_libraries():
            known[name] = make(name, routes)
        print(f"  {time.monotonic() - started:.1f} s", flush=True)
    how = "macs: half of FlopCounterMode's sum, math attention; parameters: nn.Module.parameters(), a shared one once"
    models = {name: known[name] for name in CASES if name in known}
    told = {"how": how, "torch": torch.__version__.split("+")[0], "models": models}
    path.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
