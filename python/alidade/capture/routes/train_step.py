"""A training step: forward and backward as one graph, by torch.export and AOTAutograd's joint graph."""

import contextlib
import dataclasses
import re
from unittest import mock

from alidade.capture import losses
from alidade.capture.archive import identity
from alidade.capture.build import Built
from alidade.capture.faults import TrainingError
from alidade.capture.request import Request
from alidade.capture.warm_up import first_pass

MADE = re.compile(r"^\s+(\w+) = ")


def prepared(built: Built, request: Request) -> Built:
    """The model with its loss behind it, and the loss's target among its inputs."""
    if not any(parameter.requires_grad for parameter in built.model.parameters()):
        raise TrainingError("no parameter of the model takes a gradient, so there is nothing to train",
                           built.source.name, "leave requires_grad as it is")
    with built.where():
        output = first_pass(built)
    loss = losses.chosen(request.loss, output, built.source.name)
    built.model.forward = losses.with_loss(built.model.forward, loss)
    built = dataclasses.replace(built, inputs=losses.with_targets(built.inputs, losses.target_of(loss, output)),
                                loss=loss)
    return dataclasses.replace(built, untrained=leave_out_untrained(built))


def leave_out_untrained(built: Built) -> list[str]:
    """Takes parameters that the loss does not depend on out of the training: AOTAutograd has no graph with them."""
    import torch
    trained = {name: one for name, one in built.model.named_parameters() if one.requires_grad}
    with built.where(), torch.enable_grad():
        loss = first_pass(built, with_gradients=True)
        if not loss.requires_grad:
            raise TrainingError("the loss depends on no parameter of the model, so there is nothing to train",
                                built.source.name, "let its forward return what the parameters change")
        found = torch.autograd.grad(loss, list(trained.values()), allow_unused=True)
    left_out = [name for name, gradient in zip(trained, found, strict=True) if gradient is None]
    for name in left_out:
        trained[name].requires_grad_(False)
    return left_out


def joint(program, source: str):
    """The program with its backward pass, in ATen's own operators."""
    import torch
    from torch.export.exported_program import _decompose_exported_program
    join_tied(program)
    on_cpu(program)
    with traced_before() as traced, torch.backends.mkldnn.flags(enabled=False):
        made = _decompose_exported_program(program, cia_to_decomp={}, python_decomp_table={}, joint_loss_index=0,
                                           decompose_custom_triton_ops=False)
    for name in made.graph_signature.user_inputs_to_mutate.values():
        raise TrainingError(f'the model writes into its input "{name}", and a backward pass needs inputs as they were',
                            source, "copy it first in forward: x = x.clone()")
    restore_places(made.graph, traced)
    return made


def join_tied(program) -> None:
    """Lets the first name of a parameter stand for all of them: two names of one tensor have one gradient."""
    first: dict[tuple, object] = {}
    placeholders = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    for name, target in program.graph_signature.inputs_to_parameters.items():
        node = placeholders[name]
        kept = first.setdefault(identity(program.state_dict[target]), node)
        if kept is not node:
            node.replace_all_uses_with(kept)
            node.meta["val"] = node.meta["val"].detach()
    program.graph_module.recompile()


@contextlib.contextmanager
def traced_before():
    """The graph that AOTAutograd traces first: the last one is traced from it and forgets modules and lines."""
    from torch._functorch import aot_autograd
    kept = []
    trace = aot_autograd._aot_export_function

    def keep(*args, **kwargs):
        result = trace(*args, **kwargs)
        kept.append(result[0])
        return result

    with mock.patch.object(aot_autograd, "_aot_export_function", keep):
        yield kept


def restore_places(graph, traced: list) -> None:
    """Modules and lines of the first trace; a gradient stands in the module that its forward stood in."""
    before = {node.name: node for kept in traced for node in kept.graph.nodes}
    for node in graph.nodes:
        line = MADE.match((node.meta.pop("stack_trace", "") or "").rpartition("\n")[2])
        origin = before.get(line[1]) if line else None
        if origin is None:
            continue
        stack = origin.meta.get("nn_module_stack") or origin.meta.get("fwd_nn_module_stack")
        if stack:
            node.meta["nn_module_stack"] = stack
        if trace := origin.meta.get("stack_trace"):
            node.meta["stack_trace"] = trace


def on_cpu(program) -> None:
    """Tensors without memory as if they lay in a CPU's, so that attention stays the one operator that it is there."""
    import torch
    from torch.utils._pytree import tree_map
    cpu = torch.device("cpu")

    def moved(value):
        if not isinstance(value, torch.Tensor) or value.device.type != "meta":
            return value
        with value.fake_mode:
            made = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=cpu)
        return made.requires_grad_(value.requires_grad)

    for graph in (module for module in program.graph_module.modules() if isinstance(module, torch.fx.GraphModule)):
        for node in graph.graph.nodes:
            if "val" in node.meta:
                node.meta["val"] = tree_map(moved, node.meta["val"])
            node.args = tuple(cpu if isinstance(argument, torch.device) else argument for argument in node.args)
            if node.kwargs.get("device") is not None:
                node.kwargs = {**node.kwargs, "device": cpu}
