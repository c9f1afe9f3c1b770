"""What every kind of source can say of a model before torch is imported, and how it is built afterwards."""

import importlib.metadata
import importlib.util

from alidade.capture.faults import CaptureError
from alidade.capture.inputs import Inputs


class Source:
    """One model by name. Its constructor imports nothing heavy: a cached answer has to be quick."""

    prefix = ""
    packages: tuple[str, ...] = ()  # those whose versions change what is captured
    install = 'run ./dev setup capture, or pip install "FOLDER[capture]", FOLDER being a checkout'  # how to get them
    devices: tuple[str, ...] = ("meta", "cpu")  # where it can be built
    symbols: tuple[str, ...] = ()  # dimensions that are worth keeping symbolic

    def __init__(self, model: str):
        self.model = model

    @property
    def name(self) -> str:
        return f"{self.prefix}:{self.model}"

    @property
    def title(self) -> str:
        """The model's name, as a graph has it."""
        return self.model

    def fingerprint(self) -> str:
        """Whatever else the model depends on."""
        return ""

    def versions(self) -> dict[str, str]:
        return {package: self.version(package) for package in ("torch", *self.packages)}

    def version(self, package: str) -> str:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            raise CaptureError(f'the Python package "{package}" is not installed', self.name, self.install) from None

    def build(self):
        """The nn.Module, on torch's default device."""
        raise NotImplementedError

    def inputs(self, model) -> Inputs:
        """What the model is fed when nobody says otherwise."""
        return Inputs()

    def record(self) -> dict:
        """What else is kept beside the graph, once the model is built."""
        return {}
