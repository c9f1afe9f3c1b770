"""The inputs of a model as names, shapes and dtypes; tensors are made of them on the device that is wanted."""

import dataclasses
import inspect
import re
from collections.abc import Callable
from typing import Any

from alidade.capture.faults import CaptureError, did_you_mean

DTYPES = ("float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool")
# Sizes that no weight of a model has, so that no symbol is taken for a constant or for another symbol.
HINTS = {"batch": 3, "seq": 37}
SHAPE = re.compile(r"(?:([A-Za-z_]\w*)=)?(\d+(?:[,x]\d+)*)?(?::(\w+))?")
DYNAMIC = re.compile(r"([A-Za-z_]\w*)=(?:([A-Za-z_]\w*)\.)?(\d+)(?::(\d+))?")


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """One tensor that the model takes; `axes` names the dimensions that are a batch or a sequence."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    axes: tuple[tuple[int, str], ...] = ((0, "batch"),)
    fill: str = "zeros"

    def sized(self, sizes: dict[str, int]) -> "TensorSpec":
        shape = list(self.shape)
        for axis, name in self.axes:
            if name in sizes and axis < len(shape):
                shape[axis] = sizes[name]
        return dataclasses.replace(self, shape=tuple(shape))

    def tensor(self, device: str):
        import torch
        if self.fill == "random":
            return torch.rand(self.shape, dtype=getattr(torch, self.dtype), device=device)
        make = torch.ones if self.fill == "ones" else torch.zeros
        return make(self.shape, dtype=getattr(torch, self.dtype), device=device)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "shape": list(self.shape), "dtype": self.dtype}


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What goes into `model(*args, **kwargs)`: TensorSpecs, lists of them, and plain values."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)

    def mapped(self, change: Callable[[TensorSpec], Any]) -> "Inputs":
        return Inputs(tuple(mapped(value, change) for value in self.args),
                      {name: mapped(value, change) for name, value in self.kwargs.items()})

    def sized(self, **sizes: int | None) -> "Inputs":
        given = {name: size for name, size in sizes.items() if size is not None}
        return self.mapped(lambda spec: spec.sized(given)).repeated(given.get("batch"))

    def repeated(self, batch: int | None) -> "Inputs":
        """A list of images is a batch of its own: it gets longer, its images stay."""
        if batch is None:
            return self
        args = tuple(value[:1] * batch if isinstance(value, list) else value for value in self.args)
        return Inputs(args, self.kwargs)

    def tensors(self, device: str) -> tuple[tuple, dict]:
        made = self.mapped(lambda spec: spec.tensor(device))
        return made.args, made.kwargs

    def specs(self) -> list[TensorSpec]:
        found: list[TensorSpec] = []
        self.mapped(found.append)
        return found


def mapped(value: Any, change: Callable[[TensorSpec], Any]) -> Any:
    if isinstance(value, TensorSpec):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)(mapped(entry, change) for entry in value)
    return {k: mapped(v, change) for k, v in value.items()} if isinstance(value, dict) else value


def parse_shape(text: str) -> tuple[str, tuple[int, ...] | None, str | None]:
    """`x=1,3,224,224:float16` as (name, shape, dtype); what is left out is empty or None."""
    found = SHAPE.fullmatch(text.replace(" ", ""))
    if not found or not (found[2] or found[3]):
        raise CaptureError(f'"{text}" is no shape', "--input-shape", "write 1,3,224,224 or NAME=1,128:int64")
    if found[3] and found[3] not in DTYPES:
        raise CaptureError(f'there is no dtype "{found[3]}"{did_you_mean(found[3], DTYPES)}', "--input-shape",
                           f"the dtypes are {', '.join(DTYPES)}")
    shape = tuple(int(size) for size in re.split("[,x]", found[2])) if found[2] else None
    return found[1] or "", shape, found[3]


def parameter_names(model) -> list[str]:
    """The names that the model's forward gives its inputs."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, parameter in inspect.signature(model.forward).parameters.items() if parameter.kind in kinds]


def required_names(model) -> list[str]:
    """Those of them that have no default."""
    parameters = inspect.signature(model.forward).parameters
    return [name for name in parameter_names(model) if parameters[name].default is inspect.Parameter.empty]


