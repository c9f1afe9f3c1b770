"""Random configurations of operators that move, cut and join tensors."""

import math

import numpy
from trial import Dice, Trial, whole


def some_tensor(dice: Dice, least: int = 1, most: int = 4) -> numpy.ndarray:
    return dice.array(dice.sizes(dice.size(least, most), 1, 6))


def axis_of(dice: Dice, rank: int) -> int:
    return dice.size(-rank, rank - 1)


def signed(dice: Dice, axes: list[int], rank: int) -> list[int]:
    """The same axes, a part of them counted from the end."""
    return [axis - rank if dice.flag() else axis for axis in axes]


FAR = {1: [2**31 - 1, 2**63 - 1], -1: [-(2**31), -(2**63)]}  # "to the end", forwards and backwards


def slice_(dice: Dice) -> Trial:
    x = some_tensor(dice)
    named, stepped = dice.flag(0.8), dice.flag(0.7)
    axes = dice.some(range(x.ndim), least=1)
    axes = axes if named else list(range(len(axes)))
    steps = [dice.pick([-3, -2, -1, 1, 2, 3]) if named and stepped else 1 for _ in axes]
    inputs = {"x": x, "starts": whole([bound(dice, x.shape[a], FAR[1] + FAR[-1]) for a in axes]),
              "ends": whole([bound(dice, x.shape[a], FAR[1 if step > 0 else -1])
                             for a, step in zip(axes, steps, strict=True)])}
    if named:
        inputs["axes"] = whole(signed(dice, axes, x.ndim))
    if named and stepped:
        inputs["steps"] = whole(steps)
    return Trial("Slice", {}, inputs, set(inputs) - {"x"})


def bound(dice: Dice, size: int, far: list[int]) -> int:
    return dice.pick(far) if dice.flag(0.2) else dice.size(-size - 2, size + 2)


def pad(dice: Dice) -> Trial:
    x = dice.array(dice.sizes(dice.size(1, 4), 2, 6))
    mode = dice.pick(["constant", "reflect", "edge", "wrap"])
    axes = dice.some(range(x.ndim), least=1) if dice.flag(0.4) else list(range(x.ndim))
    low = -1 if mode == "constant" and dice.flag(0.3) else 0
    inputs = {"x": x, "pads": whole([dice.size(low, x.shape[a] - 1) for a in axes * 2])}
    if len(axes) < x.ndim or dice.flag(0.2):
        inputs |= {"value": numpy.float32(1) if mode == "constant" else None, "axes": whole(signed(dice, axes, x.ndim))}
    return Trial("Pad", {"mode": mode}, inputs, set(inputs) - {"x"})


