"""The lines of code that JAX writes beside operators: one each, of the model's own code."""

import contextlib
import functools
import importlib.util
import os
import pathlib
import re

BETWEEN = ("alidade", "flax", "keras", "torch", "torchax")  # a model and JAX: their lines are not meant


@contextlib.contextmanager
def short_locations():
    """Files are named below site-packages or the folder that we are in."""
    import jax
    leave_out_libraries()
    wanted = {"jax_traceback_in_locations_limit": 1, "jax_hlo_source_file_canonicalization_regex":
              f".*/(?:site|dist)-packages/|{re.escape(str(pathlib.Path.cwd()))}/"}
    before = {name: getattr(jax.config, name) for name in wanted}
    for name, value in wanted.items():
        jax.config.update(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


@functools.cache
def leave_out_libraries() -> None:
    """JAX names the innermost line that is not its own."""
    from jax._src.source_info_util import register_exclusion
    register_exclusion("<")  # code that was generated
    for package in BETWEEN:
        if found := importlib.util.find_spec(package):
            register_exclusion(os.path.dirname(found.origin) + os.sep)
