"""profile_model: from a model in Python to the native program's numbers, in one call."""

import dataclasses
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.request import ROUTES, Request
from alidade.capture.torchvision_ops import prepare
from alidade.native import profile, profile_json, symbols
from alidade.shapes import shape_texts

prepare()  # whoever imports torchvision, timm or transformers after this can do so beside a CPU build of torch


def profile_model(model: Any, input_shape: Any = None, model_name: str = "", show_shapes: bool = False, *,
                  inputs: Any = None, dynamic: str = "", bind: Mapping[str, int] | None = None,
                  convention: str = "flops", via: str = "", show: bool = True) -> dict:
    """Captures `model`, prints its table and returns the parsed result.

    `model` is an nn.Module, an ExportedProgram, the path of a model file, or a source such as "torchvision:resnet18".
    `input_shape` is one shape, several, or several by name; `inputs` are values: one, a tuple, or a dict by name.
    """
    from alidade.capture.containers import forget
    asked = Asked(shape_texts(input_shape), sizes(bind), Request(example=inputs, dynamic=dynamic, via=checked(via)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            file, options = as_file(model, asked, model_name, pathlib.Path(folder))
            options = ["--convention", convention, *options]
            if show:
                print(profile(file, *options, *(["--showshape"] if show_shapes else [])), end="")
            return profile_json(file, *options)
    finally:
        forget()


@dataclasses.dataclass(frozen=True)
class Asked:
    """What was asked for beside the model."""

    shapes: tuple[str, ...]
    bind: dict[str, int]
    request: Request


def sizes(bind: Mapping[str, int] | None) -> dict[str, int]:
    for name, size in (bind or {}).items():
        if type(size) is not int or size < 1:
            raise CaptureError(f'"{name}" is bound to {size!r}, which is no size', "bind", "give a whole number from 1")
    return dict(bind or {})


def checked(via: str) -> str:
    if via and via not in ROUTES:
        raise CaptureError(f'there is no route "{via}"{did_you_mean(via, ROUTES)}', "via",
                           f"the routes are {', '.join(ROUTES)}")
    return via


def as_file(model: Any, asked: Asked, name: str, folder: pathlib.Path) -> tuple[pathlib.Path, list[str]]:
    """The file that the native program reads, and the options that go with it."""
    import torch

    from alidade.capture.sources import resolve
    from alidade.capture.sources.archive_file import ArchiveFile
    from alidade.capture.sources.live import LiveModule
    if isinstance(model, type):
        raise CaptureError("this is a class, and a model was expected", model.__name__, f"make it: {model.__name__}()")
    if isinstance(model, torch.export.ExportedProgram):
        return made_before(written(model, name or "model", folder), asked)
    source = LiveModule(model, name) if isinstance(model, torch.nn.Module) else resolve(str(model))
    if isinstance(source, ArchiveFile):
        return made_before(source.path, asked)
    return captured(source, asked, name, folder)


def made_before(path: pathlib.Path, asked: Asked) -> tuple[pathlib.Path, list[str]]:
    if asked.request.example is not None or asked.request.dynamic:
        raise CaptureError("this is a captured model, whose inputs are fixed", str(path),
                           "give the model itself, or leave inputs and dynamic out")
    shapes = [word for text in asked.shapes for word in ("--input-shape", text)]
    return path, [*shapes, *bindings(path, asked.bind)]


def captured(source, asked: Asked, name: str, folder: pathlib.Path) -> tuple[pathlib.Path, list[str]]:
    """Names that stay symbolic are bound afterwards; batch and seq are sizes of the capture where they do not."""
    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.strategy import capture
    symbolic = {dimension.name for dimension in asked.request.dimensions()}
    fixed = {key: asked.bind[key] for key in ("batch", "seq") if key in asked.bind and key not in symbolic}
    request = dataclasses.replace(asked.request, shapes=asked.shapes, **fixed)
    with quiet_libraries():
        made = capture(source, request, lambda line: None)
        path = made.write(folder / f"{name or source.title}{made.captured.suffix}")
    given = {key: size for key, size in asked.bind.items() if key not in fixed}
    return path, bindings(path, {key: size for key, size in made.data_sizes.items() if size is not None} | given)


def bindings(path: pathlib.Path, bind: dict[str, int]) -> list[str]:
    known = symbols(path) if bind else []
    for name in bind:
        if name not in known:
            has = f"its symbolic dimensions are {', '.join(known)}" if known else \
                'it has no symbolic dimension; dynamic="batch=0" keeps one when a model is captured'
            raise CaptureError(f'nothing in this model is called "{name}"{did_you_mean(name, known)}', "bind", has)
    return [word for name, size in bind.items() for word in ("--bind", binding(name, size))]


def binding(name: str, size: int) -> str:
    return f'"{name}"={size}' if "," in name or "=" in name else f"{name}={size}"


def written(program, name: str, folder: pathlib.Path) -> pathlib.Path:
    from alidade.capture.archive import SCHEMA, graph_only
    path = folder / f"{name}.pt2"
    path.write_bytes(graph_only(program, name, {"schema": SCHEMA}))
    return path
