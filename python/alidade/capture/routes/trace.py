"""torch.jit.trace: one TorchScript graph of what the model did with its inputs. Needs real tensors."""

import contextlib
import dataclasses
import functools
import inspect
import json
import pathlib

from alidade.capture.build import Built
from alidade.capture.request import Request


@dataclasses.dataclass
class Traced:
    """A traced module."""

    module: object
    symbols: dict[str, str] = dataclasses.field(default_factory=dict)
    suffix = ".pt"

    def graphs(self) -> int:
        return 1

    def operators(self) -> int:
        return sum(node.kind().startswith("aten::") for node in self.module.inlined_graph.nodes())

    def breaks(self) -> int:
        return 0

    def programs(self) -> list:
        return []

    def views(self) -> list[tuple[str, object]]:
        return []

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        import torch
        with contextlib.nullcontext() if with_weights else emptied(self.module):
            torch.jit.save(self.module, str(path), _extra_files={"alidade.json": json.dumps(record)})


def capture(built: Built, request: Request, route: str) -> Traced:
    import torch
    args, kwargs = built.tensors()
    with torch.no_grad(), only_tensors(built.model):
        if args and kwargs:
            bound = inspect.signature(built.model.forward).bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        if args and kwargs:
            raise ValueError("torch.jit.trace takes positional inputs or named ones, not both")
        given = {"example_kwarg_inputs": kwargs} if kwargs else {"example_inputs": args}
        return Traced(torch.jit.trace(built.model, check_trace=False, strict=False, **given))


@contextlib.contextmanager
def only_tensors(model):
    """The model's forward hands out a flat tuple of tensors: tracing knows no other structures."""
    import torch
    forward = model.forward

    @functools.wraps(forward)
    def flat(*args, **kwargs):
        leaves, _ = torch.utils._pytree.tree_flatten(forward(*args, **kwargs))
        tensors = tuple(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, torch.Tensor)))
        return tensors if len(tensors) != 1 else tensors[0]

    model.forward = flat
    try:
        yield
    finally:
        del model.forward


@contextlib.contextmanager
def emptied(module):
    """Weights keep shape and type, and take one element each in the file; shared ones stay shared."""
    import torch
    kept = {id(t): (t, t.data) for t in (*module.parameters(), *module.buffers())
            if t.numel() > 1 and t.is_floating_point()}
    for tensor, data in kept.values():
        tensor.data = torch.zeros(1, dtype=data.dtype).expand(data.shape)
    try:
        yield
    finally:
        for tensor, data in kept.values():
            tensor.data = data
