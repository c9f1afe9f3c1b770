"""torchvision beside a torch that its compiled half does not load with: the three operators it cannot do without."""

import functools
import importlib
import importlib.abc
import importlib.util
import pathlib
import sys
import types

SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align": "(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
                 "int sampling_ratio, bool aligned) -> Tensor",
}


def import_torchvision() -> types.ModuleType:
    """The package torchvision, with stand-ins where its own operators are missing."""
    prepare()
    return importlib.import_module("torchvision")


def prepare() -> None:
    """From here on torchvision can be imported by anyone: by a user's file, by timm, by transformers."""
    if "torchvision" not in sys.modules and not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


class Finder(importlib.abc.MetaPathFinder):
    """Stands before Python's own finders until torchvision is asked for: its operators are needed while it loads."""

    def find_spec(self, name: str, path=None, target=None):
        if name != "torchvision":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torchvision")
        if spec and spec.origin and not compiled_half_loads(spec.origin):
            define()
            load = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (load(module), implement())
        return spec


def compiled_half_loads(origin: str) -> bool:
    import torch
    try:
        torch.ops.load_library(pathlib.Path(origin).with_name("_C.so"))
        return hasattr(torch.ops.torchvision, "nms")
    except (OSError, AttributeError, RuntimeError):
        return False


def define() -> None:
    import torch
    for name, schema in SCHEMAS.items():
        torch.library.define(f"torchvision::{name}", schema)


def implement() -> None:
    """On the CPU, so that detectors can be run and traced; the meta kernels are torchvision's own."""
    import torch
    torch.library.impl("torchvision::nms", "cpu")(untraced(nms))
    torch.library.impl("torchvision::roi_align", "cpu")(untraced(roi_align))
    for module in ("torchvision.extension", "torchvision.ops.roi_align"):
        sys.modules[module]._has_ops = has_operators


def has_operators() -> bool:  # no lambda: torch.jit.script compiles what calls it
    return True


def untraced(kernel):
    """Runs as one step: torch.jit.trace would write down every pass of a loop in it."""
    import torch

    @functools.wraps(kernel)
    def run(*args):
        tracing = torch._C._get_tracing_state()
        torch._C._set_tracing_state(None)
        try:
            return kernel(*args)
        finally:
            torch._C._set_tracing_state(tracing)

    return run


def nms(dets, scores, iou_threshold: float):
    """The boxes that stay when, from the best down, each takes out those that overlap it too much."""
    import torch
    from torchvision.ops import box_iou
    order = scores.argsort(descending=True)
    boxes, stays = dets[order], torch.ones(len(order), dtype=torch.bool)
    for i in range(len(order)):
        if stays[i]:
            stays[i + 1:] &= box_iou(boxes[i:i + 1], boxes[i + 1:])[0] <= iou_threshold
    return order[stays]


def roi_align(input, rois, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int,
              aligned: bool):
    """Bilinear samples in each box, averaged; outside of the picture its border counts."""
    import torch
    import torch.nn.functional as F
    samples = max(sampling_ratio, 2)
    boxes = rois[:, 1:] * spatial_scale - (0.5 if aligned else 0.0)
    down = places(boxes[:, 1], boxes[:, 3], pooled_height * samples, input.shape[2])
    across = places(boxes[:, 0], boxes[:, 2], pooled_width * samples, input.shape[3])
    grid = torch.stack((across[:, None, :].expand(-1, down.shape[1], -1),
                        down[:, :, None].expand(-1, -1, across.shape[1])), -1)
    pooled = input.new_zeros(len(rois), input.shape[1], pooled_height, pooled_width)
    for image in range(len(input)):
        own = (rois[:, 0] == image).nonzero()[:, 0]
        if len(own):
            picture = input[image:image + 1].expand(len(own), -1, -1, -1)
            found = F.grid_sample(picture, grid[own], padding_mode="border", align_corners=True)
            pooled[own] = F.avg_pool2d(found, samples)
    return pooled


def places(start, end, count: int, size: int):
    """The middles of `count` equal parts from start to end, where -1 and 1 are the picture's first and last points."""
    import torch
    parts = (torch.arange(count, device=start.device) + 0.5) / count
    return 2 * (start[:, None] + (end - start)[:, None] * parts) / max(size - 1, 1) - 1
