"""Which routes are tried, in which order and on which device, and what is said when one fails."""

import contextlib
import dataclasses
import pathlib
import re
import time
from collections.abc import Callable

from alidade.capture import data_sizes, routes
from alidade.capture.archive import SCHEMA, whole_or_absent
from alidade.capture.build import Built, build, fits_in_memory
from alidade.capture.captured import Captured
from alidade.capture.faults import CaptureError, TrainingError, first_cause
from alidade.capture.request import Request
from alidade.capture.routes import train_step
from alidade.capture.sources.source import Source
from alidade.capture.stablehlo.models import JaxModel
from alidade.capture.stablehlo.packages import installed
from alidade.capture.warm_up import warm_up

Say = Callable[[str], None]
# The fastest that works for most models first: without strict, on the meta device.
META = {"": ("nonstrict",), "export": ("nonstrict", "strict"), "trace": (), "onnx": ()}
CPU = {"": ("nonstrict", "strict", "dynamo", "trace", "onnx"), "export": ("nonstrict", "strict")}
TRAINING = ("nonstrict", "strict")  # of a training step
TOO_LARGE = ("strict", "dynamo")  # what is left to try on the meta device


def kept(source: str) -> str:
    """A source as it was typed; of an absolute path, which means nothing on another machine, the last part."""
    return re.sub(r"(^|:)/(?:.*/)?", r"\1", source.rstrip("/"))


@dataclasses.dataclass
class Capture:
    """A captured model, how it came about, and what was tried before."""

    source: Source
    request: Request
    captured: Captured
    route: str
    built: Built
    failures: list[dict]
    seconds: dict[str, float]
    set_up: list[str]
    data_sizes: dict[str, int | None]

    def record(self) -> dict:
        """What is kept beside the graph."""
        return {"schema": SCHEMA, "source": kept(self.source.name),
                "versions": self.source.versions() | (installed() if self.route == "jax" else {}), "route": self.route,
                "device": self.built.device, "train": self.request.train, **self.training(),
                "symbols": self.captured.symbols,
                "inputs": [spec.as_json() for spec in self.built.inputs.specs()], "warm_up": self.set_up,
                "failures": self.failures, "data_sizes": self.data_sizes,
                "seconds": {what: round(taken, 3) for what, taken in self.seconds.items()}, **self.source.record()}

    def training(self) -> dict:
        step = {"loss": self.built.loss, "optimizer": self.request.optimizer, "untrained": self.built.untrained}
        return {"train_step": step} if self.request.train_step else {}

    def write(self, path: pathlib.Path, more: dict | None = None) -> pathlib.Path:
        with whole_or_absent(path) as partial:
            self.captured.write(partial, self.source.title, {**self.record(), **(more or {})},
                                self.request.with_weights)
        return path


