"""Inputs that somebody gave as values: tensors become their names, shapes, dtypes and contents; all else stays."""

from collections.abc import Mapping
from typing import Any

from alidade.capture.containers import register
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.names import required, takes


def described(model, example) -> Inputs:
    """One input, a tuple of them, or a dict by name; a dict whose keys forward does not know is one input."""
    register(example)
    if isinstance(example, Mapping):
        if all(isinstance(name, str) and takes(model, name) for name in example) or len(required(model)) != 1:
            return Inputs((), {name: specified(value) for name, value in example.items()})
        example = dict(example) if type(example) is not dict else example
    values = example if type(example) is tuple else (example,)
    return Inputs(tuple(specified(value) for value in values))


def specified(value) -> Any:
    from torch.utils._pytree import tree_map
    return tree_map(spec_of, value)


def spec_of(leaf):
    import torch
    if not isinstance(leaf, torch.Tensor):
        return leaf
    return TensorSpec("", tuple(leaf.shape), str(leaf.dtype).removeprefix("torch."), value=leaf)
