"""A space file: models, a device, what varies of it, what else is worked out, and the goals."""

import dataclasses
import itertools
import math
import pathlib
import random
import tomllib
from collections.abc import Iterator
from typing import Any

from alidade.capture.faults import did_you_mean
from alidade.errors import ConfigError
from alidade.search.expression import Expression

METHODS = ("grid", "random", "nsga2", "tpe")
FOUND = ("time_s", "energy_j", "memory_bytes", "fits")
Goal = tuple[str, Expression]  # "minimise" or "maximise"


@dataclasses.dataclass(frozen=True)
class Varied:
    """A number of the device: some values, or a range."""

    name: str
    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False

    def drawn(self, chance: random.Random) -> float:
        if self.values:
            return chance.choice(self.values)
        if self.whole and not self.log:
            return chance.randint(round(self.low), round(self.high))
        drawn = math.exp(chance.uniform(math.log(self.low), math.log(self.high))) if self.log \
            else chance.uniform(self.low, self.high)
        return round(drawn) if self.whole else drawn


@dataclasses.dataclass(frozen=True)
class Space:
    file: str
    models: tuple[str, ...]
    device: str
    dtype: str
    batch: int | None
    bind: dict[str, int]
    varied: tuple[Varied, ...]
    figures: dict[str, Expression]
    goals: tuple[Goal, ...]
    require: tuple[Expression, ...]
    method: str
    points: int
    seed: int

    def grid(self) -> Iterator[dict[str, float]]:
        names = [one.name for one in self.varied]
        for values in itertools.product(*(one.values for one in self.varied)):
            yield dict(zip(names, values, strict=True))

    def drawn(self) -> Iterator[dict[str, float]]:
        chance = random.Random(self.seed)
        for _ in range(self.points):
            yield {one.name: one.drawn(chance) for one in self.varied}


class Reader:
    """Takes a table apart; what is left in the end is a mistake."""

    def __init__(self, table: dict[str, Any], where: str):
        self._table, self._where = dict(table), where
        self._known: list[str] = []

    def take(self, key: str, kind: type | tuple[type, ...], expected: str, otherwise: Any = None) -> Any:
        self._known.append(key)
        if key not in self._table:
            if otherwise is None:
                raise ConfigError(f"'{key}' is missing: {expected} is expected", self._where)
            return otherwise
        value = self._table.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ConfigError(f"'{key}': {expected} was expected, found {value!r}", self._where)
        return value

    def end(self) -> None:
        for key in self._table:
            raise ConfigError(f"unknown key '{key}'{did_you_mean(key, self._known)}", self._where,
                              f"keys here: {', '.join(self._known)}")


def varied(name: str, given: Any, where: str) -> Varied:
    number = (int, float)
    if isinstance(given, list) and given and all(isinstance(one, number) and not isinstance(one, bool)
                                                 for one in given):
        return Varied(name, values=tuple(given))
    if not isinstance(given, dict):
        raise ConfigError(f"'{name}': a list of numbers or a range was expected, found {given!r}", where,
                          f"write {name} = [100, 200], or {name} = {{ from = 100, to = 800 }}")
    reader = Reader(given, f"{where}, [vary] {name}")
    low, high = reader.take("from", number, "a number"), reader.take("to", number, "a number")
    log, whole = reader.take("log", bool, "true or false", False), reader.take("whole", bool, "true or false", False)
    reader.end()
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or (log and low <= 0):
        raise ConfigError(f"'{name}': from {low:g} to {high:g} is no range{' of logarithms' if log else ''}", where)
    return Varied(name, (), low, high, log, whole)


def read_space(path: str) -> Space:
    try:
        table = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the file cannot be read: {error.strerror}", path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"it is no TOML: {error}", path) from None
    return space_of(table, path)


def space_of(table: dict[str, Any], file: str) -> Space:
    top = Reader(table, file)
    models = top.take("models", list, "a list of models")
    device = top.take("device", str, "the name of a device")
    dtype = top.take("dtype", str, "a precision", "")
    batch = top.take("batch", int, "a whole number", 0)
    bind = top.take("bind", dict, "a table of sizes", {})
    vary = top.take("vary", dict, "a table")
    figures = top.take("figures", dict, "a table of expressions", {})
    goals = Reader(top.take("goals", dict, "a table"), f"{file}, [goals]")
    search = Reader(top.take("search", dict, "a table", {}), f"{file}, [search]")
    top.end()
    minimise = goals.take("minimise", list, "a list of expressions", [])
    maximise = goals.take("maximise", list, "a list of expressions", [])
    require = goals.take("require", list, "a list of conditions", [])
    goals.end()
    method = search.take("method", str, "a method", "random")
    points, seed = search.take("points", int, "a whole number", 200), search.take("seed", int, "a whole number", 1)
    search.end()
    space = Space(file, tuple(models), device, dtype, batch or None, bind,
                  tuple(varied(name, given, file) for name, given in flat(vary).items()),
                  {name: expression(name, text, f"{file}, [figures]", f" {name}") for name, text in figures.items()},
                  tuple((way, expression(way, text, f"{file}, [goals]")) for way, texts in
                        (("minimise", minimise), ("maximise", maximise)) for text in texts),
                  tuple(expression("require", text, f"{file}, [goals]") for text in require), method, points, seed)
    check(space)
    return space


def expression(key: str, text: Any, where: str, entry: str = "") -> Expression:
    if not isinstance(text, str):
        raise ConfigError(f"'{key}': an expression was expected, found {text!r}", where)
    return Expression(text, where + entry)


def flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Keys with dots: TOML makes tables of them."""
    out: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict) and not value.keys() & {"from", "to"}:
            out |= flat(value, f"{before}{key}.")
        else:
            out[before + key] = value
    return out


def check(space: Space) -> None:
    if not space.models or not space.varied or not space.goals:
        lacks = "models" if not space.models else "[vary]" if not space.varied else "[goals] minimise or maximise"
        raise ConfigError(f"there is nothing in {lacks}", space.file, "docs/searching.md has an example")
    if space.method not in METHODS:
        raise ConfigError(f"there is no method {space.method!r}{did_you_mean(space.method, METHODS)}", space.file,
                          f"methods: {', '.join(METHODS)}")
    if space.points < 1:
        raise ConfigError(f"'points': a number from 1 on was expected, found {space.points}", space.file)
    for one in space.varied:
        if space.method == "grid" and not one.values:
            raise ConfigError(f"a grid needs a list of values, and '{one.name}' is a range", space.file,
                              "give it a list, or choose the method random")
    known = {one.name for one in space.varied} | set(FOUND)
    known |= {f"{name}.{pathlib.Path(model).stem}" for name in FOUND for model in space.models}
    for name, figure in space.figures.items():
        check_names(figure, known)
        known.add(name)
    for expression in (*(goal for _, goal in space.goals), *space.require):
        check_names(expression, known)


def check_names(expression: Expression, known: set[str]) -> None:
    for name in expression.names:
        if name not in known:
            raise ConfigError(f"{expression.text!r}: nothing is called '{name}'{did_you_mean(name, sorted(known))}",
                              expression.where, f"there are {', '.join(sorted(known))}")
