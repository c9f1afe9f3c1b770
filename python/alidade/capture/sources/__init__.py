"""Where models come from: a prefix and a name, a Python file and a name in it, or a file that is a model already."""

import importlib
import pathlib

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.sources.source import Source

KINDS = {"torchvision": "Torchvision", "timm": "Timm", "hf": "HuggingFace", "ultralytics": "Ultralytics",
         "keras": "Keras"}
FILES = (".pt2", ".pt", ".pth", ".ts", ".onnx", ".mlir", ".mlirbc", ".stablehlo")
WAYS = ("say torchvision:NAME, timm:NAME, hf:NAME, ultralytics:NAME, keras:NAME, file.py:NAME, or a .pt2, .pt, .onnx, "
        ".mlir or .mlirbc file")


def resolve(text: str) -> Source:
    """The source that `text` names; nothing is built, and no package imported."""
    kind, colon, model = text.partition(":")
    if kind in KINDS and model:
        return of_kind(kind, KINDS[kind], model)
    file, colon, name = text.rpartition(":")
    if colon and file.endswith(".py"):
        return of_kind("python_file", "PythonFile", text)
    if text.endswith(".py"):
        raise CaptureError("a Python file needs the name of the model in it", text, f"say {text}:MyModel")
    if pathlib.Path(text).suffix in FILES:
        return of_kind("archive_file", "ArchiveFile", text)
    if kind in ("flax", "jax"):
        raise CaptureError(f"{kind} has no models by name", text, "say file.py:NAME, with a module or a function in it")
    if colon and kind not in KINDS:
        raise CaptureError(f'there is no source "{kind}"{did_you_mean(kind, KINDS)}', text, WAYS)
    raise CaptureError("this names no model that can be captured", text, WAYS)


def of_kind(module: str, name: str, model: str) -> Source:
    return getattr(importlib.import_module(f"alidade.capture.sources.{module}"), name)(model)
