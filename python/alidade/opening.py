"""How a model comes to the host: as its file, or as the file that a capture makes of it."""

import dataclasses
import os
import pathlib
import re
import tempfile
from collections.abc import Mapping
from typing import Any

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.request import ROUTES, Request
from alidade.errors import ConfigError
from alidade.shapes import shape_texts

BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What was asked for beside the model."""

    shapes: tuple[str, ...]
    bind: dict[str, int]
    batch: int | None
    request: Request
    name: str
    frontend: str

    @classmethod
    def of(cls, inputs: Any, input_shape: Any, bind: Mapping[str, int] | None, batch: int | None, dynamic: str,
           via: str, name: str, frontend: str) -> "Wanted":
        request = Request(example=inputs, dynamic=dynamic, via=checked(via))
        return cls(shape_texts(input_shape), sizes(bind), batch, request, name, frontend)


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


def opened(host: Any, model: Any, wanted: Wanted) -> tuple[Any, Any]:
    """The native model, and the folder that goes with it."""
    if not isinstance(model, str | os.PathLike):
        return captured_here(host, model, wanted)
    word = os.fspath(model)
    if pathlib.Path(word).exists():
        return file(host, word, wanted), None
    if ":" in word:
        return captured_source(host, word, wanted)
    try:
        return file(host, word, wanted), None
    except ConfigError as error:
        if "there is no model file" not in error.what or not is_of_torchvision(word):
            raise
    return captured_source(host, f"torchvision:{word}", wanted)


def is_of_torchvision(word: str) -> bool:
    from alidade.capture.torchvision_ops import import_torchvision
    try:
        return bool(BARE.fullmatch(word)) and word in import_torchvision().models.list_models()
    except ImportError:
        return False


def file(host: Any, path: str, wanted: Wanted) -> Any:
    """A file, or the name of a model that comes with Alidade."""
    if wanted.request.example is not None or wanted.request.dynamic:
        raise CaptureError("this is a captured model, whose inputs are fixed", path,
                           "give the model itself, or leave inputs and dynamic out")
    check_names(host, path, wanted.bind, wanted.frontend)
    return host.open(path, shown=wanted.name, frontend=wanted.frontend, bind=wanted.bind,
                     input_shapes=list(wanted.shapes), batch=wanted.batch)


def check_names(host: Any, path: str, bind: dict[str, int], frontend: str = "") -> None:
    known = host.open(path, frontend=frontend).symbols if bind else []
    for name in bind:
        if name not in known:
            has = f"its symbolic dimensions are {', '.join(known)}" if known else \
                'it has no symbolic dimension; dynamic="batch=0" keeps one when a model is captured'
            raise CaptureError(f'nothing in this model is called "{name}"{did_you_mean(name, known)}', "bind", has)


def captured_here(host: Any, model: Any, wanted: Wanted) -> tuple[Any, Any]:
    """A model that is an object of torch."""
    if isinstance(model, type):
        raise CaptureError("this is a class, and a model was expected", model.__name__, f"make it: {model.__name__}()")
    import torch

    from alidade.capture.sources.live import LiveModule
    if isinstance(model, torch.export.ExportedProgram):
        folder = tempfile.TemporaryDirectory(prefix="alidade-")
        name = wanted.name or "model"
        return file(host, str(written(model, name, pathlib.Path(folder.name))), named(wanted, name)), folder
    if not isinstance(model, torch.nn.Module):
        raise CaptureError(f"a model was expected, found {type(model).__name__}", "model",
                           "give an nn.Module, an ExportedProgram, the path of a file, or a name")
    return captured(host, LiveModule(model, wanted.name), wanted)


def captured_source(host: Any, word: str, wanted: Wanted) -> tuple[Any, Any]:
    from alidade.capture.sources import resolve
    source = resolve(word)
    source.versions()  # says how to get what it needs where that is not installed
    return captured(host, source, wanted)


def named(wanted: Wanted, name: str) -> Wanted:
    return dataclasses.replace(wanted, name=wanted.name or name)


def captured(host: Any, source: Any, wanted: Wanted) -> tuple[Any, Any]:
    """Names that stay symbolic are bound afterwards; batch and seq are sizes of the capture where they do not."""
    from alidade.capture.containers import forget
    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.strategy import capture
    symbolic = {dimension.name for dimension in wanted.request.dimensions()}
    bind = wanted.bind | ({"batch": wanted.batch} if wanted.batch else {})
    fixed = {key: size for key, size in bind.items() if key in ("batch", "seq") and key not in symbolic}
    request = dataclasses.replace(wanted.request, shapes=wanted.shapes, batch=fixed.get("batch"), seq=fixed.get("seq"))
    folder = tempfile.TemporaryDirectory(prefix="alidade-")
    try:
        with quiet_libraries():
            made = capture(source, request, lambda line: None)
            title = (wanted.name or source.title).replace("/", "_")
            path = str(made.write(pathlib.Path(folder.name) / f"{title}{made.captured.suffix}"))
    finally:
        forget()
    given = {key: size for key, size in bind.items() if key not in fixed}
    bind = {key: size for key, size in made.data_sizes.items() if size is not None} | given
    check_names(host, path, bind)
    return host.open(path, shown=wanted.name or source.name, bind=bind), folder


def written(program: Any, name: str, folder: pathlib.Path) -> pathlib.Path:
    from alidade.capture.archive import SCHEMA, graph_only
    path = folder / f"{name}.pt2"
    path.write_bytes(graph_only(program, name, {"schema": SCHEMA}))
    return path
