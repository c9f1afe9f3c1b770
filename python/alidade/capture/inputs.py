"""The inputs of a model as names, shapes and dtypes; tensors are made of them on the device that is wanted."""

import dataclasses
from collections.abc import Callable
from typing import Any

DTYPES = ("float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool")


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """One tensor that the model takes; `axes` names the dimensions that are a batch or a sequence.

    `value` is a tensor that somebody gave: lengths, masks and indices can decide what the model does.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    axes: tuple[tuple[int, str], ...] = ((0, "batch"),)
    fill: str = "zeros"
    value: Any = dataclasses.field(default=None, compare=False, repr=False)

    def sized(self, sizes: dict[str, int]) -> "TensorSpec":
        shape = list(self.shape)
        for axis, name in self.axes:
            if name in sizes and axis < len(shape):
                shape[axis] = sizes[name]
        return dataclasses.replace(self, shape=tuple(shape))

    def tensor(self, device: str):
        import torch
        dtype = getattr(torch, self.dtype)
        if self.value is not None and device != "meta" and self.value.dim() == len(self.shape):
            return fitted(self.value, self.shape).to(device=device, dtype=dtype)
        if self.fill == "random":
            return torch.rand(self.shape, dtype=dtype, device=device)
        make = torch.ones if self.fill == "ones" else torch.zeros
        return make(self.shape, dtype=dtype, device=device)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "shape": list(self.shape), "dtype": self.dtype}


def fitted(value, shape: tuple[int, ...]):
    """A copy; its entries are repeated where the shape is larger, and the first ones stay where it is smaller."""
    import torch
    value = value.detach().clone()
    for axis, size in enumerate(shape):
        if size != value.shape[axis]:
            if not value.shape[axis]:
                return torch.zeros(shape, dtype=value.dtype)
            value = value.index_select(axis, torch.arange(size) % value.shape[axis])
    return value


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What goes into `model(*args, **kwargs)`: TensorSpecs, plain values, and whatever holds them."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)

    def mapped(self, change: Callable[[TensorSpec], Any]) -> "Inputs":
        from torch.utils._pytree import tree_map_only
        return Inputs(*tree_map_only(TensorSpec, change, (self.args, self.kwargs)))

    def sized(self, **sizes: int | None) -> "Inputs":
        given = {name: size for name, size in sizes.items() if size is not None}
        return self.mapped(lambda spec: spec.sized(given)).repeated(given.get("batch"))

    def has_values(self) -> bool:
        return any(spec.value is not None for spec in self.specs())

    def has(self, name: str) -> bool:
        """Whether a dimension is called so; a list of images is a batch."""
        named = any(axis < len(spec.shape) and own == name for spec in self.specs() for axis, own in spec.axes)
        return named or (name == "batch" and any(map(is_list_of_images, self.args)))

    def repeated(self, batch: int | None) -> "Inputs":
        """A list of images is a batch of its own: it gets longer, its images stay."""
        if batch is None:
            return self
        args = tuple(value[:1] * batch if is_list_of_images(value) else value for value in self.args)
        return Inputs(args, self.kwargs)

    def tensors(self, device: str) -> tuple[tuple, dict]:
        """New ones each time: the model may write into what it is given."""
        from torch.utils._pytree import tree_map

        from alidade.capture.containers import copied
        made = tree_map(lambda leaf: leaf.tensor(device) if isinstance(leaf, TensorSpec) else copied(leaf),
                        (self.args, self.kwargs))
        return made

    def specs(self) -> list[TensorSpec]:
        found: list[TensorSpec] = []
        self.mapped(found.append)
        return found


def is_list_of_images(value) -> bool:
    """A list of tensors without a batch of their own."""
    return isinstance(value, list) and bool(value) and all(isinstance(entry, TensorSpec) and not entry.axes
                                                           for entry in value)
