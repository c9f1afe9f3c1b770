"""An nn.Module that is there already: a copy of it that shares its weights is captured, and it stays as it was."""

import copy

from alidade.capture.sources.source import Source


class LiveModule(Source):
    devices = ("cpu",)

    def __init__(self, module, title: str = ""):
        super().__init__(title or type(module).__name__)
        self.module = module

    @property
    def name(self) -> str:
        return self.model

    def build(self):
        return private_copy(self.module)


def private_copy(module):
    """Buffers and attributes of its own; the module itself where it cannot be copied (it holds a lock, a file)."""
    shared = {id(parameter): parameter for parameter in module.parameters()}
    try:
        return copy.deepcopy(module, shared | made_of_others(module))
    except Exception:
        return module


def made_of_others(module) -> dict[int, object]:
    """Tensors with a history, which Python cannot copy: the weight that weight_norm makes of two others."""
    import torch
    return {id(value): value.detach().clone() for part in module.modules() for value in vars(part).values()
            if isinstance(value, torch.Tensor) and not value.is_leaf}
