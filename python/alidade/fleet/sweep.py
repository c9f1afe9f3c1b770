"""A sweep from its command line to its store."""

import dataclasses
import pathlib
import sys
import tempfile

from alidade.errors import AlidadeError, ConfigError
from alidade.fleet.cluster import Cluster, Outcome
from alidade.fleet.job import Job, job_of
from alidade.fleet.parts import Parts
from alidade.fleet.work import TRIES, Work
from alidade.verbs import SOME_FAILED


@dataclasses.dataclass
class Options:
    words: list[str]  # what the program's own sweep takes
    output: pathlib.Path
    address: str = "auto"
    task_seconds: float = 30.0
    max_core_hours: float | None = None


class Sweep:
    def __init__(self, options: Options, job: Job):
        self.options, self.job = options, job
        self.parts = Parts(options.output, job)
        self.done = self.parts.open()
        self.seconds = 0.0
        left = [unit for unit in range(job.units) if unit not in self.done]
        of_model: dict[int, list[int]] = {}
        for unit in left:
            of_model.setdefault(job.model_of(unit), []).append(unit)
        self.work = Work(of_model.items(), options.task_seconds)

    def run(self) -> int:
        cluster = Cluster(self.options.address, self.job)
        try:
            while self.hand_out(cluster) or cluster.running:
                for outcome in cluster.wait(1.0):
                    self.take(outcome)
                self.show()
        finally:
            cluster.close()
            show("\n")
        return self.finish()

    def hand_out(self, cluster: Cluster) -> bool:
        """Fills the cluster; whether anything is left to do."""
        while not self.spent() and cluster.running < cluster.slots():
            task = self.work.next()
            if task is None:
                return False
            cluster.send(task)
        return not self.spent()

    def spent(self) -> bool:
        limit = self.options.max_core_hours
        return limit is not None and self.seconds >= 3600 * limit

    def take(self, outcome: Outcome) -> None:
        self.seconds += outcome.seconds
        match outcome.kind:
            case "done":
                self.parts.add(outcome.task.units, outcome.value)
                self.done.update(outcome.task.units)
                self.work.done(outcome.task, outcome.seconds)
            case "lost":
                self.work.lost(outcome.task)
            case "version":
                raise ConfigError(f"a machine of the cluster has '{outcome.value}', and this one '{self.job.program}'",
                                  "--address", "install the same version of the package on all of them")
            case _:
                raise AlidadeError(f"a part of the sweep failed on a machine of the cluster: {outcome.value}")

    def show(self) -> None:
        points = len(self.done) * self.job.points_of_a_unit
        show(f"\rsweep: {points} of {self.job.points} points, {self.seconds / 3600:.2f} core hours")

    def finish(self) -> int:
        if len(self.done) < self.job.units and not self.work.killers:
            raise AlidadeError(
                f"{len(self.done)} of {self.job.units} parts were done when {self.options.max_core_hours:g} core hours "
                "were spent", "--max-cost", "the same command with a greater one goes on with the others")
        if self.done:
            self.parts.join()
        print(f"{len(self.done) * self.job.points_of_a_unit} of {self.job.points} points in {self.options.output}")
        for unit in self.work.killers:
            model = self.job.models[self.job.model_of(unit)]
            size = unit % self.job.units_of_a_model + 1
            print(f"error: '{model}', size {size} of {self.job.units_of_a_model}, was left out: {TRIES} machines were "
                  "lost over it", file=sys.stderr)
        return SOME_FAILED if self.work.killers else 0


def show(text: str) -> None:
    """Progress, which only a terminal has."""
    terminal = sys.__stderr__
    if terminal and terminal.isatty():
        print(text, end="", file=terminal, flush=True)


def sweep(options: Options) -> int:
    with tempfile.TemporaryDirectory(prefix="alidade-job-") as folder:
        job = job_of(options.words, pathlib.Path(folder) / "job")
        return Sweep(options, job).run()

