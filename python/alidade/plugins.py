"""Plugins in Python, for experiments: a class whose object is given where a name would stand.

    class Chip(alidade.HardwareModel):
        def time(self, kernel):
            return max(kernel.flops / 100e12, kernel.bytes / 1e12)

    alidade.estimate("resnet18", on=[Chip(), "l4"])

They are slow: a call takes microseconds where one of a library takes nanoseconds, and one call runs at a time. What is
to stay is written as docs/writing_a_plugin.md says.
"""

import dataclasses
import re
import traceback
import types
from collections.abc import Mapping, Sequence
from typing import Any

from alidade.errors import ConfigError
from alidade.graphs import Graph, Kernel, Node, PlacementTask

WORD = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclasses.dataclass(frozen=True)
class KernelTime:
    """What one run of a kernel takes: the longer of compute and memory, after its launch."""

    compute_s: float = 0.0
    memory_s: float = 0.0
    launch_s: float = 0.0
    energy_j: float | None = None


@dataclasses.dataclass(frozen=True)
class Machine:
    """What a device is, beside its kernels."""

    name: str
    capacity_bytes: int | None = None
    per_inference_s: float = 0.0
    streams: int = 1
    idle_watts: float | None = None
    cap_watts: float | None = None


class Plugin:
    """`name` is what results and pipelines call it; without one, its class in lower case."""

    kind = ""
    name = ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, the {self.kind} '{name_of(self)}'>"


class Analysis(Plugin):
    """Reads a graph, and earlier results by name: those that `needs` lists are made before it."""

    kind = "analysis"
    needs: Sequence[str] = ()

    def run(self, graph: Graph, results: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it found: numbers, texts, lists and dicts by name. It stands under its name in every report."""
        raise NotImplementedError


class HardwareModel(Plugin):
    """A device: says what a kernel takes."""

    kind = "hardware"

    def machine(self) -> Machine:
        return Machine(f"{type(self).__name__}, in Python")

    def supports(self, node: Node) -> str | tuple[float, str] | None:
        """None: it runs the operator. A text: it does not, and why. A factor and a text: it does, so much slower."""
        return None

    def time(self, kernel: Kernel) -> float | KernelTime:
        """Seconds of one run. Nobody asks about kernels whose work is not known, or that have an operator that
        `supports` refuses."""
        raise NotImplementedError


class Placer(Plugin):
    """Decides where every step runs."""

    kind = "placer"

    def place(self, task: PlacementTask) -> Sequence[int]:
        """The number of a device for every step."""
        raise NotImplementedError


def name_of(plugin: Plugin) -> str:
    name = plugin.name or type(plugin).__name__.lower()
    if not WORD.fullmatch(name):
        raise ConfigError(f"{name!r} is not the name of a component", type(plugin).__name__,
                          'give the class a name of letters, digits, "_" and "-": name = "chip"')
    return name


class Own:
    """Plugins that one question brings along, each once."""

    def __init__(self, plugins: Sequence[Plugin] = ()):
        self.plugins: list[Plugin] = []
        for plugin in plugins:
            self.add(plugin)

    def add(self, plugin: Plugin) -> str:
        if isinstance(plugin, type):
            raise ConfigError(f"{plugin.__name__} is a class, and an object of it was expected", plugin.__name__,
                              f"make one: {plugin.__name__}()")
        if not isinstance(plugin, Plugin) or not plugin.kind:
            raise ConfigError(f"a plugin was expected, found {type(plugin).__name__}", "",
                              "give a name, or an object of a class below alidade.Analysis, alidade.HardwareModel or "
                              "alidade.Placer")
        if not any(known is plugin for known in self.plugins):
            self.plugins.append(plugin)
        return name_of(plugin)

    def names(self, given: Any) -> list[str]:
        """Names, and the names of plugins among them."""
        several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        return [self.name(one) for one in several]

    def name(self, given: Any) -> str:
        return given if isinstance(given, str) else self.add(given)

    def offered(self) -> list[tuple[str, str, list[str], Plugin]]:
        """What the host is told of each: kind, name, needs."""
        return [(plugin.kind, name_of(plugin), list(getattr(plugin, "needs", ())), plugin) for plugin in self.plugins]


def analysis_result(plugin: Analysis, graph: Graph, results: Mapping[str, Any]) -> dict[str, Any]:
    found = plugin.run(graph, results)
    if not isinstance(found, Mapping):
        raise TypeError(f"run gave {found!r}, and a dict was expected")
    return dict(found)


def kernel_time(plugin: HardwareModel, kernel: Kernel) -> KernelTime:
    found = plugin.time(kernel)
    if isinstance(found, bool) or not isinstance(found, int | float | KernelTime):
        raise TypeError(f"time gave {found!r}, and a number of seconds or a KernelTime was expected")
    return found if isinstance(found, KernelTime) else KernelTime(compute_s=float(found))


def verdict(plugin: HardwareModel, node: Node) -> tuple[str, float, str]:
    """How it runs, how many times longer that takes, and why."""
    found = plugin.supports(node)
    match found:
        case None:
            return "native", 1.0, ""
        case str():
            return "unsupported", 1.0, found
        case (int() | float() as factor, str() as reason):
            return "slow", float(factor), reason
    raise TypeError(f"supports gave {found!r}, and None, a text, or a factor and a text were expected")


def machine(plugin: HardwareModel) -> Machine:
    found = plugin.machine()
    if not isinstance(found, Machine):
        raise TypeError(f"machine gave {found!r}, and a Machine was expected")
    return found


def placement(plugin: Placer, task: PlacementTask) -> list[int]:
    found = [int(device) for device in plugin.place(task)]
    if len(found) != len(task.steps):
        raise ValueError(f"place gave {len(found)} devices for {len(task.steps)} steps")
    for step, device in enumerate(found):
        if not 0 <= device < len(task.devices):
            raise ValueError(f"place gave step {step} the device {device}, and there are {len(task.devices)}")
    return found


def raised(error: BaseException, trace: types.TracebackType | None) -> tuple[str, str]:
    """What was raised, and the line that raised it."""
    frames = traceback.extract_tb(trace)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, where