class Attempt:
    """One model's way through devices and routes."""

    def __init__(self, source: Source, request: Request, say: Say):
        self.source, self.request, self.say = source, request, say
        self.failures: list[dict] = []
        self.seconds: dict[str, float] = {}
        self.set_up: list[str] = []

    def run(self) -> Capture:
        via = self.request.via
        for device, plan in (("meta", self.plan(META, via)), ("cpu", self.plan(CPU, via))):
            built = self.built(device) if plan and device in self.source.devices else None
            if not built:
                continue
            plan = ("jax",) if isinstance(built.model, JaxModel) else plan
            if device == "meta" and not fits_in_memory(built.model):
                more = () if via or self.request.train_step else TOO_LARGE
                plan = dict.fromkeys((*plan, *more))
                if found := self.first_that_works(built, plan):
                    return found
                raise self.nothing_works("its weights do not fit into memory, so only the meta device was tried")
            if found := self.first_that_works(built, plan):
                return found
        raise self.nothing_works("")

    def plan(self, routes_by_word: dict[str, tuple[str, ...]], via: str) -> tuple[str, ...]:
        plan = routes_by_word.get(via, (via,))
        return tuple(route for route in plan if route in TRAINING) if self.request.train_step else plan

    def of_jax(self, built: Built) -> Built:
        """A model of JAX has one route, on which tracing is the first pass."""
        via = self.request.via
        if via not in ("", "jax"):
            raise CaptureError(f"the route {via} captures models of PyTorch, and this is one of JAX", self.source.name,
                               "leave out --via")
        if self.request.train_step:
            raise CaptureError("a training step is captured of models of PyTorch, and this is one of JAX",
                               self.source.name, "name a function that computes the gradient (jax.grad)")
        return built

    def built(self, device: str) -> Built | None:
        started = time.monotonic()
        try:
            built = build(self.source, self.request, device)
        except NotImplementedError as reason:  # building looks into tensors
            self.note("build", device, str(reason) or "NotImplementedError")
            return None
        self.seconds["build"] = time.monotonic() - started
        if isinstance(built.model, JaxModel):
            return self.of_jax(built)
        if not self.warmed_up(built):
            return None
        return self.with_loss(built) if self.request.train_step else built

    def with_loss(self, built: Built) -> Built | None:
        try:
            made = train_step.prepared(built, self.request)
        except TrainingError:
            raise
        except Exception as reason:
            if built.device == "cpu":
                raise self.raised(reason) from reason
            self.note("loss", built.device, first_cause(reason))
            return None
        if made.untrained:
            more = ", ..." if len(made.untrained) > 4 else ""
            self.say(f"the loss does not depend on {', '.join(made.untrained[:4])}{more}: they are not trained")
        return made

    def warmed_up(self, built: Built) -> bool:
        started = time.monotonic()
        try:
            with built.where():
                self.set_up = warm_up(built)
        except Exception as reason:
            if built.device == "cpu":
                raise self.raised(reason) from reason
            self.note("warm-up", built.device, first_cause(reason))
        self.seconds["warm_up"] = time.monotonic() - started
        if self.set_up:
            shown = ", ".join(self.set_up[:4]) + (", ..." if len(self.set_up) > 4 else "")
            self.say(f"warm-up mattered: the model set up {shown} in its first pass")
        return True

    def raised(self, reason: Exception) -> CaptureError:
        return CaptureError(f"the model's forward raised {first_cause(reason)}", self.source.name,
                            "look at its inputs: --input-shape gives them by name or in order (numbers are f32, ids "
                            "are said: ids=1,128:int64), parts of one by its name and theirs (batch.ids=1,128:int64), "
                            "and example_inputs() in a file gives values")

    def first_that_works(self, built: Built, plan) -> Capture | None:
        for route in plan:
            started = time.monotonic()
            try:
                with built.where():
                    captured = routes.take(route, built, self.request)
            except TrainingError:
                raise
            except Exception as reason:
                self.note(route, built.device, first_cause(reason))
                continue
            self.seconds[route] = time.monotonic() - started
            if built.device == "meta" and built.inputs.has_values() and data_sizes.names(captured):
                self.note(route, "meta", "sizes depend on data: once more on the CPU, with the values that were given")
                return None
            self.say_fixed(captured)
            return Capture(self.source, self.request, captured, route, built, self.failures, self.seconds, self.set_up,
                           self.sizes(built, captured))
        return None

    def say_fixed(self, captured: Captured) -> None:
        for dimension in self.request.dimensions():
            if dimension.name not in captured.symbols.values():
                self.say(f'"{dimension.name}" is a number in this file: the model or the route fixes it')

    def sizes(self, built: Built, captured: Captured) -> dict[str, int | None]:
        """What sizes that depend on data are for the values that were given; None where none were."""
        unknown = dict.fromkeys(data_sizes.names(captured))
        if not built.inputs.has_values() or built.device == "meta" or not unknown:
            return unknown
        try:
            every = data_sizes.found(captured.programs()[0], *built.tensors())
            found = {name: every[name] for name in unknown}
        except Exception as reason:
            self.say(f"sizes that depend on data stay unknown: {first_cause(reason)}")
            return unknown
        shown = ", ".join(f"{name} = {size}" for name, size in found.items())
        self.say(f"sizes that depend on data, with the values that were given: {shown}")
        return found

    def note(self, route: str, device: str, why: str) -> None:
        self.failures.append({"route": route, "device": device, "why": why})
        self.say(f"{route} on {device}: {why}")

    def nothing_works(self, more: str) -> CaptureError:
        tried = "; ".join(f"{f['route']} on {f['device']}: {f['why']}" for f in self.failures)
        return CaptureError(f"no route captures this model ({tried})" + (f"; {more}" if more else ""), self.source.name,
                            "alidade-capture compare shows each route by itself")


def capture(source: Source, request: Request, say: Say) -> Capture:
    """The source's model by the first route that works."""
    attempt = Attempt(source, request, say)
    with modes_kept(source), process_as_it_was():
        return attempt.run()


@contextlib.contextmanager
def process_as_it_was():
    """What a capture turns off or draws from in all of torch is afterwards as it was."""
    import torch
    fast_path = torch.backends.mha.get_fastpath_enabled()
    try:
        with torch.random.fork_rng(devices=()):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)


@contextlib.contextmanager
def modes_kept(source: Source):
    """A module that is the caller's own trains again afterwards, if it did, and gives out what it did."""
    module = getattr(source, "module", None)
    modes = {part: part.training for part in module.modules()} if module is not None else {}
    trained = {one: one.requires_grad for one in module.parameters()} if module is not None else {}
    own = {} if module is None else {name: value for name, value in vars(module).items() if name == "forward"}
    try:
        yield
    finally:
        if module is not None:
            vars(module).pop("forward", None)
            vars(module).update(own)
        for parameter, takes_gradient in trained.items():
            parameter.requires_grad_(takes_gradient)
        for part, training in modes.items():
            part.training = training


