"""torch.fx.symbolic_trace, then torch.export of what it made: one graph, where no Python depends on a tensor."""

import dataclasses
import inspect

from alidade.capture.build import Built
from alidade.capture.request import Request
from alidade.capture.routes import export


def capture(built: Built, request: Request, route: str) -> export.Program:
    import torch
    traced = torch.fx.symbolic_trace(built.model, concrete_args=left_out(built))
    return export.capture(dataclasses.replace(built, model=traced), request, "nonstrict")


def left_out(built: Built) -> dict:
    """Inputs that nobody gives keep their defaults, so that forward may ask for them."""
    parameters = inspect.signature(built.model.forward).parameters
    unfed = list(parameters)[len(built.inputs.args):]
    return {name: parameters[name].default for name in unfed
            if name not in built.inputs.kwargs and parameters[name].default is not inspect.Parameter.empty}
