"""What other tools count in the same model: torch's FlopCounterMode, and fvcore."""

import contextlib
import importlib.metadata

from alidade.capture.build import Built, as_if_compiled, build
from alidade.capture.faults import CaptureError
from alidade.capture.routes.trace import only_tensors

TOOLS = ("fvcore", "torch")


def extras(made) -> dict:
    """What a capture's request wants stored beside the graph."""
    request = made.request
    if not request.references:
        return {}
    return {"references": references(made.built, request.references, lambda: build(made.source, request, "cpu"))}


def references(built: Built, tools: tuple[str, ...], real) -> list[dict]:
    """One record per tool; `real()` builds the model with real tensors, for tools that compute."""
    for tool in tools:
        if tool not in TOOLS:
            raise CaptureError(f'there is no reference tool "{tool}"', "--reference",
                               f"there are {' and '.join(TOOLS)}")
    return [by_torch(built) if tool == "torch" else by_fvcore(real()) for tool in tools]


@contextlib.contextmanager
def plain_operators():
    """Attention and recurrent layers as separate matrix products, which every counter sees."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False):
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


def counted(built: Built) -> dict[str, dict]:
    """FlopCounterMode's FLOPs (two per multiply-accumulate) by module path and operator."""
    from torch.utils.flop_counter import FlopCounterMode
    args, kwargs = built.tensors()
    without_values = as_if_compiled() if built.device == "meta" else contextlib.nullcontext()
    with plain_operators(), frozen(built.model), without_values, FlopCounterMode(display=False) as counter:
        built.model(*args, **kwargs)
    return {path: {str(op): int(flops) for op, flops in counts.items()}
            for path, counts in counter.get_flop_counts().items()}


def contractions(built: Built) -> dict[str, int]:
    """Multiply-accumulates by operator: half of the FLOPs."""
    return {op: flops // 2 for op, flops in sorted(counted(built).get("Global", {}).items())}


def by_torch(built: Built) -> dict:
    import torch
    found = counted(built)
    whole = found.pop("Global", {})
    prefix = f"{type(built.model).__name__}."
    by_module = {path.removeprefix(prefix): sum(ops.values()) for path, ops in found.items() if path.startswith(prefix)}
    return {"tool": "torch", "version": torch.__version__, "unit": "flops", "total": sum(whole.values()),
            "by_operator": whole, "by_module": by_module, "unsupported": {}}


def by_fvcore(built: Built) -> dict:
    from fvcore.nn import FlopCountAnalysis
    args, kwargs = built.tensors()
    with plain_operators(), only_tensors(built.model):
        analysis = FlopCountAnalysis(by_position(built.model, len(args), list(kwargs)), (*args, *kwargs.values()))
        analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).tracer_warnings("none")
        by_operator = {name: int(count) for name, count in sorted(analysis.by_operator().items())}
        by_module = {name.removeprefix("model."): int(count) for name, count in analysis.by_module().items()
                     if name not in ("", "model")}
        unsupported = {name: int(count) for name, count in sorted(analysis.unsupported_ops().items())}
    return {"tool": "fvcore", "version": importlib.metadata.version("fvcore"), "unit": "fvcore",
            "total": sum(by_operator.values()), "by_operator": by_operator, "by_module": by_module,
            "unsupported": unsupported}


def by_position(model, positional: int, names: list[str]):
    """The model under a module that passes its inputs on by name: fvcore hands them over in order."""
    import torch

    class ByPosition(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *values):
            return self.model(*values[:positional], **dict(zip(names, values[positional:], strict=True)))

    return ByPosition()
