"""Models as Python has them, opened in this process and asked questions."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from alidade.capture.torchvision_ops import prepare
from alidade.errors import of_fault
from alidade.library import host_module, settings_of_capture
from alidade.results import Estimates, Outcome, Placement, Profile

prepare()  # whoever imports torchvision, timm or transformers after this can do so beside a CPU build of torch


class Model:
    """A model that was read. Questions about it take milliseconds; any number of threads may ask."""

    def __init__(self, host: Any, native: Any, folder: Any = None):
        self._host, self._native = host, native
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

    def profile(self, *, analyses: Sequence[str] = (), convention: str = "flops", on: str | Sequence[str] = (),
                dtype: str = "", batch: int | None = None) -> Profile:
        """The work of every operator; `analyses` beside it: those of `alidade plugins list --kind analysis`."""
        def ask(**more: Any) -> Any:
            return whole(self._host.profile(self._native, analyses=list(analyses), convention=convention, on=words(on),
                                            dtype=dtype, batches=numbers(batch), **more))
        return Profile(ask(), self.name, ask)

    def estimate(self, on: str | Sequence[str], *, dtype: str = "",
                 batch: int | Sequence[int] | None = None) -> Estimates:
        """What the model takes on devices: a row for each batch and device."""
        return Estimates(whole(self._host.estimate(self._native, on=words(on), dtype=dtype, batches=numbers(batch))))

    def place(self, target: str, *, placer: str = "greedy", dtype: str = "", device: str = "", beside: str = "",
              support: str = "", allow: Sequence[str] = (), forbid: Sequence[str] = ()) -> Placement:
        """Which operators run on an accelerator, and which beside it."""
        return Placement(whole(self._host.place(
            self._native, target=target, placer=placer, dtype=dtype, device=device, beside=beside, support=support,
            allow=list(allow), forbid=list(forbid))))


def whole(answer: Any) -> Any:
    """An answer in which nothing failed."""
    for error in answer.errors:
        raise of_fault(*error)
    return answer


def words(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def numbers(given: int | Sequence[int] | None) -> list[int]:
    return [] if given is None else [given] if isinstance(given, int) else list(given)


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
    host = host_module().Host(plugin_path=[os.fspath(path) for path in plugin_path])
    return Model(host, *opened(host, model, Wanted.of(inputs, input_shape, bind, batch, dynamic, via, name, frontend)))


def profile(model: Any, inputs: Any = None, *, analyses: Sequence[str] = (), convention: str = "flops",
            on: str | Sequence[str] = (), dtype: str = "", batch: int | None = None, **opening: Any) -> Profile:
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


def estimate(model: Any, inputs: Any = None, *, on: str | Sequence[str], dtype: str = "",
             batch: int | Sequence[int] | None = None, **opening: Any) -> Estimates:
    """What a model takes on devices: a row for each batch and device."""
    return open(model, inputs, **opening).estimate(on, dtype=dtype, batch=batch)


def place(model: Any, inputs: Any = None, *, target: str, placer: str = "greedy", dtype: str = "", device: str = "",
          beside: str = "", support: str = "", allow: Sequence[str] = (), forbid: Sequence[str] = (),
          **opening: Any) -> Placement:
    """Which operators of a model run on an accelerator, and which beside it."""
    return open(model, inputs, **opening).place(target, placer=placer, dtype=dtype, device=device, beside=beside,
                                                support=support, allow=allow, forbid=forbid)


def run(*pipelines: str | os.PathLike[str], sets: Sequence[str] = (),
        plugin_path: Sequence[str | os.PathLike[str]] = (), check: bool = True) -> Outcome:
    """Carries pipeline files out, left to right; their reports are written. `check` raises where anything failed."""
    host = host_module().Host(plugin_path=[os.fspath(path) for path in plugin_path],
                              sets=[*settings_of_capture(), *sets])
    outcome = Outcome(host.run([os.fspath(path) for path in pipelines]))
    return outcome.check() if check else outcome
