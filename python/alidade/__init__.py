"""Alidade from Python: what a neural network's graph takes, counted and estimated in this process.

    import alidade
    r = alidade.profile(model, inputs)      # an nn.Module, an ExportedProgram, a file, or a name: "resnet18"
    r.macs, r.params, r.to_pandas(), r.to_html("page.html")
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alidade.errors import (
        AlidadeError,
        CheckFailed,
        ConfigError,
        InternalError,
        LimitError,
        ModelError,
        OutputError,
        PluginError,
    )
    from alidade.graphs import Graph, Kernel, Node, PlacementTask, Value
    from alidade.models import Model, estimate, open, place, profile, profile_model, run
    from alidade.plugins import Analysis, HardwareModel, KernelTime, Machine, Placer
    from alidade.results import Estimate, Estimates, Layer, Outcome, Placement, Profile
    from alidade.stores import Points, points

__version__ = "0.1.0"
_HOMES = {
    "alidade.errors": ("AlidadeError", "CheckFailed", "ConfigError", "InternalError", "LimitError", "ModelError",
                       "OutputError", "PluginError"),
    "alidade.graphs": ("Graph", "Kernel", "Node", "PlacementTask", "Value"),
    "alidade.models": ("Model", "estimate", "open", "place", "profile", "profile_model", "run"),
    "alidade.plugins": ("Analysis", "HardwareModel", "KernelTime", "Machine", "Placer"),
    "alidade.results": ("Estimate", "Estimates", "Layer", "Outcome", "Placement", "Profile"),
    "alidade.stores": ("Points", "points"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["AlidadeError", "Analysis", "CheckFailed", "ConfigError", "Estimate", "Estimates", "Graph", "HardwareModel",
           "InternalError", "Kernel", "KernelTime", "Layer", "LimitError", "Machine", "Model", "ModelError", "Node",
           "Outcome", "OutputError", "Placement", "PlacementTask", "Placer", "PluginError", "Points", "Profile",
           "Value", "estimate", "open", "place", "points", "profile", "profile_model", "run"]


def __getattr__(name: str) -> Any:
    """Every name is imported when it is first asked for; torch is not before a model of torch is."""
    if name not in _HOME:
        raise AttributeError(f"module 'alidade' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
    return found
