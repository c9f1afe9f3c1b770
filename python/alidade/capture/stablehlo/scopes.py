"""Scopes for modules of flax.nnx: flax.linen and Keras open one for each of theirs, and nnx does not."""

import contextlib
import functools


@contextlib.contextmanager
def scopes_of(module):
    """While it is open, each module in this one runs in a scope of its name."""
    from flax import nnx
    paths = {id(part): tuple(map(str, path)) for path, part in nnx.iter_modules(module)}
    kinds = {kind for _, part in nnx.iter_modules(module) for kind in type(part).__mro__ if "__call__" in vars(kind)}
    own, around = {kind: kind.__call__ for kind in kinds}, [()]
    for kind, call in own.items():
        kind.__call__ = scoped(call, paths, around)
    try:
        yield
    finally:
        for kind, call in own.items():
            kind.__call__ = call


def scoped(call, paths: dict[int, tuple], around: list[tuple]):
    """The call in the scope of what its path adds to that of the module around it."""
    import jax

    @functools.wraps(call)
    def run(self, *args, **kwargs):
        outer, path = around[-1], paths.get(id(self), around[-1])
        below = path[len(outer):] if path[:len(outer)] == outer else path
        around.append(path)
        try:
            with jax.named_scope("/".join(below)) if below else contextlib.nullcontext():
                return call(self, *args, **kwargs)
        finally:
            around.pop()

    return run
