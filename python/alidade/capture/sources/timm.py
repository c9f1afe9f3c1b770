"""timm:vit_small_patch16_224 and the rest of timm's registry, with random weights."""

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.sources.source import Source
from alidade.capture.torchvision_ops import import_torchvision


def import_timm():
    import_torchvision()
    import timm
    return timm


class Timm(Source):
    prefix = "timm"
    packages = ("timm", "torchvision")

    def build(self):
        timm = import_timm()
        if not timm.is_model(self.model):
            known = timm.list_models()
            raise CaptureError(f'timm has no model "{self.model}"{did_you_mean(self.model, known)}', self.name,
                               "alidade-capture list timm: shows all")
        return timm.create_model(self.model, pretrained=False)

    def inputs(self, model) -> Inputs:
        config = getattr(model, "pretrained_cfg", None) or {}
        return Inputs((TensorSpec("x", (1, *config.get("input_size", (3, 224, 224)))),))
