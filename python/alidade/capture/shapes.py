"""`--input-shape`: the shapes and dtypes that were asked for, by name or in order."""

import dataclasses
import re
from typing import Any

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import DTYPES, Inputs, TensorSpec
from alidade.capture.names import argument_name, named_after, parameters, takes

SHAPE = re.compile(r"(?:([^=:,]+)=)?(\d+(?:[,x]\d+)*)?(?::(\w+))?")


@dataclasses.dataclass(frozen=True)
class Asked:
    """One shape; without a name it is that of the next input, and what is left out stays as it is."""

    name: str
    shape: tuple[int, ...] | None
    dtype: str | None


def parse_shape(text: str) -> Asked:
    """`x=1,3,224,224:float16`, `batch.ids=1,128:int64`, `state.0=1,8`."""
    found = SHAPE.fullmatch(text.replace(" ", ""))
    if not found or not (found[2] or found[3]):
        raise CaptureError(f'"{text}" is no shape', "--input-shape", "write 1,3,224,224 or NAME=1,128:int64")
    if found[3] and found[3] not in DTYPES:
        raise CaptureError(f'there is no dtype "{found[3]}"{did_you_mean(found[3], DTYPES)}', "--input-shape",
                           f"the dtypes are {', '.join(DTYPES)}")
    shape = tuple(int(size) for size in re.split("[,x]", found[2])) if found[2] else None
    return Asked(found[1] or "", shape, found[3])


def with_shapes(model, defaults: Inputs, shapes: tuple[str, ...]) -> Inputs:
    """The defaults with the shapes that were asked for, by name or in order."""
    defaults = named_after(model, defaults)
    if not shapes:
        return defaults
    asked = [named(model, parse_shape(text)) for text in shapes]
    known = [spec.name for spec in defaults.specs()]
    return overridden(defaults, asked, known) if known else from_scratch(model, asked)


def named(model, asked: Asked) -> Asked:
    """A name that begins with a number is that of the input at this place: `1.0` is the first part of the second."""
    first, dot, rest = asked.name.partition(".")
    if not first.isdigit():
        return asked
    return dataclasses.replace(asked, name=argument_name(model, int(first)) + dot + rest)


def overridden(defaults: Inputs, asked: list[Asked], known: list[str]) -> Inputs:
    places = iter(known)
    wanted = {}
    for one in asked:
        name = one.name or next(places, "")
        if name not in known:
            raise unknown_input(name, known)
        wanted[name] = one

    def change(spec: TensorSpec) -> TensorSpec:
        one = wanted.get(spec.name)
        return dataclasses.replace(spec, shape=one.shape or spec.shape, dtype=one.dtype or spec.dtype) if one else spec

    return defaults.mapped(change)


def unknown_input(name: str, known: list[str]) -> CaptureError:
    inside = [one for one in known if one.startswith(f"{name}.")]
    if name and inside:
        return CaptureError(f'the input "{name}" holds {len(inside)} tensor{"s" if len(inside) > 1 else ""}, and one '
                            "shape was given for it", "--input-shape", f"give each its own, by name: {listed(inside)}")
    if not name:
        return CaptureError(f"more shapes were given than the {len(known)} that the model takes", "--input-shape",
                            f"its inputs are {listed(known)}")
    return CaptureError(f'a shape was given for the input "{name}", which the model does not take'
                        f"{did_you_mean(name, known)}", "--input-shape", f"its inputs are {listed(known)}")


def listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def from_scratch(model, asked: list[Asked]) -> Inputs:
    """Unnamed shapes are positional inputs, named ones are keywords, and names with dots are parts of one input."""
    args, kwargs = [], {}
    for one in asked:
        spec = TensorSpec(one.name, one.shape or (), one.dtype or "float32")
        first, *rest = one.name.split(".") if one.name else ("",)
        if not first:
            args.append(spec)
        elif takes(model, first):
            put(kwargs, [first, *rest], spec)
        else:
            raise not_taken(model, one.name)
    return named_after(model, Inputs(tuple(args), {name: with_tuples(value) for name, value in kwargs.items()}))


def not_taken(model, name: str) -> CaptureError:
    known = list(parameters(model))
    return CaptureError(f'a shape was given for the input "{name}", which the model does not take'
                        f"{did_you_mean(name, known)}", "--input-shape", f"its inputs are {listed(known)}")


def put(tree: dict[str, Any], path: list[str], spec: TensorSpec) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if isinstance(tree, TensorSpec):
            raise CaptureError(f'"{tree.name}" is given as a tensor and as something that holds "{spec.name}"',
                               "--input-shape", "give it one way")
    if path[-1] in tree:
        raise CaptureError(f'two shapes were given for the input "{spec.name}"', "--input-shape", "give one")
    tree[path[-1]] = spec


def with_tuples(tree):
    """Where all names are places, 0 and 1, it is a tuple."""
    if not isinstance(tree, dict):
        return tree
    parts = {name: with_tuples(part) for name, part in tree.items()}
    places = [str(place) for place in range(len(parts))]
    return tuple(parts[place] for place in places) if set(parts) == set(places) else parts
