"""Models as Python has them, opened in this process and asked questions."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from alidade.capture.torchvision_ops import prepare
from alidade.errors import ConfigError, of_fault
from alidade.library import host_module, settings_of_capture
from alidade.plugins import Analysis, HardwareModel, Own, Placer, Plugin
from alidade.results import Estimates, Outcome, Placement, Profile

_Kind = TypeVar("_Kind", bound=Plugin)
Several: TypeAlias = str | _Kind | Sequence[str | _Kind]  # names, and plugins in Python among them

prepare()  # whoever imports torchvision, timm or transformers after this can do so beside a CPU build of torch


class Model:
    """A model that was read. Questions about it take milliseconds; any number of threads may ask."""

    def __init__(self, plugin_path: Sequence[str], native: Any, folder: Any = None):
        self._plugin_path, self._native = plugin_path, native
        self._folder = folder  # of the file that a capture made: it is read again for some batches
        self.name: str = native.id

    def __repr__(self) -> str:
        return f"<alidade.Model {self.name}: {self.operators:,} operators>"

    @property
    def operators(self) -> int:
        count: int = self._native.operators
        return count

    @property
    def symbols(self) -> list[str]:
        """Sizes that nobody has bound."""
        names: list[str] = self._native.symbols
        return names

    @property
    def warnings(self) -> list[str]:
        return [text for _, text in self._native.warnings]

    def _host(self, own: Own) -> Any:
        return host_module().Host(plugin_path=self._plugin_path, own=own.offered())

    def profile(self, *, analyses: Several[Analysis] = (), convention: str = "flops", on: Several[HardwareModel] = (),
                dtype: str = "", batch: int | None = None) -> Profile:
        """The work of every operator; `analyses` beside it: those of `alidade plugins list --kind analysis`."""
        own = Own()
        asked = {"analyses": own.names(analyses), "convention": convention, "on": own.names(on), "dtype": dtype,
                 "batches": numbers(batch)}

        def ask(**more: Any) -> Any:
            return whole(self._host(own).profile(self._native, **asked, **more))
        return Profile(ask(), self.name, ask)

    def estimate(self, on: Several[HardwareModel], *, dtype: str = "", batch: int | Sequence[int] | None = None,
                 figures: Mapping[str, float] | None = None) -> Estimates:
        """What the model takes on devices: a row for each batch and device. `figures` are numbers in place of theirs:
        {"dram_gbps": 600, "peak_tflops.bf16": 200}."""
        own = Own()
        names = own.names(on)
        return Estimates(whole(self._host(own).estimate(self._native, on=names, dtype=dtype, batches=numbers(batch),
                                                        figures=dict(figures or {}))))

    def place(self, target: str | HardwareModel, *, placer: str | Placer = "greedy", dtype: str = "",
              device: str = "", beside: str | HardwareModel = "", support: str = "", allow: Sequence[str] = (),
              forbid: Sequence[str] = ()) -> Placement:
        """Which operators run on an accelerator, and which beside it."""
        own = Own()
        asked = {"target": own.name(target), "placer": own.name(placer), "beside": own.name(beside)}
        return Placement(whole(self._host(own).place(self._native, dtype=dtype, device=device, support=support,
                                                     allow=list(allow), forbid=list(forbid), **asked)))


def whole(answer: Any) -> Any:
    """An answer in which nothing failed."""
    for error in answer.errors:
        raise of_fault(*error)
    return answer


def numbers(given: int | Sequence[int] | None) -> list[int]:
    """Batches: whole numbers from 1."""
    several = [] if given is None else [given] if isinstance(given, int) else list(given)
    for one in several:
        if type(one) is not int or one < 1:
            raise ConfigError(f"a batch is a whole number from 1, found {one!r}", "batch")
    return several


def open(model: Any, inputs: Any = None, *, input_shape: Any = None, bind: Mapping[str, int] | None = None,
         batch: int | None = None, dynamic: str = "", via: str = "", name: str = "", frontend: str = "",
         plugin_path: Sequence[str | os.PathLike[str]] = ()) -> Model:
    """Reads a model: an nn.Module with its inputs, an ExportedProgram, a file, or a name.

    A name is one of the models that come with Alidade ("resnet18"), else torchvision's, or says where it is from:
    "timm:vit_base_patch16_224", "hf:bert-base-uncased", "net.py:Net". `inputs` are values as forward takes them: one,
    a tuple, or a dict by name; `input_shape` gives shapes in place of them.
    """
    if isinstance(model, Model):
        return model
    from alidade.opening import Wanted, opened
    folders = [os.fspath(path) for path in plugin_path]
    host = host_module().Host(plugin_path=folders)
    wanted = Wanted.of(inputs, input_shape, bind, batch, dynamic, via, name, frontend)
    return Model(folders, *opened(host, model, wanted))


def profile(model: Any, inputs: Any = None, *, analyses: Several[Analysis] = (), convention: str = "flops",
            on: Several[HardwareModel] = (), dtype: str = "", batch: int | None = None, **opening: Any) -> Profile:
    """The work of every operator of a model; what `open` takes says how it is read."""
    return open(model, inputs, **opening).profile(analyses=analyses, convention=convention, on=on, dtype=dtype,
                                                  batch=batch)


def profile_model(model: Any, input_shape: Any = None, model_name: str = "", show_shapes: bool = False, *,
                  inputs: Any = None, dynamic: str = "", bind: Mapping[str, int] | None = None,
                  convention: str = "flops", via: str = "", show: bool = True) -> dict[str, Any]:
    """The call of the older profilers: captures `model`, prints its table and returns the parsed result.

    `model` is an nn.Module, an ExportedProgram, the path of a model file, or a name ("resnet18").
    `input_shape` is one shape, several, or several by name; `inputs` are values: one, a tuple, or a dict by name.
    """
    found = profile(model, inputs, input_shape=input_shape, name=model_name, dynamic=dynamic, bind=bind, via=via,
                    convention=convention)
    if show:
        print(found.text("table", show_shape=show_shapes), end="")
    document: dict[str, Any] = found.document
    return document


def estimate(model: Any, inputs: Any = None, *, on: Several[HardwareModel], dtype: str = "",
             batch: int | Sequence[int] | None = None, figures: Mapping[str, float] | None = None,
             **opening: Any) -> Estimates:
    """What a model takes on devices: a row for each batch and device."""
    return open(model, inputs, **opening).estimate(on, dtype=dtype, batch=batch, figures=figures)


def place(model: Any, inputs: Any = None, *, target: str | HardwareModel, placer: str | Placer = "greedy",
          dtype: str = "", device: str = "", beside: str | HardwareModel = "", support: str = "",
          allow: Sequence[str] = (), forbid: Sequence[str] = (), **opening: Any) -> Placement:
    """Which operators of a model run on an accelerator, and which beside it."""
    return open(model, inputs, **opening).place(target, placer=placer, dtype=dtype, device=device, beside=beside,
                                                support=support, allow=allow, forbid=forbid)


def run(*pipelines: str | os.PathLike[str], sets: Sequence[str] = (), plugins: Sequence[Plugin] = (),
        plugin_path: Sequence[str | os.PathLike[str]] = (), check: bool = True) -> Outcome:
    """Carries pipeline files out, left to right; their reports are written. `check` raises where anything failed.
    What a pipeline uses by the name of one of `plugins` is that."""
    host = host_module().Host(plugin_path=[os.fspath(path) for path in plugin_path],
                              sets=[*settings_of_capture(), *sets], own=Own(plugins).offered())
    outcome = Outcome(host.run([os.fspath(path) for path in pipelines]))
    return outcome.check() if check else outcome
