"""The fvcore process: builds one torchvision model with random weights, counts it, prints the total."""

import sys
import warnings

import torch

# The compiled half of torchvision does not load beside every torch build; its Python half asks only that these exist.
for schema in ("nms(Tensor dets, Tensor scores, float iou) -> Tensor",
               "qnms(Tensor dets, Tensor scores, float iou) -> Tensor",
               "roi_align(Tensor x, Tensor rois, float scale, int h, int w, int ratio, bool aligned) -> Tensor"):
    try:
        torch.library.define("torchvision::" + schema.split("(")[0], "(" + schema.split("(", 1)[1])
    except RuntimeError:
        pass

import torchvision  # noqa: E402
from fvcore.nn import FlopCountAnalysis  # noqa: E402

warnings.filterwarnings("ignore")


def build(name: str) -> torch.nn.Module:
    backbone = {"weights_backbone": None} if name.startswith("deeplab") else {}
    return torchvision.models.get_model(name, weights=None, **backbone).eval()


if __name__ == "__main__":
    print(FlopCountAnalysis(build(sys.argv[1]), torch.zeros(1, 3, 224, 224)).total())
