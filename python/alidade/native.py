"""Finds the native program and asks it for results."""

import json
import os
import pathlib
import shutil
import subprocess
import sys


class NativeError(RuntimeError):
    """The native program is missing, or refused the model; the text is its own."""


def find_program() -> pathlib.Path | None:
    """ALIDADE_BIN, in this package, on the PATH, or in the build folder of the checkout that this file is in."""
    if named := os.environ.get("ALIDADE_BIN"):
        return pathlib.Path(named)
    own = pathlib.Path(__file__).with_name("_native") / "bin/alidade"
    on_path = shutil.which("alidade")
    built = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin/alidade"
    places = (own, pathlib.Path(on_path) if on_path else None, built)
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def program() -> str:
    found = find_program()
    if not found:
        raise NativeError("the program alidade is not installed: set ALIDADE_BIN, or put it on the PATH")
    return str(found)


def profile(file: pathlib.Path, *options: str) -> str:
    """What `alidade profile FILE` prints."""
    done = subprocess.run([program(), "profile", str(file), *options], capture_output=True, text=True)
    if done.returncode not in (0, 5) or not done.stdout:
        raise NativeError(done.stderr.strip() or f"alidade ended with status {done.returncode}")
    return done.stdout


def profile_json(file: pathlib.Path, *options: str) -> dict:
    return json.loads(profile(file, "--format", "json", *options))


def main() -> None:
    """The command alidade that a wheel installs; those beside it may be on no PATH."""
    beside = str(pathlib.Path(sys.argv[0]).resolve().parent)
    os.environ["PATH"] = os.pathsep.join(filter(None, (beside, os.environ.get("PATH"))))
    os.execv(program(), ["alidade", *sys.argv[1:]])
