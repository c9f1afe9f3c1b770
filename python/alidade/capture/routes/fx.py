"""torch.fx.symbolic_trace, then torch.export of what it made: one graph, where no Python depends on a tensor."""

import dataclasses
import inspect

from alidade.capture.build import Built
from alidade.capture.request import Request
from alidade.capture.routes import export


def capture(built: Built, request: Request, route: str) -> export.Program:
    import torch
    traced = torch.fx.symbolic_trace(built.model, concrete_args=left_out(built))
    made = export.capture(dataclasses.replace(built, model=traced), request, "nonstrict")
    return dataclasses.replace(made, view=with_shapes(traced, built))


def with_shapes(traced, built: Built):
    """The traced graph itself, in which modules are nodes, every value with its shape."""
    from torch.fx.passes.shape_prop import ShapeProp
    args, kwargs = built.tensors()
    names = [node.target for node in traced.graph.nodes if node.op == "placeholder"]
    ShapeProp(traced).propagate(*args, *(kwargs.get(name) for name in names[len(args):]))
    return traced.graph


def left_out(built: Built) -> dict:
    """Inputs that nobody gives keep their defaults, so that forward may ask for them."""
    parameters = inspect.signature(built.model.forward).parameters
    unfed = list(parameters)[len(built.inputs.args):]
    return {name: parameters[name].default for name in unfed
            if name not in built.inputs.kwargs and parameters[name].default is not inspect.Parameter.empty}
