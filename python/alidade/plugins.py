"""Plugins in Python, for experiments: a class whose object is given where a name would stand.

    class Chip(alidade.HardwareModel):
        def time(self, kernel):
            return max(kernel.flops / 100e12, kernel.bytes / 1e12)

    alidade.estimate("resnet18", on=[Chip(), "l4"])

They are slow: a call takes microseconds where one of a library takes nanoseconds, and one call runs at a time. What is
to stay is written as docs/writing_a_plugin.md says.
"""

import dataclasses
import math
import numbers
import re
import traceback
import types
from collections.abc import Mapping, Sequence
from typing import Any

from alidade.errors import ConfigError
from alidade.graphs import Graph, Kernel, Node, PlacementTask

DEEPEST = 100  # levels of lists and dicts in a result
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
    if not isinstance(name, str) or not WORD.fullmatch(name):
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
        needs = getattr(plugin, "needs", ())
        if isinstance(needs, str) or not all(isinstance(need, str) for need in needs or ()):
            raise ConfigError(f"'needs' is {needs!r}, and a tuple of names was expected", type(plugin).__name__,
                              'write needs = ("cost",)')
        if not any(known is plugin for known in self.plugins):
            self.plugins.append(plugin)
        return name_of(plugin)

    def names(self, given: Any) -> list[str]:
        """Names, and the names of plugins among them."""
        several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        return [self.name(one) for one in several]

    def name(self, given: Any) -> str:
        return given if isinstance(given, str) else self.add(given)

    def offered(self) -> list[tuple[str, str, list[tuple[str, int]], Plugin]]:
        """What the host is told of each: kind, name, and needs with their version, which is 0 where Python makes it."""
        mine = {name_of(plugin) for plugin in self.plugins}
        return [(plugin.kind, name_of(plugin),
                 [(need, 0 if need in mine else 1) for need in getattr(plugin, "needs", None) or ()], plugin)
                for plugin in self.plugins]


class WrongAnswer(TypeError):
    """What a method of a plugin gave, and where that method stands."""

    def __init__(self, plugin: Plugin, method: str, said: str):
        super().__init__(f"{method} gave {said}")
        code = getattr(getattr(type(plugin), method, None), "__code__", None)
        self.where = f"{code.co_filename}:{code.co_firstlineno}" if code else type(plugin).__name__


def analysis_result(plugin: Analysis, graph: Graph, results: Mapping[str, Any]) -> dict[str, Any]:
    found = plugin.run(graph, results)
    if not isinstance(found, Mapping):
        raise WrongAnswer(plugin, "run", f"{found!r}, and a dict was expected")
    made: dict[str, Any] = plain(plugin, found, "", DEEPEST)
    return made


def plain(plugin: Plugin, value: Any, path: str, depth: int) -> Any:
    """Numbers, texts, lists and dicts of Python's own, whatever they were."""
    at = f" at {path}" if path else ""
    if depth == 0:
        raise WrongAnswer(plugin, "run", f"lists or dicts deeper than {DEEPEST} levels{at[:60]}")
    match value:
        case None | bool():
            return value
        case numbers.Integral():
            if not -(1 << 63) <= int(value) < 1 << 63:
                raise WrongAnswer(plugin, "run", f"a whole number of more than 64 bits{at}")
            return int(value)
        case numbers.Real():
            if not math.isfinite(value):
                raise WrongAnswer(plugin, "run", f"{value}{at}, and finite numbers were expected: None is unknown")
            return float(value)
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {str(key): plain(plugin, one, f"{path}[{key!r}]", depth - 1) for key, one in value.items()}
        case list() | tuple():
            return [plain(plugin, one, f"{path}[{place}]", depth - 1) for place, one in enumerate(value)]
    raise WrongAnswer(plugin, "run", f"{value!r}{at}, and numbers, texts, lists and dicts were expected")


def amount(plugin: Plugin, method: str, what: str, given: Any, least: float = 0.0, most: float = 1e18) -> float:
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not real or not least <= float(given) <= most:
        raise WrongAnswer(plugin, method, f"{given!r} as {what}, and a number from {least:g} to {most:g} was expected")
    return float(given)


def kernel_time(plugin: HardwareModel, kernel: Kernel) -> KernelTime:
    found = plugin.time(kernel)
    if not isinstance(found, KernelTime):
        if isinstance(found, bool) or not isinstance(found, numbers.Real):
            raise WrongAnswer(plugin, "time", f"{found!r}, and a number of seconds or a KernelTime was expected")
        found = KernelTime(compute_s=float(found))
    compute, memory, launch = (amount(plugin, "time", name, getattr(found, name))
                               for name in ("compute_s", "memory_s", "launch_s"))
    energy = found.energy_j
    return KernelTime(compute, memory, launch, None if energy is None else amount(plugin, "time", "energy_j", energy))


def verdict(plugin: HardwareModel, node: Node) -> tuple[str, float, str]:
    """How it runs, how many times longer that takes, and why."""
    found = plugin.supports(node)
    match found:
        case None:
            return "native", 1.0, ""
        case str():
            return "unsupported", 1.0, found
        case (numbers.Real() as factor, str() as reason):
            return "slow", amount(plugin, "supports", "a factor", factor, 1.0), reason
    raise WrongAnswer(plugin, "supports", f"{found!r}, and None, a text, or a factor and a text were expected")


def machine(plugin: HardwareModel) -> Machine:
    found = plugin.machine()
    if not isinstance(found, Machine) or not isinstance(found.name, str):
        raise WrongAnswer(plugin, "machine", f"{found!r}, and a Machine with a name was expected")
    known = {name: amount(plugin, "machine", name, value) for name in ("per_inference_s", "idle_watts", "cap_watts")
             if (value := getattr(found, name)) is not None}
    capacity = found.capacity_bytes
    if capacity is not None:
        capacity = int(amount(plugin, "machine", "capacity_bytes", capacity))
    streams = int(amount(plugin, "machine", "streams", found.streams, 1, 4096))
    return Machine(found.name, capacity, known.get("per_inference_s", 0.0), streams, known.get("idle_watts"),
                   known.get("cap_watts"))


def placement(plugin: Placer, task: PlacementTask) -> list[int]:
    found = list(plugin.place(task))
    if len(found) != len(task.steps):
        raise WrongAnswer(plugin, "place", f"{len(found)} devices for {len(task.steps)} steps")
    for step, device in enumerate(found):
        if not isinstance(device, numbers.Integral) or not 0 <= device < len(task.devices):
            raise WrongAnswer(plugin, "place", f"step {step} the device {device!r}, and there are {len(task.devices)}")
    return [int(device) for device in found]


def raised(error: BaseException, trace: types.TracebackType | None) -> tuple[str, str]:
    """Which method raised what, and the line of the plugin that raised it."""
    if isinstance(error, WrongAnswer):
        return str(error), error.where
    what = f"raised {type(error).__name__}: {error}" if str(error) else f"raised {type(error).__name__}"
    own = [(frame.f_code, line) for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename != __file__]
    if not own:
        return what, ""
    method, (last, line) = own[0][0].co_qualname.rpartition("<locals>.")[2], own[-1]
    return f"{method} {what}".encode("utf-8", "replace").decode(), f"{last.co_filename}:{line}"
