"""keras:ResNet50 and the other models of keras.applications, without weights."""

import inspect

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs
from alidade.capture.sources.source import Source
from alidade.capture.stablehlo.models import KerasModel
from alidade.capture.stablehlo.packages import INSTALL, imported


def applications(where: str = "keras:"):
    return imported("keras.applications", where)


def keras_names() -> list[str]:
    return sorted(name for name, value in vars(applications()).items() if inspect.isfunction(value))


class Keras(Source):
    prefix = "keras"
    packages = ("keras", "jax")
    install = INSTALL
    devices = ("meta",)

    def build(self) -> KerasModel:
        maker = getattr(applications(self.name), self.model, None)
        if not inspect.isfunction(maker):
            raise CaptureError(f'keras.applications has no model "{self.model}"'
                               f"{did_you_mean(self.model, keras_names())}", self.name,
                               "alidade-capture list keras: shows all")
        return KerasModel(maker(weights=None))

    def inputs(self, model: KerasModel) -> Inputs:
        return model.inputs()
