"""file.py:MyModel, file.py:make_model, file.py:a_module: a class, a function that makes one, or a module."""

import hashlib
import importlib.util
import inspect
import pathlib
import sys

from alidade.capture.example import described
from alidade.capture.faults import CaptureError, did_you_mean, first_cause, last_place, missing_package
from alidade.capture.inputs import Inputs
from alidade.capture.sources.source import Source
from alidade.capture.stablehlo import models
from alidade.capture.stablehlo.packages import on_the_cpu
from alidade.capture.torchvision_ops import prepare


class PythonFile(Source):
    """Its shapes come from --input-shape, or from a function `example_inputs` in the file."""

    def __init__(self, text: str):
        file, _, self.member = text.rpartition(":")
        super().__init__(text)
        self.file = pathlib.Path(file)
        if not self.file.is_file():
            raise CaptureError("there is no such file", str(self.file), "give the path of a Python file")

    @property
    def name(self) -> str:
        return self.model

    @property
    def title(self) -> str:
        return self.member

    def fingerprint(self) -> str:
        return f"{self.file.resolve()}:{hashlib.sha256(self.file.read_bytes()).hexdigest()}"

    def loaded(self):
        """The file as a module, imported once; its own folder is on the path, as for a script."""
        name = self.file.stem
        if getattr(sys.modules.get(name), "__file__", None) == str(self.file.resolve()):
            return sys.modules[name]
        prepare()
        on_the_cpu()
        sys.path.insert(0, str(self.file.resolve().parent))
        spec = importlib.util.spec_from_file_location(name, self.file.resolve())
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as reason:
            del sys.modules[name]
            raise self.raised("the file", reason) from reason
        return module

    def raised(self, what: str, reason: BaseException) -> CaptureError:
        place = last_place(reason, str(self.file.resolve())) or self.file.name
        return CaptureError(f"{what} raised {first_cause(reason)}", place, missing_package(reason))

    def build(self):
        import torch
        module = self.loaded()
        if not hasattr(module, self.member):
            known = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
            raise CaptureError(f'the file has no "{self.member}"{did_you_mean(self.member, known)}', str(self.file),
                               f"it has {', '.join(known)}" if known else "define a class or a function of that name")
        found = getattr(module, self.member)
        made = found if isinstance(found, torch.nn.Module) else models.adapted(found) or self.made(found)
        if not isinstance(made, torch.nn.Module | models.JaxModel):
            raise CaptureError(f'"{self.member}" makes {article(made)}, and a torch.nn.Module was expected', self.name)
        return made

    def made(self, maker):
        if not callable(maker):
            return maker
        signature = inspect.signature(maker.__init__ if models.is_of_nnx(maker) else maker)
        needed = [p.name for p in signature.parameters.values() if p.name not in ("self", "rngs")
                  and p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        if needed and "jax" in sys.modules and not isinstance(maker, type):
            return models.JaxModel(maker)
        if needed:
            raise CaptureError(f'"{self.member}" needs the argument "{needed[0]}"', self.name,
                               "name a function without arguments that makes the model")
        made = models.made_by(maker)
        return models.adapted(made) or made

    def inputs(self, model) -> Inputs:
        example = getattr(self.loaded(), "example_inputs", None)
        if example is None:
            return model.inputs() if isinstance(model, models.JaxModel) else Inputs()
        try:
            given = example() if callable(example) else example
            return described(model, models.specified(given) if isinstance(model, models.JaxModel) else given)
        except Exception as reason:
            raise self.raised("example_inputs", reason) from reason


def article(value) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
