"""What a model's forward calls its inputs, and each tensor in them: `x`, `batch.ids`, `state.0`."""

import dataclasses
import inspect
from typing import Any

from alidade.capture.faults import CaptureError
from alidade.capture.inputs import Inputs, TensorSpec

BY_ORDER = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def parameters(model) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(model.forward).parameters)


def parameter_names(model) -> list[str]:
    """The names that the model's forward gives its inputs in order."""
    return [name for name, parameter in parameters(model).items() if parameter.kind in BY_ORDER]


def required(model, count: int = 0) -> list[str]:
    """Those that have no default, without the first `count` of them; keywords come last."""
    missing = parameter_names(model)[count:]
    missing += [name for name, parameter in parameters(model).items() if parameter.kind is parameter.KEYWORD_ONLY]
    return [name for name in missing if parameters(model)[name].default is inspect.Parameter.empty]


def takes(model, name: str) -> bool:
    """Whether forward can be given an input of this name."""
    found = parameters(model)
    return (name in found and found[name].kind not in (inspect.Parameter.VAR_POSITIONAL,
                                                       inspect.Parameter.POSITIONAL_ONLY)) or any(
        parameter.kind is parameter.VAR_KEYWORD for parameter in found.values())


def argument_name(model, number: int) -> str:
    names = parameter_names(model)
    if number < len(names):
        return names[number]
    rest = next((p.name for p in parameters(model).values() if p.kind is p.VAR_POSITIONAL), "")
    return f"{rest}.{number - len(names)}" if rest else f"input{number}"


def named_after(model, inputs: Inputs) -> Inputs:
    """Every tensor under the name that forward has for its input, and its place in that."""
    from torch.utils._pytree import tree_map_with_path

    def renamed(first: str, value: Any):
        def change(path, leaf):
            if not isinstance(leaf, TensorSpec):
                return leaf
            return dataclasses.replace(leaf, name=".".join([first, *map(step_text, path)]))
        return tree_map_with_path(change, value)

    return Inputs(tuple(renamed(argument_name(model, i), value) for i, value in enumerate(inputs.args)),
                  {name: renamed(name, value) for name, value in inputs.kwargs.items()})


def step_text(step) -> str:
    return str(next(getattr(step, part) for part in ("idx", "key", "name") if hasattr(step, part)))


def needs_shapes(model, inputs: Inputs) -> None:
    """Says which input has no shape, where forward cannot do without it."""
    for name in required(model, len(inputs.args)):
        if name not in inputs.kwargs:
            raise missing_input(model, name)


def missing_input(model, name: str) -> CaptureError:
    kind = type(model).__name__
    fix = (f'say --input-shape {name}=1,3,224,224 (in Python input_shape={{"{name}": (1, 3, 224, 224)}}), with the '
           f"sizes that it has; ids are whole numbers: {name}=1,128:int64")
    if is_plain(parameters(model)[name]):
        fix = "it is no tensor: give its value by example_inputs() in the file (in Python inputs=...)"
    elif holds_several(parameters(model)[name]):
        fix = (f"say --input-shape {name}.KEY=1,3,224,224 for each tensor in it, with its key or its place, or give "
               "example_inputs() in the file (in Python inputs=...)")
    return CaptureError(f'{kind}.forward takes the input "{name}", and no shape was given for it', "", fix)


def is_plain(parameter: inspect.Parameter) -> bool:
    return parameter.annotation in (int, float, bool, str) or parameter.annotation in ("int", "float", "bool", "str")


def holds_several(parameter: inspect.Parameter) -> bool:
    """Whether forward says that this input is a dict, a list or a tuple."""
    text = str(parameter.annotation).lower()
    return any(word in text for word in ("dict", "list", "tuple", "sequence", "mapping"))