def named_after(model, inputs: Inputs) -> Inputs:
    """Positional inputs under the names that forward has for them."""
    names = parameter_names(model)

    def rename(number: int, value: Any) -> Any:
        if number >= len(names):
            return value
        if isinstance(value, list):
            return [dataclasses.replace(entry, name=f"{names[number]}_{i}") for i, entry in enumerate(value)]
        return dataclasses.replace(value, name=names[number]) if isinstance(value, TensorSpec) else value

    return Inputs(tuple(rename(i, value) for i, value in enumerate(inputs.args)), inputs.kwargs)


def with_shapes(model, defaults: Inputs, shapes: tuple[str, ...]) -> Inputs:
    """The defaults with the shapes that were asked for, by name or in order."""
    defaults = named_after(model, defaults)
    if not shapes:
        return defaults
    asked = [parse_shape(text) for text in shapes]
    known = [spec.name for spec in defaults.specs()]
    return overridden(defaults, asked, known) if known else from_scratch(model, asked)


def overridden(defaults: Inputs, asked: list, known: list[str]) -> Inputs:
    places = iter(known)
    wanted = {}
    for name, shape, dtype in asked:
        name = name or next(places, "")
        if name not in known:
            raise CaptureError(f'a shape was given for the input "{name}", which the model does not take'
                               f"{did_you_mean(name, known)}", "--input-shape", f"its inputs are {', '.join(known)}")
        wanted[name] = (shape, dtype)

    def change(spec: TensorSpec) -> TensorSpec:
        shape, dtype = wanted.get(spec.name, (None, None))
        return dataclasses.replace(spec, shape=shape or spec.shape, dtype=dtype or spec.dtype)

    return defaults.mapped(change)


def from_scratch(model, asked: list) -> Inputs:
    """Unnamed shapes are positional inputs, named ones are keywords."""
    names, args, kwargs = parameter_names(model), [], {}
    for name, shape, dtype in asked:
        spec = TensorSpec(name or (names[len(args)] if len(args) < len(names) else f"input{len(args)}"),
                          shape or (), dtype or "float32")
        if name:
            kwargs[name] = spec
        else:
            args.append(spec)
    missing = [name for name in required_names(model)[len(args):] if name not in kwargs]
    if missing:
        raise missing_input(model, missing[0])
    return Inputs(tuple(args), kwargs)


def missing_input(model, name: str) -> CaptureError:
    kind = type(model).__name__
    return CaptureError(f'{kind}.forward takes the input "{name}", and no shape was given for it', "",
                        f"say --input-shape {name}=1,3,224,224, with the sizes that it has")


@dataclasses.dataclass(frozen=True)
class Dynamic:
    """A dimension that stays symbolic: its name, the input and axis that it is, and its largest size."""

    name: str
    input: str
    axis: int
    most: int | None

    def size(self) -> int:
        """The size to trace with."""
        hint = HINTS.get(self.name, 41 + 2 * self.axis)
        return min(hint, self.most) if self.most else hint


def parse_dynamic(text: str) -> list[Dynamic]:
    """`batch=0,seq=1:512` or `height=x.2`: a name, the axis (of one input or of all), and the largest size."""
    found = []
    for part in filter(None, text.replace(" ", "").split(",")):
        match = DYNAMIC.fullmatch(part)
        if not match:
            raise CaptureError(f'"{part}" names no dimension', "--dynamic",
                               "write NAME=AXIS, NAME=AXIS:LARGEST or NAME=INPUT.AXIS, as in batch=0,seq=1:512")
        found.append(Dynamic(match[1], match[2] or "", int(match[3]), int(match[4]) if match[4] else None))
    return found


def with_axes(inputs: Inputs, dynamic: list[Dynamic]) -> Inputs:
    """The inputs with these dimensions named, in place of the names that they had."""
    def change(spec: TensorSpec) -> TensorSpec:
        own = [(d.axis, d.name) for d in dynamic if d.input in ("", spec.name) and d.axis < len(spec.shape)]
        return dataclasses.replace(spec, axes=tuple(own)) if own else spec
    return inputs.mapped(change)
