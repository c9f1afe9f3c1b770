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
    from alidade.models import Model, estimate, open, place, profile, profile_model, run
    from alidade.results import Estimate, Estimates, Layer, Outcome, Placement, Profile

__version__ = "0.1.0"
_HOMES = {
    "alidade.errors": ("AlidadeError", "CheckFailed", "ConfigError", "InternalError", "LimitError", "ModelError",
                       "OutputError", "PluginError"),
    "alidade.models": ("Model", "estimate", "open", "place", "profile", "profile_model", "run"),
    "alidade.results": ("Estimate", "Estimates", "Layer", "Outcome", "Placement", "Profile"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["AlidadeError", "CheckFailed", "ConfigError", "Estimate", "Estimates", "InternalError", "Layer",
           "LimitError", "Model", "ModelError", "Outcome", "OutputError", "Placement", "PluginError", "Profile",
           "estimate", "open", "place", "profile", "profile_model", "run"]


def __getattr__(name: str) -> Any:
    """Every name is imported when it is first asked for; torch is not before a model of torch is."""
    if name not in _HOME:
        raise AttributeError(f"module 'alidade' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
    return found
