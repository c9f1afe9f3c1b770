"""One forward pass before anything is captured: models that set themselves up on first use do it here."""

from alidade.capture.build import Built, as_if_compiled
from alidade.capture.containers import register

PLAIN = (bool, int, float, str, tuple)


def warm_up(built: Built) -> list[str]:
    """Runs the model once; the names of whatever it set up in itself."""
    before = state(built.model)
    first_pass(built)
    return changed(before, state(built.model))


def first_pass(built: Built, with_gradients: bool = False):
    """What the model gives out; on the meta device once more as if it were compiled, where that fails."""
    try:
        return run(built, with_gradients)
    except Exception:
        if built.device != "meta":
            raise
        with as_if_compiled():
            return run(built, with_gradients)


def run(built: Built, with_gradients: bool = False):
    import torch
    args, kwargs = built.tensors()
    with torch.set_grad_enabled(with_gradients):
        output = built.model(*args, **kwargs)
    register(output)
    return output


def state(model) -> dict[str, object]:
    """Every attribute that is a tensor, by identity, or plain, by value."""
    import torch
    found: dict[str, object] = {}
    for path, module in model.named_modules():
        for name, value in [*vars(module).items(), *module._buffers.items(), *module._parameters.items()]:
            key = f"{path}.{name}" if path else name
            if isinstance(value, torch.Tensor):
                found[key] = id(value), tuple(value.shape)
            elif isinstance(value, PLAIN) and not name.startswith("_"):
                found[key] = repr(value)
    return found


def changed(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
