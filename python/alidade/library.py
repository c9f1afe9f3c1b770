"""libalidade-host as the module alidade._host: all of the host, in this process."""

import functools
import importlib
import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import sys
import types

from alidade.errors import ConfigError

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
BUILT = CHECKOUT / "build/release/lib/python"


@functools.cache
def host_module() -> types.ModuleType:
    """ALIDADE_HOST_MODULE, beside this file, or in the build folder of the checkout that this file is in."""
    if named := os.environ.get("ALIDADE_HOST_MODULE"):
        return loaded(pathlib.Path(named))
    if importlib.util.find_spec("alidade._host"):
        return importlib.import_module("alidade._host")
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        if (BUILT / f"_host{suffix}").exists():
            return loaded(BUILT / f"_host{suffix}")
    raise ConfigError("the native part of the package, alidade._host, is not installed", str(BUILT.parent.parent),
                      "pip install FOLDER, FOLDER being a checkout; or in the checkout ./dev python")


def loaded(file: pathlib.Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("alidade._host", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["alidade._host"] = module
    spec.loader.exec_module(module)
    return module


def settings_of_capture() -> list[str]:
    """Where pipelines find the program that captures, when it stands beside this Python and not on the PATH."""
    beside = pathlib.Path(sys.executable).with_name("alidade-capture")
    return [] if shutil.which("alidade-capture") or not beside.exists() else [f'frontend.capture.command="{beside}"']
