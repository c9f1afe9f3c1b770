"""Alidade from Python: capture a PyTorch model, count its work with the native program."""

__version__ = "0.1.0"
__all__ = ["profile_model"]


def __getattr__(name: str):
    if name == "profile_model":
        from alidade.profile import profile_model
        return profile_model
    raise AttributeError(f"module 'alidade' has no attribute {name!r}")
