"""profile_model: from a model in Python to the native program's numbers, in one call."""

import pathlib
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from alidade.native import profile, profile_json

Shape = Sequence[int]


def profile_model(model: Any, input_shape: Shape | Sequence[Shape] | Mapping[str, Shape] | None = None,
                  model_name: str = "", show_shapes: bool = False, *, bind: Mapping[str, int] | None = None,
                  convention: str = "flops", via: str = "", show: bool = True) -> dict:
    """Captures `model`, prints its table and returns the parsed result.

    `model` is an nn.Module, an ExportedProgram, the path of a model file, or a source such as "torchvision:resnet18".
    """
    with tempfile.TemporaryDirectory() as folder:
        file = as_file(model, shape_texts(input_shape), model_name, via, pathlib.Path(folder))
        options = ["--convention", convention]
        for name, size in (bind or {}).items():
            options += ["--bind", f"{name}={size}"]
        if show:
            print(profile(file, *options, *(["--showshape"] if show_shapes else [])), end="")
        return profile_json(file, *options)


def shape_texts(shape) -> tuple[str, ...]:
    """One shape, several, or several by name, as the command line has them."""
    if shape is None:
        return ()
    if isinstance(shape, Mapping):
        return tuple(f"{name}={text_of(sizes)}" for name, sizes in shape.items())
    return (text_of(shape),) if all(isinstance(size, int) for size in shape) else tuple(map(text_of, shape))


def text_of(shape: Shape) -> str:
    return ",".join(map(str, shape))


def as_file(model: Any, shapes: tuple[str, ...], name: str, via: str, folder: pathlib.Path) -> pathlib.Path:
    import torch

    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.request import Request
    from alidade.capture.sources import resolve
    from alidade.capture.sources.archive_file import ArchiveFile
    from alidade.capture.sources.live import LiveModule
    from alidade.capture.strategy import capture
    if isinstance(model, torch.export.ExportedProgram):
        return written(model, name or "model", folder)
    source = LiveModule(model, name) if isinstance(model, torch.nn.Module) else resolve(str(model))
    if isinstance(source, ArchiveFile):
        return source.path
    with quiet_libraries():
        made = capture(source, Request(shapes=shapes, via=via), lambda line: None)
        return made.write(folder / f"{name or source.title}{made.captured.suffix}")


def written(program, name: str, folder: pathlib.Path) -> pathlib.Path:
    from alidade.capture.archive import SCHEMA, graph_only
    path = folder / f"{name}.pt2"
    path.write_bytes(graph_only(program, name, {"schema": SCHEMA}))
    return path
