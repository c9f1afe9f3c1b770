"""Shapes as Python has them, as the command line has them: (1, 3, 8, 8) is "1,3,8,8", {"x": [a, b]} is x.0 and x.1."""

from collections.abc import Mapping
from typing import Any

from alidade.capture.faults import CaptureError


def shape_texts(given: Any) -> tuple[str, ...]:
    """One shape, several in order, or several by name; a shape may be a text with a dtype, "1,128:int64"."""
    if given is None:
        return ()
    if isinstance(given, str) or is_shape(given):
        return (text_of(given),)
    if isinstance(given, list | tuple) and all(isinstance(one, str) or is_shape(one) for one in given):
        return tuple(text_of(one) for one in given)
    return tuple(texts_below("", given))


def texts_below(path: str, given: Any) -> list[str]:
    if isinstance(given, str) or is_shape(given):
        return [f"{path}={text_of(given)}"]
    if isinstance(given, Mapping):
        parts = given.items()
    elif isinstance(given, list | tuple):
        parts = enumerate(given)
    else:
        raise CaptureError(f"{given!r} is no shape", "input_shape",
                           'write (1, 3, 224, 224) or "1,128:int64", a list of such, or a dict by name')
    return [text for name, part in parts for text in texts_below(f"{path}.{name}" if path else str(name), part)]


def is_shape(given: Any) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(size, int) for size in given)


def text_of(shape: Any) -> str:
    return shape if isinstance(shape, str) else ",".join(map(str, shape)) or ":float32"
