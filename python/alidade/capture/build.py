"""Builds a model on the meta device, where weights cost nothing, or on the CPU, where everything runs."""

import contextlib
import dataclasses
import os

from alidade.capture.dynamic import with_axes
from alidade.capture.example import described
from alidade.capture.faults import CaptureError, first_cause, missing_package
from alidade.capture.inputs import Inputs
from alidade.capture.names import needs_shapes
from alidade.capture.request import Request
from alidade.capture.shapes import with_shapes
from alidade.capture.sources.source import Source

RANDOM = ("aten::normal_", "aten::uniform_", "aten::bernoulli_.float", "aten::erfinv_", "aten::log_normal_",
          "aten::exponential_", "aten::random_", "aten::random_.from", "aten::random_.to")


@dataclasses.dataclass
class Built:
    """A model in the mode that was asked for, on one device, and what it is fed."""

    source: Source
    model: object
    inputs: Inputs
    device: str
    loss: str = ""  # of a training step
    untrained: list[str] = dataclasses.field(default_factory=list)  # parameters that it does not depend on

    def where(self):
        """On the meta device, tensors that forward makes without naming a device are made there, too."""
        import torch
        return torch.device("meta") if self.device == "meta" else contextlib.nullcontext()

    def tensors(self) -> tuple[tuple, dict]:
        return self.inputs.tensors(self.device)


def build(source: Source, request: Request, device: str) -> Built:
    model = placed(source, device, request.with_weights)
    model.train(request.train)
    defaults = source.inputs(model) if request.example is None else described(model, request.example)
    inputs = with_axes(with_shapes(model, defaults, request.shapes), request.dimensions())
    needs_shapes(model, inputs)
    for name, size in (("batch", request.batch), ("seq", request.seq)):
        if size and not inputs.has(name):
            raise CaptureError(f'no input of this model has a dimension "{name}"', source.name,
                               f"name it with --dynamic {name}=AXIS, or give the sizes with --input-shape")
    inputs = inputs.sized(batch=request.batch, seq=request.seq)
    return Built(source, model, inputs, device)


def placed(source: Source, device: str, with_weights: bool):
    import torch
    torch.backends.mha.set_fastpath_enabled(False)  # one fused operator that no counter knows
    try:
        if device == "cpu" and not with_weights:
            with without_initialisation():
                return source.build()
        with torch.device(device):
            return source.build()
    except (CaptureError, NotImplementedError):
        raise
    except Exception as reason:
        if device == "meta":
            raise NotImplementedError(first_cause(reason)) from reason
        raise CaptureError(f"building the model raised {first_cause(reason)}", source.name,
                           missing_package(reason)) from reason


def without_initialisation():
    """Weights that are never written are zero: drawing random numbers takes most of the time."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class LeaveOut(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if func.name() in RANDOM and args[0].numel() > 64:
                return args[0].zero_()
            return func(*args, **(kwargs or {}))

    return LeaveOut()


@contextlib.contextmanager
def as_if_compiled():
    """Libraries that look into tensors (masks of all ones, packed sequences) leave that when they are compiled."""
    import torch
    before = torch.compiler._is_compiling_flag
    torch.compiler._is_compiling_flag = True
    try:
        yield
    finally:
        torch.compiler._is_compiling_flag = before


def bytes_of(model) -> int:
    return sum(p.numel() * p.element_size() for p in (*model.parameters(), *model.buffers()))


def fits_in_memory(model) -> bool:
    """Whether the model's weights can be made for real, twice over."""
    available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 2 * bytes_of(model) < available
