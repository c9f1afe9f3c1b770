"""A program of torch.export as a function of JAX: operator by operator with torchax, each in its module's scope."""

import os
import re
import types
from collections.abc import Callable
from typing import Any

from alidade.capture.stablehlo.function import Function, by_position, signature
from alidade.capture.stablehlo.packages import import_torchax

FRAME = re.compile(r'File "([^"]*)", line (\d+)')
CALL = compile("call()", "", "eval")


def function_of(program, inputs: list[str], symbols: dict[str, Any], where: str) -> Function:
    """`inputs` are the names of those that are tensors, `symbols` JAX's sizes by the names that the program has."""
    torchax = import_torchax(where)
    program = program.run_decompositions().run_decompositions(torchax.decompositions.DECOMPOSITIONS)
    placed = list(zip(placeholders(program), program.graph_signature.input_specs, strict=True))
    trained = set(program.graph_signature.parameters)

    def run(parameters, buffers, *inputs):
        stored, given = {**parameters, **buffers}, iter(inputs)
        values = [stored[spec.target] if spec.target is not None else
                  next(given) if is_tensor(node) else getattr(spec.arg, "value", None) for node, spec in placed]
        return outputs(program, interpreter(program.graph_module).run(*values, enable_io_processing=False))

    def stored(is_trained: bool) -> dict[str, Any]:
        return {spec.target: shape_of(node, symbols) for node, spec in placed
                if spec.target is not None and (spec.target in trained) == is_trained}

    given = [shape_of(node, symbols) for node, spec in placed if spec.target is None and is_tensor(node)]
    run.__signature__ = signature(by_position(inputs))
    return Function(run, (stored(True), stored(False), *given))


def placeholders(program) -> list:
    return [node for node in program.graph.nodes if node.op == "placeholder"]


def is_tensor(node) -> bool:
    return hasattr(node.meta.get("val"), "shape")


def shape_of(node, symbols: dict[str, Any]):
    import jax
    from torchax.ops.mappings import t2j_dtype
    tensor = node.meta["val"]
    sizes = [size if isinstance(size, int) else symbols.get(str(size), getattr(size.node, "hint", None))
             for size in tensor.shape]
    return jax.ShapeDtypeStruct(sizes, t2j_dtype(tensor.dtype))


def outputs(program, results) -> tuple:
    """What the model gives out, without what it writes into its buffers."""
    import jax
    from torch.export.graph_signature import OutputKind
    kinds = [spec.kind for spec in program.graph_signature.output_specs]
    return tuple(value for kind, value in zip(kinds, results, strict=True)
                 if kind is OutputKind.USER_OUTPUT and isinstance(value, jax.Array))


def interpreter(module):
    import jax
    from torchax.export import JaxInterpreter

    class InScopes(JaxInterpreter):
        """The path of a node's module becomes the scope of what JAX makes of it, and its line the caller."""

        def run_node(self, n):
            with jax.named_scope(scope(n)):
                return at_line(n, lambda: super(InScopes, self).run_node(n))

    return InScopes(module)


def scope(node) -> str:
    """`layer1/0/conv1`, of the innermost module; a second call of it is in the same scope."""
    stack = node.meta.get("nn_module_stack")
    path = next(reversed(stack.values()))[0] if stack else ""
    return re.sub(r"@\d+", "", path).replace(".", "/") if node.op == "call_function" else ""


def at_line(node, call: Callable[[], Any]):
    """Calls from the file and line that the node comes from, as far as tracebacks can tell."""
    file, line = source(node.meta.get("stack_trace") or "")
    if not file:
        return call()
    return types.FunctionType(CALL.replace(co_filename=file, co_firstlineno=line), {"call": call})()


def source(trace: str) -> tuple[str, int]:
    """The innermost frame outside of PyTorch's own code."""
    frames = [(file, int(line)) for file, line in FRAME.findall(trace)]
    return next((frame for frame in reversed(frames) if not is_of_torch(frame[0])), ("", 0))


def is_of_torch(file: str) -> bool:
    import torch
    return file.startswith((os.path.dirname(torch.__file__) + os.sep, "<"))
