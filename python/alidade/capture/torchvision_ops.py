"""torchvision beside a torch that its compiled half does not load with: the three operators it cannot do without."""

import importlib
import importlib.util
import pathlib
import sys

SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align": "(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
                 "int sampling_ratio, bool aligned) -> Tensor",
}


def import_torchvision():
    """The package torchvision, with stand-ins where its own operators are missing."""
    if "torchvision" not in sys.modules:
        stand_in = not compiled_half_loads()
        if stand_in:
            define()
        torchvision = importlib.import_module("torchvision")
        if stand_in:
            implement()
        return torchvision
    return sys.modules["torchvision"]


def compiled_half_loads() -> bool:
    import torch
    found = importlib.util.find_spec("torchvision")
    library = pathlib.Path(found.origin).with_name("_C.so") if found and found.origin else None
    try:
        torch.ops.load_library(library)
        return hasattr(torch.ops.torchvision, "nms")
    except (OSError, AttributeError, RuntimeError, TypeError):
        return False


def define() -> None:
    import torch
    for name, schema in SCHEMAS.items():
        torch.library.define(f"torchvision::{name}", schema)


def implement() -> None:
    """On the CPU, so that detectors can be run and traced; the meta kernels are torchvision's own."""
    import torch
    import torchvision.extension
    from torchvision.ops.roi_align import _roi_align
    torchvision.extension._has_ops = lambda: True
    torch.library.impl("torchvision::nms", "cpu")(nms)
    torch.library.impl("torchvision::roi_align", "cpu")(_roi_align)


def nms(dets, scores, iou_threshold: float):
    """The boxes that stay when, from the best down, each takes out those that overlap it too much."""
    import torch
    from torchvision.ops import box_iou
    order, kept = scores.argsort(descending=True), []
    while order.numel():
        kept.append(order[0])
        overlap = box_iou(dets[order[:1]], dets[order[1:]])[0]
        order = order[1:][overlap <= iou_threshold]
    return torch.stack(kept) if kept else order
