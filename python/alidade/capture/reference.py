"""What other tools count in the same model: torch's FlopCounterMode, fvcore, and XLA."""

import collections
import contextlib
import importlib.metadata

from alidade.capture.build import Built, as_if_compiled, build, fits_in_memory
from alidade.capture.faults import CaptureError, first_cause
from alidade.capture.request import Request
from alidade.capture.routes.trace import only_tensors
from alidade.capture.routes.train_step import prepared
from alidade.capture.stablehlo.models import JaxModel


def extras(made) -> dict:
    """What a capture's request wants stored beside the graph."""
    tools = made.request.references
    return {"references": [count(made.source, made.request, tool) for tool in tools]} if tools else {}


def count(source, request, tool: str) -> dict:
    """One tool's record, on the meta device where it and the model can, else with real tensors."""
    if tool not in TOOLS:
        raise CaptureError(f'there is no reference tool "{tool}"', "--reference", f"there are {', '.join(TOOLS)}")
    if request.train_step and tool != "torch":
        raise CaptureError(f"{tool} counts no backward pass", "--reference", "torch does")
    if "meta" in source.devices:
        with contextlib.suppress(NotImplementedError):  # a model that looks into tensors while it is built
            built = ready(source, request, "meta")
            if isinstance(built.model, JaxModel) and tool != "xla":
                raise CaptureError(f"{tool} counts models of PyTorch, and this is one of JAX", "--reference",
                                   "xla does")
            try:
                return without_weights(built, TOOLS[tool])
            except Exception as reason:
                if not fits_in_memory(built.model):
                    raise CaptureError(f"{tool} does not count this model without its weights, which do not fit into "
                                       f"memory: {first_cause(reason)}", source.name) from reason
    return TOOLS[tool](ready(source, request, "cpu"))


def ready(source, request, device: str) -> Built:
    built = build(source, request, device)
    return prepared(built, request) if request.train_step else built


def without_weights(built: Built, counts) -> dict:
    """On the meta device; in half precision, too, which experts ask for."""
    import torch
    with built.where():
        try:
            return counts(built)
        except RuntimeError as reason:
            if "BF16" not in str(reason):
                raise
            built.model.to(torch.bfloat16)
            return counts(built)


@contextlib.contextmanager
def plain_operators():
    """Attention and recurrent layers as separate matrix products, which every counter sees; without gradients."""
    import torch
    with torch.no_grad(), separate_products():
        yield


@contextlib.contextmanager
def separate_products():
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    torch.backends.mha.set_fastpath_enabled(False)
    with sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False):
        yield


@contextlib.contextmanager
def frozen(model):
    """Without gradients, which FlopCounterMode's way of telling modules apart would ask for."""
    trained = [p for p in model.parameters() if p.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)


class Attribution:
    """What a counter counts while each module runs, without the modules that it calls; "" is the model itself."""

    def __init__(self, model, counter):
        self.counter, self.own, self.seen, self.stack = counter, collections.Counter(), 0, []
        self.hooks = [hook for name, module in model.named_modules() for hook in (
            module.register_forward_pre_hook(lambda *_, name=name: self.enter(name)),
            module.register_forward_hook(lambda *_: self.leave(), always_call=True))]

    def enter(self, name: str) -> None:
        self.settle()
        self.stack.append(name)

    def leave(self) -> None:
        self.settle()
        self.stack.pop()

    def settle(self) -> None:
        """What was counted since the last change of module belongs to the innermost one."""
        total = self.counter.get_total_flops()
        self.own[self.stack[-1] if self.stack else ""] += total - self.seen
        self.seen = total

    def by_module(self) -> dict[str, int]:
        """With what is in each module by its path, whoever calls it."""
        whole = collections.Counter()
        for path, flops in self.own.items():
            parts = path.split(".") if path else []
            for depth in range(len(parts) + 1):
                whole[".".join(parts[:depth])] += flops
        return dict(whole)

    def remove(self) -> None:
        for hook in self.hooks:
            hook.remove()


