"""torch.jit.trace: one TorchScript graph of what the model did with its inputs. Needs real tensors."""

import contextlib
import dataclasses
import functools
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

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        import torch
        if not with_weights:
            empty(self.module)
        torch.jit.save(self.module, str(path), _extra_files={"alidade.json": json.dumps(record)})


def capture(built: Built, request: Request, route: str) -> Traced:
    import torch
    args, kwargs = built.tensors()
    with torch.no_grad(), only_tensors(built.model):
        given = {"example_kwarg_inputs": kwargs} if kwargs and not args else {"example_inputs": args}
        if args and kwargs:
            raise ValueError("torch.jit.trace takes positional inputs or named ones, not both")
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


def empty(module) -> None:
    """Weights keep shape and type, and take one element each in the file; shared ones stay shared."""
    import torch
    for tensor in {id(t): t for t in (*module.parameters(), *module.buffers())}.values():
        if tensor.numel() > 1 and tensor.is_floating_point():
            tensor.data = torch.zeros(1, dtype=tensor.dtype).expand(tensor.shape)
