"""jax.export: a model of JAX as it is, or a PyTorch program carried over by torchax, as one module in StableHLO."""

import re
from typing import Any

from alidade.capture.build import Built
from alidade.capture.request import Request
from alidade.capture.routes import export
from alidade.capture.stablehlo import model_function, torch_program
from alidade.capture.stablehlo.function import Function, symbols
from alidade.capture.stablehlo.locations import short_locations
from alidade.capture.stablehlo.models import JaxModel
from alidade.capture.stablehlo.module import StableHlo
from alidade.capture.stablehlo.packages import imported


def capture(built: Built, request: Request, route: str) -> StableHlo:
    import_export = imported("jax.export", built.source.name).export
    wanted = request.dimensions()
    function = in_jax(built, request, symbols(wanted))
    with short_locations():
        exported = import_export(jitted(function))(*function.args, **function.kwargs)
    used = {str(size) for aval in exported.in_avals for size in aval.shape}
    return StableHlo(exported, {d.name: d.name for d in wanted if d.name in used})


def in_jax(built: Built, request: Request, sizes: dict[str, Any]) -> Function:
    """The model as a function of JAX; `sizes` are its symbols by the names of dimensions."""
    title = re.sub(r"\W", "_", built.source.title)
    if isinstance(built.model, JaxModel):
        return model_function.function_of(built.model, built.inputs, sizes).called(title)
    made = export.forward(built, request, "nonstrict")
    theirs = {symbol: sizes[name] for symbol, name in made.symbols.items()}
    names = [spec.name for spec in built.inputs.specs()]
    return torch_program.function_of(made.program, names, theirs, built.source.name).called(title)


def jitted(function: Function):
    """A weight that nothing reads is one of the file all the same; keys of random numbers, which JAX marks with where
    they lie, an artifact cannot hold unless they are read."""
    import jax
    shapes = jax.tree.leaves((function.args, function.kwargs))
    has_keys = any(jax.dtypes.issubdtype(shape.dtype, jax.dtypes.prng_key) for shape in shapes)
    return jax.jit(function.run, keep_unused=not has_keys)
