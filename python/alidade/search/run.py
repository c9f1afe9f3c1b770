"""Devices of a space, estimated one after the other."""

import dataclasses
import importlib
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import alidade
from alidade.errors import AlidadeError, ConfigError
from alidade.search.space import FOUND, Space


@dataclasses.dataclass
class Point:
    """A device: its numbers, what was found out, and what it is worth; the least is the best of each goal."""

    varied: dict[str, float]
    found: dict[str, Any]  # of FOUND, of each model too, and the figures
    goals: tuple[float, ...] | None  # None: it is not allowed, or something is not known
    why: str = ""  # it is not
    front: bool = False  # no other one is at least as good at everything


class Estimator:
    def __init__(self, space: Space):
        self._space = space
        self._models = {pathlib.Path(model).stem: alidade.open(model, bind=fitting(model, space.bind))
                        for model in space.models}
        for model in self._models.values():  # what the device as it is refuses, no other one takes
            model.estimate(space.device, dtype=space.dtype, batch=space.batch)

    def point(self, varied: dict[str, float]) -> Point:
        space = self._space
        try:
            rows = {name: model.estimate(space.device, dtype=space.dtype, batch=space.batch, figures=varied)[0]
                    for name, model in self._models.items()}
        except ConfigError as error:
            return Point(varied, {}, None, error.what)
        found = together(rows)
        names = varied | found
        for name, figure in space.figures.items():
            names[name] = found[name] = figure.value(names)
        for condition in space.require:
            if condition.value(names) is not True:
                return Point(varied, found, None, f"not {condition.text}")
        worth = [(-1 if way == "maximise" else 1, goal.value(names)) for way, goal in space.goals]
        if any(value is None for _, value in worth):
            return Point(varied, found, None, "a goal has no value")
        return Point(varied, found, tuple(sign * value for sign, value in worth))


def fitting(model: str, bind: dict[str, int]) -> dict[str, int]:
    """Of the sizes those that the model has."""
    known = alidade.open(model).symbols if bind else []
    return {name: size for name, size in bind.items() if name in known}


def together(rows: dict[str, alidade.Estimate]) -> dict[str, Any]:
    """Each model's figures, and those of one run of all: the sum of times and energies, the greatest need of memory."""
    out: dict[str, Any] = {f"{name}.{model}": getattr(row, name) for model, row in rows.items() for name in FOUND}
    times, energies = [row.time_s for row in rows.values()], [row.energy_j for row in rows.values()]
    known = all(row.unpriced_ops == 0 for row in rows.values())
    out["time_s"] = sum(times) if known else None
    out["energy_j"] = None if None in energies else sum(energy for energy in energies if energy is not None)
    out["memory_bytes"] = max(row.memory_bytes for row in rows.values())
    out["fits"] = all(row.fits is True for row in rows.values())
    return out


def mark_front(points: list[Point]) -> None:
    """In order of the first goal, so that only points before one can beat it."""
    front: list[tuple[float, ...]] = []
    for point in sorted((one for one in points if one.goals is not None), key=lambda one: one.goals or ()):
        goals = point.goals or ()
        point.front = not any(other != goals and all(a <= b for a, b in zip(other, goals, strict=True))
                              for other in front)
        if point.front:
            front.append(goals)


def tried(space: Space, estimate: Callable[[dict[str, float]], Point]) -> Iterator[Point]:
    if space.method == "grid":
        yield from map(estimate, space.grid())
    elif space.method == "random":
        yield from map(estimate, space.drawn())
    else:
        yield from suggested(space, estimate)


def suggested(space: Space, estimate: Callable[[dict[str, float]], Point]) -> Iterator[Point]:
    """By Optuna, which looks at what came out so far."""
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise ConfigError("the Python package optuna is not installed", space.file,
                          "pip install 'alidade[search]', or choose the method random or grid") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    samplers = {"nsga2": optuna.samplers.NSGAIISampler, "tpe": optuna.samplers.TPESampler}
    sampler = samplers[space.method](seed=space.seed)
    study = optuna.create_study(directions=["minimize"] * len(space.goals), sampler=sampler)
    for _ in range(space.points):
        trial = study.ask()
        point = estimate({one.name: suggestion(trial, one) for one in space.varied})
        state = optuna.trial.TrialState.COMPLETE if point.goals is not None else optuna.trial.TrialState.FAIL
        study.tell(trial, point.goals, state=state)
        yield point


def suggestion(trial: Any, one: Any) -> float:
    if one.values:
        found: float = trial.suggest_categorical(one.name, list(one.values))
    elif one.whole:
        found = trial.suggest_int(one.name, round(one.low), round(one.high), log=one.log)
    else:
        found = trial.suggest_float(one.name, one.low, one.high, log=one.log)
    return found


def search(space: Space, tell: Callable[[int], None] = lambda count: None) -> list[Point]:
    """Every point that was tried, in order; those of the front are marked."""
    points: list[Point] = []
    for point in tried(space, Estimator(space).point):
        points.append(point)
        tell(len(points))
    if not any(point.goals is not None for point in points):
        reasons = sorted({point.why for point in points}, key=lambda why: -sum(point.why == why for point in points))
        raise AlidadeError(f"none of {len(points)} devices is allowed; most often: {reasons[0]}", space.file,
                           "let more vary, or ask for less in 'require'")
    mark_front(points)
    return points
