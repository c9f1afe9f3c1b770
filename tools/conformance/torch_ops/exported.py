"""A call as a graph-only .pt2 file."""

import torch
from alidade.capture.archive import graph_only
from torch.export import Dim
from torch.utils._pytree import tree_flatten, tree_leaves, tree_unflatten


class Wrapped(torch.nn.Module):
    """A call whose tensors are the inputs, and whose other arguments are part of the program."""

    def __init__(self, sample):
        super().__init__()
        self.call = sample.call
        leaves, self.spec = tree_flatten((sample.args, sample.kwargs))
        self.fixed = [None if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
        self.places = [at for at, leaf in enumerate(leaves) if isinstance(leaf, torch.Tensor)]
        self.given = tuple(leaves[at] for at in self.places)

    def forward(self, *tensors):
        leaves = list(self.fixed)
        for at, tensor in zip(self.places, tensors, strict=True):
            leaves[at] = tensor
        args, kwargs = tree_unflatten(leaves, self.spec)
        return tuple(tensors_of(self.call(*args, **kwargs)))


def tensors_of(made) -> list[torch.Tensor]:
    """Named results have no form in a file; what is in them has."""
    return [leaf for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]


def export(sample, name: str) -> tuple[bytes, dict[str, int]]:
    """The file, and the sizes that its symbols have in the sample."""
    module = Wrapped(sample)
    symbolic = sample.symbolic and module.given
    sizes = (tuple({at: Dim.AUTO for at in range(t.dim())} for t in module.given),) if symbolic else None
    with torch.no_grad():
        program = torch.export.export(module, module.given, dynamic_shapes=sizes, strict=False)
    return graph_only(program, name, {}), symbols(program)


def symbols(program) -> dict[str, int]:
    found = {}
    for node in program.graph.nodes:
        value = node.meta.get("val")
        if node.op != "placeholder" or not isinstance(value, torch.Tensor):
            continue
        for size in value.shape:
            if isinstance(size, torch.SymInt) and str(size.node.expr).isidentifier():
                found[str(size.node.expr)] = size.node.hint
    return found
