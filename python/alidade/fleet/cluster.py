"""Ray, as much of it as a sweep needs."""

import contextlib
import dataclasses
import importlib
import os
import pathlib
import socket
import tempfile
import time
from typing import Any

from alidade.errors import ConfigError
from alidade.fleet.job import Job, run_units, version
from alidade.fleet.work import Task


def ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise ConfigError("the Python package ray is not installed", "--engine", "pip install 'alidade[ray]'") from None


def run_task(files: dict[str, bytes], units: list[int], expected: str) -> tuple[str, Any, float]:
    """On a machine of the cluster: what happened, what came of it, and the seconds that it took."""
    started = time.monotonic()
    try:
        if (here := version()) != expected:
            return "version", here, 0.0
        with tempfile.TemporaryDirectory(prefix="alidade-part-") as folder:
            store = run_units(files, units, pathlib.Path(folder))
        return "done", store, time.monotonic() - started
    except Exception as error:  # ray would wrap it in a class that only the one who raised it can read
        return "failed", str(error), time.monotonic() - started


def knock(address: str) -> None:
    """Raises OSError where nobody listens: ray would go on trying for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=5).close()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Of one task: `kind` is "done", "failed", "version" or "lost"."""

    task: Task
    kind: str
    value: Any
    seconds: float


class Cluster:
    """Tasks that are out; the files of the job are an object of the cluster, sent to each machine once."""

    def __init__(self, address: str, job: Job):
        self._ray = ray()
        self._job = job
        self._out: dict[Any, tuple[Task, float]] = {}
        self._quiet = contextlib.ExitStack()  # ray has much to say, on both streams
        nowhere = self._quiet.enter_context(open(os.devnull, "w"))
        self._quiet.enter_context(contextlib.redirect_stdout(nowhere))
        self._quiet.enter_context(contextlib.redirect_stderr(nowhere))
        try:
            knock(address)
            self._ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except (OSError, ValueError, RuntimeError) as error:
            self._quiet.close()
            raise ConfigError(f"no cluster of ray answers at '{address}': {str(error).splitlines()[0]}", "--address",
                              "start one with 'ray start --head', or name another address") from None
        self._files = self._ray.put(job.files)
        self._run = self._ray.remote(run_task).options(max_retries=0, num_cpus=1)

    def slots(self) -> int:
        """How many tasks run at once: a core each."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)))

    @property
    def running(self) -> int:
        return len(self._out)

    def send(self, task: Task) -> None:
        reference = self._run.remote(self._files, list(task.units), self._job.program)
        self._out[reference] = task, time.monotonic()

    def wait(self, seconds: float) -> list[Outcome]:
        """What has come back by then."""
        ready, _ = self._ray.wait(list(self._out), num_returns=1, timeout=seconds)
        return [self._outcome(reference) for reference in ready]

    def _outcome(self, reference: Any) -> Outcome:
        task, sent = self._out.pop(reference)
        try:
            kind, value, seconds = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            return Outcome(task, "lost", str(error).splitlines()[0], time.monotonic() - sent)
        return Outcome(task, kind, value, seconds)

    def close(self) -> None:
        for reference in self._out:
            self._ray.cancel(reference, force=True)
        self._ray.shutdown()
        self._quiet.close()
