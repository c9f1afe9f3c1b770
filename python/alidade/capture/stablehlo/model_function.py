"""A model of JAX as a function of its weights and its inputs."""

import inspect
from typing import Any

from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.stablehlo.function import Function, shape_of, signature
from alidade.capture.stablehlo.models import JaxModel


def function_of(model: JaxModel, inputs: Inputs, sizes: dict[str, Any]) -> Function:
    """What is no array is no input: numbers and flags are a part of the function."""
    import jax
    given = inputs.args, inputs.kwargs
    arrays = jax.tree.map(lambda leaf: shape_of(leaf, sizes) if is_array(leaf) else None, given)

    def whole(args, kwargs):
        return jax.tree.map(lambda leaf, array: array if is_array(leaf) else leaf, given, (args, kwargs))

    weights = model.weights(*whole(*arrays))

    def run(*args, **kwargs):
        stored, own = (args[:2], args[2:]) if has_weights else (({}, {}), args)
        return model.call(*stored, *whole(own, kwargs))

    has_weights = any(map(jax.tree.leaves, weights))
    run.__signature__ = signature(inspect.signature(model.forward).parameters.values(), has_weights)
    return Function(run, (*(weights if has_weights else ()), *arrays[0]), arrays[1])


def is_array(leaf) -> bool:
    return isinstance(leaf, TensorSpec)
