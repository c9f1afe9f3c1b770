"""What really comes out of a call, and what FlopCounterMode counts for it."""

import contextlib

import torch
from exported import tensors_of
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


@contextlib.contextmanager
def as_decomposed():
    """Without the fused kernels that FlopCounterMode does not look into."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def measured(sample) -> dict:
    """Shapes and types of every tensor that comes out, and the count."""
    torch.manual_seed(0)
    with as_decomposed(), FlopCounterMode(display=False) as counter:
        made = sample.call(*sample.args, **sample.kwargs)
    tensors = tensors_of(made)
    return {"shapes": [list(t.shape) for t in tensors],
            "dtypes": [str(t.dtype).removeprefix("torch.") for t in tensors],
            "flops": counter.get_total_flops()}
