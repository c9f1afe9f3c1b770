"""Stores of sweeps as tables."""

import functools
import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

from alidade.errors import ConfigError, of_program
from alidade.native import program
from alidade.tables import Table


class Points(Table[dict[str, Any]]):
    """Points of a sweep, a row each: a dict by column, None where nothing is known."""

    def __init__(self, rows: list[dict[str, Any]]):
        self._rows = rows

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self._rows

    @functools.cached_property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def to_columns(self) -> dict[str, list[Any]]:
        return {name: [row.get(name) for row in self.rows] for name in self.columns}


def points(stores: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], where: str = "", *, sort: str = "",
           limit: int | None = None) -> Points:
    """What `alidade query STORE... WHERE` finds: points("sweep.db", "fits and time_s < 0.01", sort="per_second")."""
    paths = [stores] if isinstance(stores, str | os.PathLike) else stores
    for path in paths:
        if not os.path.exists(path):
            raise ConfigError("there is no such store", os.fspath(path), "alidade sweep ... -o FILE.db makes one")
    if limit is not None and limit < 0:
        raise ConfigError(f"a limit is a whole number from 0, found {limit}", "limit")
    command = [program(), "query", *(os.fspath(path) for path in paths), *([where] if where else []), "--json"]
    command += ["--sort", sort] if sort else []
    command += ["--limit", str(limit)] if limit is not None else []
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise of_program(done.returncode, done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return Points(found)
