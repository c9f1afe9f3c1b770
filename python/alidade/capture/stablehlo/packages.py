"""JAX and its libraries, imported when they are needed: on the CPU, where nothing but shapes is looked at."""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import types

from alidade.capture.faults import CaptureError

NAMES = ("jax", "flax", "keras", "torchax")
INSTALL = 'run ./dev setup jax, or pip install "FOLDER[jax]", FOLDER being a checkout'


def installed() -> dict[str, str]:
    """Their versions, of those that are there."""
    return {name: importlib.metadata.version(name) for name in NAMES if importlib.util.find_spec(name)}


def imported(name: str, where: str) -> types.ModuleType:
    """The package, or one of its modules; says how to get it where it is not installed."""
    package = name.partition(".")[0]
    if not importlib.util.find_spec(package):
        raise CaptureError(f'the Python package "{package}" is not installed', where, INSTALL)
    on_the_cpu()
    return importlib.import_module(name)


def on_the_cpu() -> None:
    """From here on JAX is imported for the CPU and Keras for JAX, by a user's file as well, unless another is named."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("KERAS_BACKEND", "jax")


def import_torchax(where: str) -> types.ModuleType:
    """The package with its table of operators."""
    imported("jax", where)
    with names_of_old_overloads():
        imported("torchax.ops.jaten", where)
        imported("torchax.decompositions", where)
        return imported("torchax", where)


@contextlib.contextmanager
def names_of_old_overloads():
    """torchax lists overloads for named dimensions, which PyTorch no longer has: a word stands in for each."""
    import torch
    packet = torch._ops.OpOverloadPacket
    own = packet.__getattr__

    def found(self, name: str):
        try:
            return own(self, name)
        except AttributeError:
            if "name" not in name.lower():
                raise
            return f"{self}.{name}"

    packet.__getattr__ = found
    try:
        yield
    finally:
        packet.__getattr__ = own