def gather(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis = axis_of(dice, x.ndim)
    indices = dice.indices(dice.sizes(dice.size(0, 3), 1, 4), x.shape[axis])
    return Trial("Gather", {"axis": axis}, {"x": x, "i": indices}, {"i"} if dice.flag() else set())


def gather_elements(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis = axis_of(dice, x.ndim)
    shape = [dice.size(1, n) for n in x.shape]
    shape[axis] = dice.size(1, 6)
    return Trial("GatherElements", {"axis": axis}, {"x": x, "i": dice.indices(shape, x.shape[axis])})


def gather_nd(dice: Dice) -> Trial:
    x = dice.array(dice.sizes(dice.size(2, 4), 2, 5))
    batch = dice.size(0, 1)
    depth = dice.size(1, x.ndim - batch)
    smallest = min(x.shape[batch : batch + depth])
    shape = [*x.shape[:batch], *dice.sizes(dice.size(0, 2), 1, 4), depth]
    return Trial("GatherND", {"batch_dims": batch}, {"x": x, "i": dice.indices(shape, smallest)})


def scatter_elements(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis = axis_of(dice, x.ndim)
    shape = [dice.size(1, n) for n in x.shape]
    inputs = {"x": x, "i": dice.indices(shape, x.shape[axis]), "u": dice.array(shape)}
    return Trial("ScatterElements", {"axis": axis, "reduction": dice.pick(["none", "add", "mul", "max"])}, inputs)


def scatter_nd(dice: Dice) -> Trial:
    x = dice.array(dice.sizes(dice.size(2, 4), 2, 5))
    depth = dice.size(1, x.ndim)
    count = dice.size(1, 4)
    indices = dice.indices([count, depth], min(x.shape[:depth]))
    return Trial("ScatterND", {}, {"x": x, "i": indices, "u": dice.array([count, *x.shape[depth:]])})


def tile(dice: Dice) -> Trial:
    x = some_tensor(dice)
    return Trial("Tile", {}, {"x": x, "n": whole(dice.sizes(x.ndim, 0 if dice.flag(0.1) else 1, 3))}, {"n"})


def expand(dice: Dice) -> Trial:
    x = dice.array([1 if dice.flag() else dice.size(1, 5) for _ in range(dice.size(1, 4))])
    shape = [dice.size(1, 5) if n == 1 else dice.pick([1, n]) for n in x.shape]
    if dice.flag(0.3):
        shape = dice.sizes(dice.size(1, 2), 1, 4) + shape
    elif dice.flag(0.2):
        shape = shape[1:]
    return Trial("Expand", {}, {"x": x, "shape": whole(shape)}, {"shape"})


def resize(dice: Dice) -> Trial:
    rank = dice.size(2, 4)
    x = dice.array([dice.size(1, 2), dice.size(1, 3), *dice.sizes(rank - 2, 2, 7)] if rank > 2 else dice.sizes(2, 2, 7))
    axes = sorted(dice.some(range(max(0, x.ndim - 2), x.ndim), least=1)) if dice.flag(0.4) else None
    resized = axes if axes is not None else list(range(x.ndim))
    grown = set(range(x.ndim)) if x.ndim <= 2 else {x.ndim - 2, x.ndim - 1}
    attributes = {"mode": dice.pick(["nearest", "linear"]),
                  "coordinate_transformation_mode": dice.pick(["half_pixel", "asymmetric", "align_corners"])}
    inputs = {"x": x, "roi": None}
    if axes is not None:
        attributes["axes"] = signed(dice, axes, x.ndim)
    if dice.flag():
        inputs["scales"] = numpy.array([dice.pick([0.5, 0.6, 1.5, 2.0, 2.7]) if a in grown else 1.0 for a in resized],
                                       dtype=numpy.float32)
    else:
        inputs |= {"scales": None, "sizes": whole([dice.size(1, 9) if a in grown else x.shape[a] for a in resized])}
        if axes is not None and dice.flag():
            attributes["keep_aspect_ratio_policy"] = dice.pick(["stretch", "not_larger", "not_smaller"])
            attributes["axes"] = axes  # onnxruntime takes negative ones for others here, against the specification
    return Trial("Resize", attributes, inputs, {"scales", "sizes"} & set(inputs))


def upsample(dice: Dice) -> Trial:
    inputs = {"x": dice.array(dice.sizes(4, 1, 5)), "scales": numpy.array([1, 1, 1.5, dice.pick([1, 2, 2.4])], "f4")}
    return Trial("Upsample", {"mode": "nearest"}, inputs, {"scales"}, opset=9)


def split(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis, count = axis_of(dice, x.ndim), dice.size(1, 4)
    outputs = [f"y{number}" for number in range(count)]
    if dice.flag():
        shape = list(x.shape)
        parts = dice.sizes(count, 0 if dice.flag(0.2) else 1, 3)
        shape[axis] = sum(parts)
        return Trial("Split", {"axis": axis}, {"x": dice.array(shape), "parts": whole(parts)}, {"parts"}, outputs)
    return Trial("Split", {"axis": axis, "num_outputs": count}, {"x": x}, outputs=outputs)


def reshape(dice: Dice) -> Trial:
    x = some_tensor(dice)
    shape, left = [], math.prod(x.shape)
    while left > 1 and dice.flag(0.8):
        shape.append(dice.pick([n for n in range(1, left + 1) if left % n == 0]))
        left //= shape[-1]
    shape.append(left)
    kept = [at for at in range(min(len(shape), x.ndim)) if shape[at] == x.shape[at]]
    for at in dice.some(kept):
        shape[at] = 0
    if dice.flag():
        shape[dice.size(0, len(shape) - 1)] = -1
    return Trial("Reshape", {}, {"x": x, "shape": whole(shape)}, {"shape"})


def reshape_empty(dice: Dice) -> Trial:
    """With allowzero a 0 is a size."""
    shape = [0, *dice.sizes(dice.size(0, 2), 0, 3)]
    return Trial("Reshape", {"allowzero": 1}, {"x": dice.array([dice.size(1, 3), 0]), "shape": whole(shape)}, {"shape"})


def squeeze(dice: Dice) -> Trial:
    x = dice.array([1 if dice.flag() else dice.size(2, 4) for _ in range(dice.size(1, 5))])
    ones = [axis for axis, n in enumerate(x.shape) if n == 1]
    inputs = {"x": x}
    if dice.flag(0.7) and ones:
        inputs["axes"] = whole(signed(dice, dice.some(ones, least=1), x.ndim))
    return Trial("Squeeze", {}, inputs, set(inputs) - {"x"})


def unsqueeze(dice: Dice) -> Trial:
    x, more = some_tensor(dice, least=0, most=3), dice.size(1, 3)
    rank = x.ndim + more
    axes = signed(dice, dice.some(range(rank), least=rank)[:more], rank)
    return Trial("Unsqueeze", {}, {"x": x, "axes": whole(axes)}, {"axes"})


def concat(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis, inputs = axis_of(dice, x.ndim), {}
    for number in range(dice.size(1, 4)):
        shape = list(x.shape)
        shape[axis] = dice.size(0 if dice.flag(0.1) else 1, 4)
        inputs[f"x{number}"] = dice.array(shape)
    return Trial("Concat", {"axis": axis}, inputs)


def depth_to_space(dice: Dice) -> Trial:
    block = dice.size(1, 3)
    x = dice.array([dice.size(1, 2), dice.size(1, 3) * block * block, *dice.sizes(2, 1, 4)])
    return Trial("DepthToSpace", {"blocksize": block, "mode": dice.pick(["DCR", "CRD"])}, {"x": x})


def space_to_depth(dice: Dice) -> Trial:
    block = dice.size(1, 3)
    x = dice.array([dice.size(1, 2), dice.size(1, 3), dice.size(1, 3) * block, dice.size(1, 3) * block])
    return Trial("SpaceToDepth", {"blocksize": block}, {"x": x})


def topk(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axis = axis_of(dice, x.ndim)
    attributes = {"axis": axis, "largest": dice.size(0, 1), "sorted": 1}
    return Trial("TopK", attributes, {"x": x, "k": whole([dice.size(1, x.shape[axis])])}, {"k"}, ["y", "i"])


def transpose(dice: Dice) -> Trial:
    x = some_tensor(dice)
    return Trial("Transpose", {"perm": dice.some(range(x.ndim), least=x.ndim)} if dice.flag(0.8) else {}, {"x": x})


def flatten(dice: Dice) -> Trial:
    x = some_tensor(dice)
    return Trial("Flatten", {"axis": dice.size(-x.ndim, x.ndim)}, {"x": x})


def one_hot(dice: Dice) -> Trial:
    depth, indices = dice.size(2, 5), dice.sizes(dice.size(1, 3), 1, 4)
    inputs = {"i": dice.indices(indices, depth), "depth": whole(depth), "values": numpy.array([0, 1], numpy.float32)}
    return Trial("OneHot", {"axis": axis_of(dice, len(indices) + 1)}, inputs, {"depth", "values"})


def range_(dice: Dice) -> Trial:
    start, step = dice.size(-5, 5), dice.pick([-3, -2, -1, 1, 2, 3])
    kind = dice.pick([numpy.int64, numpy.int32, numpy.float32])
    inputs = {"start": kind(start), "limit": kind(dice.size(-9, 9)), "step": kind(step)}
    return Trial("Range", {}, inputs, set(inputs))


def center_crop_pad(dice: Dice) -> Trial:
    x = some_tensor(dice)
    axes = dice.some(range(x.ndim), least=1)
    inputs = {"x": x, "shape": whole(dice.sizes(len(axes), 1, 8))}
    return Trial("CenterCropPad", {"axes": signed(dice, axes, x.ndim)}, inputs, {"shape"})


def shape(dice: Dice) -> Trial:
    x = some_tensor(dice)
    bounds = {key: dice.size(-x.ndim - 1, x.ndim + 1) for key in dice.some(["start", "end"])}
    return Trial("Shape", bounds, {"x": x})


def reduce(dice: Dice) -> Trial:
    x = some_tensor(dice)
    op = dice.pick(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp", "ReduceProd"])
    attributes = {"keepdims": dice.size(0, 1)}
    inputs = {"x": x}
    if dice.flag(0.7):
        inputs["axes"] = whole(signed(dice, dice.some(range(x.ndim), least=0 if dice.flag(0.2) else 1), x.ndim))
        if dice.flag(0.3):
            attributes["noop_with_empty_axes"] = 1
    return Trial(op, attributes, inputs, set(inputs) - {"x"})


def arg_reduce(dice: Dice) -> Trial:
    x = some_tensor(dice)
    attributes = {"axis": axis_of(dice, x.ndim), "keepdims": dice.size(0, 1)}
    return Trial(dice.pick(["ArgMax", "ArgMin"]), attributes, {"x": x})


OPERATORS = {
    "Slice": slice_, "Pad": pad, "Gather": gather, "GatherElements": gather_elements, "GatherND": gather_nd,
    "ScatterElements": scatter_elements, "ScatterND": scatter_nd, "Tile": tile, "Expand": expand, "Resize": resize,
    "Upsample": upsample, "Split": split, "Reshape": reshape, "Reshape, allowzero": reshape_empty, "Squeeze": squeeze,
    "Unsqueeze": unsqueeze, "Concat": concat, "DepthToSpace": depth_to_space, "SpaceToDepth": space_to_depth,
    "TopK": topk, "Transpose": transpose, "Flatten": flatten, "OneHot": one_hot, "Range": range_,
    "CenterCropPad": center_crop_pad, "Shape": shape, "Reduce": reduce, "ArgReduce": arg_reduce,
}
