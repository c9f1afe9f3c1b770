"""A function as jax.export takes it, with the shapes of what it is given."""

import dataclasses
import inspect
import keyword
from collections.abc import Callable, Iterable
from typing import Any

from alidade.capture.dynamic import Dynamic
from alidade.capture.inputs import TensorSpec

WEIGHTS = ("params", "buffers")  # what the file calls them, by which its reader tells weights from inputs


@dataclasses.dataclass
class Function:
    """Its own signature names the inputs in the file."""

    run: Callable[..., Any]
    args: tuple
    kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)

    def called(self, title: str) -> "Function":
        self.run.__name__ = self.run.__qualname__ = title
        return self


def signature(inputs: Iterable[inspect.Parameter], has_weights: bool = True) -> inspect.Signature:
    first = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in WEIGHTS if has_weights]
    return inspect.Signature([*first, *inputs])


def by_position(names: Iterable[str]) -> list[inspect.Parameter]:
    """Inputs of these names; a part of one, `batch.ids`, is `batch_ids`."""
    words = [name.replace(".", "_") for name in names]
    return [inspect.Parameter(word if word.isidentifier() and not keyword.iskeyword(word) else f"input{number}",
                              inspect.Parameter.POSITIONAL_ONLY) for number, word in enumerate(words)]


def symbols(wanted: list[Dynamic]) -> dict[str, Any]:
    """JAX's sizes by name."""
    from jax.export import symbolic_shape
    names = [d.name for d in wanted]
    limits = tuple(f"{d.name} <= {d.most}" for d in wanted if d.most)
    return dict(zip(names, symbolic_shape(", ".join(names), constraints=limits), strict=True)) if names else {}


def shape_of(spec: TensorSpec, sizes: dict[str, Any]):
    """What JAX knows of an input; keys of random numbers are of a type that has no name."""
    import jax
    named = {axis: sizes[name] for axis, name in spec.axes if name in sizes}
    own = getattr(spec.value, "dtype", None)
    dtype = own if own is not None and str(own) == spec.dtype else spec.dtype
    return jax.ShapeDtypeStruct([named.get(axis, size) for axis, size in enumerate(spec.shape)], dtype)
