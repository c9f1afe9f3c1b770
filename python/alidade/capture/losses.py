"""Losses of a training step: what stands behind the model's results, and the targets that it takes."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from alidade.capture.faults import TrainingError
from alidade.capture.inputs import Inputs, TensorSpec

LOSSES = ("own", "mean", "cross_entropy", "mse")
TARGET = "target"


def results_of(output) -> list:
    """Every floating-point tensor that a model gives out, in order."""
    import torch
    leaves = torch.utils._pytree.tree_leaves(output)
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()]


def chosen(loss: str, output, source: str) -> str:
    """The loss that was asked for, where it fits; without a word the model's own, else the mean of its results."""
    results = results_of(output)
    if not results:
        raise TrainingError("the model gives out no floating-point tensor, so it has no loss", source,
                           "let its forward return what a loss is made of")
    shape = list(results[0].shape)
    if loss == "own" and shape:
        raise TrainingError(f"the loss is not a scalar: the model's first result has the shape {shape}", source,
                           "let its forward return the loss first, or choose --loss mean, cross_entropy or mse")
    if loss == "cross_entropy" and len(shape) < 2:
        raise TrainingError(f"cross entropy needs classes: the model's first result has the shape {shape}", source,
                           "choose --loss own or mean")
    return loss or ("mean" if shape else "own")


def class_axis(rank: int) -> int:
    """Classes of tokens stand last, those of images and of their places second."""
    return 2 if rank == 3 else 1


def target_of(loss: str, output) -> TensorSpec | None:
    """What the loss compares the first result with."""
    first = results_of(output)[0]
    shape = tuple(first.shape)
    if loss == "mse":
        return TensorSpec(TARGET, shape, str(first.dtype).removeprefix("torch."))
    if loss != "cross_entropy":
        return None
    axis = class_axis(len(shape))
    return TensorSpec(TARGET, shape[:axis] + shape[axis + 1:], "int64")


def value(loss: str, output, target):
    import torch
    results = results_of(output)
    if loss == "own":
        return results[0]
    if loss == "mean":
        return sum(result.mean() for result in results)
    if loss == "mse":
        return torch.nn.functional.mse_loss(results[0], target)
    logits = results[0]
    if class_axis(logits.dim()) == 2:
        logits, target = logits.flatten(0, 1), target.flatten()
    return torch.nn.functional.cross_entropy(logits, target)


def with_loss(forward: Callable, loss: str) -> Callable:
    """A forward that gives the loss; it takes the target under its own name, behind what the model takes."""
    @functools.wraps(forward)
    def wrapped(*args, **kwargs):
        target = kwargs.pop(TARGET, None)
        return value(loss, forward(*args, **kwargs), target)

    wrapped.__signature__ = with_target(inspect.signature(forward))
    return wrapped


def with_target(signature: inspect.Signature) -> inspect.Signature:
    given = list(signature.parameters.values())
    if TARGET in signature.parameters:
        return signature
    place = len(given) - (1 if given and given[-1].kind is inspect.Parameter.VAR_KEYWORD else 0)
    target = inspect.Parameter(TARGET, inspect.Parameter.KEYWORD_ONLY, default=None)
    return signature.replace(parameters=[*given[:place], target, *given[place:]])


def with_targets(inputs: Inputs, target: TensorSpec | None) -> Inputs:
    added: dict[str, Any] = {TARGET: target} if target else {}
    return Inputs(inputs.args, {**inputs.kwargs, **added})
