"""ultralytics:yolov8n and the models that its YAML files describe. The package is AGPL-3.0: used, never copied."""

import contextlib
import importlib.util
import pathlib
import re

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.sources.source import Source
from alidade.capture.torchvision_ops import import_torchvision

SCALES = "nslmx"


def yaml_names() -> list[str]:
    """`yolov8n`, `yolov8s-seg`, ...: a family's file stands for each of its scales."""
    found = importlib.util.find_spec("ultralytics")
    if not found:
        return []
    files = sorted((pathlib.Path(found.origin).parent / "cfg/models").glob("*/*.yaml"))
    return sorted({name for file in files for name in scaled(file)})


def scaled(file: pathlib.Path) -> list[str]:
    scales = re.findall(r"^  ([a-z]): \[", file.read_text(), re.MULTILINE)
    family = re.fullmatch(r"(yoloe-|yolo)(v?\d+)([a-z]?)(.*)", file.stem)
    if not scales or not family or family[3]:
        return [file.stem]
    return [f"{family[1]}{family[2]}{scale}{family[4]}" for scale in scales]


class Ultralytics(Source):
    prefix = "ultralytics"
    packages = ("ultralytics", "torchvision")
    install = 'run ./dev setup ultralytics, or pip install "FOLDER[ultralytics]", FOLDER being a checkout'

    @property
    def title(self) -> str:
        return self.model.removesuffix(".yaml").removesuffix(".pt")

    def build(self):
        self.version("ultralytics")
        import_torchvision()
        known = yaml_names()
        if self.title not in known:
            raise CaptureError(f'ultralytics has no model "{self.title}"{did_you_mean(self.title, known)}', self.name,
                               "alidade-capture list ultralytics: shows all")
        from ultralytics import RTDETR, YOLO
        kind = RTDETR if "rtdetr" in self.title else YOLO
        with untrained():
            return prepared(kind(f"{self.title}.yaml").model)

    def inputs(self, model) -> Inputs:
        side = 224 if "-cls" in self.title else 640
        return Inputs((TensorSpec("x", (1, 3, side, side)),))


@contextlib.contextmanager
def untrained():
    """Backbones of torchvision come without their weights, which would be fetched."""
    import torchvision
    get_model = torchvision.models.get_model
    torchvision.models.get_model = lambda name, **options: get_model(name, **{**options, "weights": None})
    try:
        yield
    finally:
        torchvision.models.get_model = get_model


def prepared(model):
    """As its exporter sets it up: the heads hand out tensors, without Python's look at their values."""
    for module in model.modules():
        if hasattr(module, "export") and isinstance(module.export, bool):
            module.export, module.format = True, "torchscript"
    return model
