"""torch.export: one graph of ATen operators; without strict it runs the model, with it Dynamo reads its bytecode."""

import dataclasses
import inspect
import io
import json
import pathlib

from alidade.capture.archive import graph_only
from alidade.capture.build import Built
from alidade.capture.containers import flatten, is_object
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.request import Request
from alidade.capture.routes import train_step


@dataclasses.dataclass
class Program:
    """An ExportedProgram and the names of its symbols."""

    program: object
    symbols: dict[str, str]
    view: object = None  # another torch.fx graph of the same model, for those who want to look
    suffix = ".pt2"

    def graphs(self) -> int:
        return 1

    def operators(self) -> int:
        return sum(node.op == "call_function" for node in self.program.graph.nodes)

    def breaks(self) -> int:
        return 0

    def programs(self) -> list:
        return [self.program]

    def views(self) -> list[tuple[str, object]]:
        return [("graph", self.view or self.program.graph)]

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        path.write_bytes(whole(self.program, record) if with_weights else graph_only(self.program, name, record))


def whole(program, record: dict) -> bytes:
    import torch
    out = io.BytesIO()
    torch.export.save(program, out, extra_files={"alidade.json": json.dumps(record)})
    return out.getvalue()


def capture(built: Built, request: Request, route: str) -> Program:
    made = forward(built, request, route)
    if request.train_step:
        made.program = train_step.joint(made.program, built.source.name)
    return made


def forward(built: Built, request: Request, route: str) -> Program:
    strict = route == "strict"
    wanted = {d.name: d for d in request.dimensions()}
    if not wanted:
        return Program(exported(built, built.inputs, strict), {})
    inputs = built.inputs.sized(**{name: d.size() for name, d in wanted.items()})
    program = exported(built, inputs, strict, dynamic_shapes(built.model, inputs, wanted))
    return Program(program, symbol_names(program, inputs, set(wanted)))


def exported(built: Built, inputs: Inputs, strict: bool, dynamic=None):
    import torch
    args, kwargs = inputs.tensors(built.device)
    with torch.set_grad_enabled(bool(built.loss)):
        return torch.export.export(built.model, args, kwargs, dynamic_shapes=dynamic, strict=strict)


def dynamic_shapes(model, inputs: Inputs, wanted: dict):
    """One Dim per name for all inputs that have it, in the order that torch.export flattens them."""
    import torch
    dims = {name: torch.export.Dim(name, min=1, max=d.most) if d.most else torch.export.Dim.AUTO
            for name, d in wanted.items()}

    def axes(value):
        if isinstance(value, TensorSpec):
            return {axis: dims[name] for axis, name in value.axes if name in dims and axis < len(value.shape)}
        if isinstance(value, dict):
            return {name: axes(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            parts = [axes(part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        return [axes(part) for part in flatten(value)[0]] if is_object(value) else None

    given = inspect.signature(model.forward).bind(*inputs.args, **inputs.kwargs).arguments
    return {name: axes(value) for name, value in given.items()}


def symbol_names(program, inputs: Inputs, wanted: set[str]) -> dict[str, str]:
    """What torch.export called each wanted dimension; those that it made constant are left out."""
    placeholders = [node.meta["val"] for node in program.graph.nodes
                    if node.op == "placeholder" and node.name in program.graph_signature.user_inputs]
    tensors = [value for value in placeholders if hasattr(value, "shape")]
    found = {}
    for spec, tensor in zip(inputs.specs(), tensors, strict=False):
        for axis, name in spec.axes:
            if name in wanted and not isinstance(tensor.shape[axis], int):
                found[str(tensor.shape[axis])] = name
    return found