def by_torch(built: Built) -> dict:
    """FlopCounterMode's FLOPs, two per multiply-accumulate; of a training step those of both passes."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode
    without_values = as_if_compiled() if built.device == "meta" else contextlib.nullcontext()
    with without_values, FlopCounterMode(display=False) as counter:
        by_module = count_step(built, counter) if built.loss else count_forward(built, counter)
    by_operator = {str(op): int(flops) for op, flops in counter.get_flop_counts().get("Global", {}).items()}
    return {"tool": "torch", "version": torch.__version__, "unit": "flops", "total": counter.get_total_flops(),
            "by_operator": by_operator, "by_module": by_module, "unsupported": {}}


def count_forward(built: Built, counter) -> dict[str, int]:
    args, kwargs = built.tensors()
    with plain_operators(), frozen(built.model):
        attribution = Attribution(built.model, counter)
        try:
            built.model(*args, **kwargs)
        finally:
            attribution.remove()
    return attribution.by_module()


def count_step(built: Built, counter) -> dict[str, int]:
    """The hooks that tell modules apart see no backward pass: only the whole is known."""
    args, kwargs = built.tensors()
    with separate_products():
        built.model(*args, **kwargs).backward()
    return {"": counter.get_total_flops()}


def contractions(built: Built) -> dict[str, int]:
    """Multiply-accumulates by operator: half of the FLOPs."""
    return {op: flops // 2 for op, flops in sorted(by_torch(built)["by_operator"].items())}


def by_fvcore(built: Built) -> dict:
    from fvcore.nn import FlopCountAnalysis
    args, kwargs = built.tensors()
    with plain_operators(), only_tensors(built.model):
        analysis = FlopCountAnalysis(*by_position(built.model, args, kwargs))
        analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).tracer_warnings("none")
        by_operator = {name: int(count) for name, count in sorted(analysis.by_operator().items())}
        by_module = {name.removeprefix("model."): int(count) for name, count in analysis.by_module().items()
                     if name not in ("", "model")}
        unsupported = {name: int(count) for name, count in sorted(analysis.unsupported_ops().items())}
    return {"tool": "fvcore", "version": importlib.metadata.version("fvcore"), "unit": "fvcore",
            "total": sum(by_operator.values()), "by_operator": by_operator, "by_module": by_module,
            "unsupported": unsupported}


def by_position(model, args: tuple, kwargs: dict):
    """The model under a module that takes its tensors one by one, and these tensors: fvcore knows no other inputs."""
    import torch
    leaves, spec = torch.utils._pytree.tree_flatten((args, kwargs))
    places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, torch.Tensor)]

    class ByPosition(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *tensors):
            values = dict(zip(places, tensors, strict=True))
            every = [values.get(place, leaf) for place, leaf in enumerate(leaves)]
            positional, named = torch.utils._pytree.tree_unflatten(every, spec)
            return self.model(*positional, **named)

    return ByPosition(), tuple(leaves[place] for place in places)


def by_xla(built: Built) -> dict:
    """What XLA's own analysis says of the program that it is given, and of what its compiler makes of it here."""
    from alidade.capture.routes.stablehlo import in_jax, jitted
    from alidade.capture.stablehlo.simplified import simplified
    function = in_jax(built, Request(), {})
    lowered = jitted(function).lower(*function.args, **function.kwargs)
    given, compiled = lowered.cost_analysis(), lowered.compile().cost_analysis()

    def figure(of: dict, name: str) -> int:
        """A program of nothing but custom calls counts less than nothing."""
        return max(0, int(of.get(name, 0)))

    return {"tool": "xla", "version": importlib.metadata.version("jax"), "unit": "xla", "total": figure(given, "flops"),
            "compiled": figure(compiled, "flops"), "simplified": simplified(lowered.compiler_ir()),
            "transcendentals": figure(given, "transcendentals")}


TOOLS = {"fvcore": by_fvcore, "torch": by_torch, "xla": by_xla}
