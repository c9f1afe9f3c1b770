"""Which units go out next. Nobody knows beforehand how long a model takes: one unit of it goes out alone, and the time
that it took says how many go out together. What a node was lost over goes out again, unit by unit; a unit that three
nodes were lost over does not."""

import collections
import dataclasses
from collections.abc import Iterable

TRIES = 3


@dataclasses.dataclass(frozen=True)
class Task:
    units: tuple[int, ...]


class Work:
    def __init__(self, models: Iterable[tuple[int, list[int]]], task_seconds: float):
        self._left = {model: collections.deque(units) for model, units in models if units}
        self._seconds: dict[int, float] = {}  # of a unit
        self._model_of = {unit: model for model, units in self._left.items() for unit in units}
        self._again: collections.deque[int] = collections.deque()
        self._losses: collections.Counter[int] = collections.Counter()
        self._tried: set[int] = set()  # models of which a unit has gone out
        self.killers: list[int] = []
        self._task_seconds = task_seconds

    def next(self) -> Task | None:
        if self._again:
            return Task((self._again.popleft(),))
        model = self._next_model()
        if model is None:
            return None
        self._tried.add(model)
        units = self._left[model]
        count = max(1, int(self._task_seconds / max(self._seconds[model], 1e-9))) if model in self._seconds else 1
        taken = tuple(units.popleft() for _ in range(min(count, len(units))))
        if not units:
            del self._left[model]
        return Task(taken)

    def _next_model(self) -> int | None:
        """One that nobody has tried, else the one with most left to do."""
        new = next((model for model in self._left if model not in self._tried), None)
        if new is not None:
            return new
        return max(self._left, key=lambda model: len(self._left[model]) * self._seconds.get(model, 0), default=None)

    def done(self, task: Task, seconds: float) -> None:
        self._seconds[self._model_of[task.units[0]]] = seconds / len(task.units)

    def lost(self, task: Task) -> list[int]:
        """The machine was lost over it: its units go out again, each alone. Gives those that have cost too many."""
        for unit in task.units:
            self._losses[unit] += 1
        killers = [unit for unit in task.units if self._losses[unit] >= TRIES]
        self.killers += killers
        self._again.extend(unit for unit in task.units if unit not in killers)
        return killers
