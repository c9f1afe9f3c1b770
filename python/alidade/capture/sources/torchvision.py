"""torchvision:resnet18 and its 120 siblings, with random weights."""

import dataclasses

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.sources.source import Source
from alidade.capture.torchvision_ops import import_torchvision

VIDEO = ("mc3", "r3d", "r2plus1d", "s3d", "mvit", "swin3d")
DETECTION = ("fasterrcnn", "maskrcnn", "keypointrcnn", "retinanet", "ssd", "fcos")
IMAGE = TensorSpec("x", (1, 3, 224, 224))


class Torchvision(Source):
    prefix = "torchvision"
    packages = ("torchvision",)

    @property
    def title(self) -> str:
        return self.model.removeprefix("quantized_")

    def build(self):
        models = import_torchvision().models
        known = models.list_models()
        if self.model not in known:
            raise CaptureError(f'torchvision has no model "{self.model}"{did_you_mean(self.model, known)}', self.name,
                               "alidade-capture list torchvision: shows all")
        options = {"weights_backbone": None} if self.has_backbone(models) else {}
        return models.get_model(self.model, weights=None, **options)

    def has_backbone(self, models) -> bool:
        import inspect
        return "weights_backbone" in inspect.signature(models.get_model_builder(self.model)).parameters

    def inputs(self, model) -> Inputs:
        if self.model.startswith("raft"):
            frame = dataclasses.replace(IMAGE, shape=(1, 3, 520, 960))
            return Inputs((frame, frame))
        if self.model.startswith(DETECTION):
            return Inputs(([TensorSpec("images.0", (3, *self.detection_size()), axes=(), fill="random")],))
        return Inputs((dataclasses.replace(IMAGE, shape=self.image_shape(model)),))

    def detection_size(self) -> tuple[int, int]:
        sizes = {"ssd300_vgg16": (300, 300), "ssdlite320_mobilenet_v3_large": (320, 320)}
        return sizes.get(self.model, (800, 800))

    def image_shape(self, model) -> tuple[int, ...]:
        """What the weights that the model is published with were made for."""
        if self.model.startswith(VIDEO):
            side = 112 if self.model.startswith(("mc3", "r3d", "r2plus1d")) else 224
            return (1, 3, 16, side, side)
        if hasattr(model, "image_size") and isinstance(model.image_size, int):
            return (1, 3, model.image_size, model.image_size)
        side = self.published_side()
        return (1, 3, side, side)

    def published_side(self) -> int:
        weights = import_torchvision().models.get_model_weights(self.model)
        published = getattr(weights, "DEFAULT", None)
        crop = getattr(published.transforms, "keywords", {}).get("crop_size") if published else None
        return crop[0] if isinstance(crop, list | tuple) else crop or 224
