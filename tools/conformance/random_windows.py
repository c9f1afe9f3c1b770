"""Random configurations of operators that move a window."""

import numpy
from trial import Dice, Trial, whole

AUTO = ["SAME_UPPER", "SAME_LOWER", "VALID"]


def places(dice: Dice) -> tuple[int, list[int], list[int]]:
    """Spatial rank, sizes and window."""
    rank = dice.size(1, 3)
    return rank, dice.sizes(rank, 4, 11), dice.sizes(rank, 1, 4)


def window(dice: Dice, sizes: list[int], kernel: list[int], dilated: bool = True) -> dict:
    """The window fits into its place: what one that does not would give, the specification does not say."""
    rank, chosen = len(kernel), {}
    if dice.flag(0.7):
        chosen["strides"] = dice.sizes(rank, 1, 3)
    if dice.flag(0.35):
        chosen["auto_pad"] = dice.pick(AUTO)
    elif dice.flag(0.6):
        chosen["pads"] = [dice.size(0, k - 1) for k in kernel * 2]
    if dilated and dice.flag(0.4):
        room = [(n - 1) // (k - 1) if k > 1 else 3 for n, k in zip(sizes, kernel, strict=True)]
        chosen["dilations"] = [dice.size(1, max(1, min(3, most))) for most in room]
    return chosen


def keep_padding(attributes: dict, kernel: list[int]) -> None:
    """SAME with steps wider than the window would cut in place of padding, which the specification leaves open."""
    if attributes.get("auto_pad", "").startswith("SAME") and "strides" in attributes:
        dilations = attributes.get("dilations", [1] * len(kernel))
        attributes["strides"] = [min(step, (k - 1) * d + 1)
                                 for step, k, d in zip(attributes["strides"], kernel, dilations, strict=True)]


def conv(dice: Dice) -> Trial:
    rank, sizes, kernel = places(dice)
    group, channels, filters = dice.size(1, 3), dice.size(1, 3), dice.size(1, 3)
    attributes = window(dice, sizes, kernel) | ({"group": group} if group > 1 or dice.flag() else {})
    if dice.flag(0.6):
        attributes["kernel_shape"] = kernel
    inputs = {"x": dice.array([dice.size(1, 3), channels * group, *sizes]),
              "w": dice.array([filters * group, channels, *kernel])}
    if dice.flag():
        inputs["b"] = dice.array([filters * group])
    return Trial("Conv", attributes, inputs, {"w", "b"} & set(inputs) if dice.flag(0.7) else set())


def conv_transpose(dice: Dice) -> Trial:
    rank, sizes, kernel = places(dice)
    group, channels, filters = dice.size(1, 3), dice.size(1, 3), dice.size(1, 3)
    attributes = window(dice, sizes, kernel) | {"group": group}
    keep_padding(attributes, kernel)
    strides = attributes.get("strides", [1] * rank)
    if dice.flag(0.3):
        attributes["output_shape"] = [s * n + dice.size(0, 2) for s, n in zip(strides, sizes, strict=True)]
        attributes.pop("pads", None)
    elif dice.flag(0.4):
        attributes["output_padding"] = [dice.size(0, s - 1) for s in strides]
    if dice.flag(0.6):
        attributes["kernel_shape"] = kernel
    inputs = {"x": dice.array([dice.size(1, 3), channels * group, *sizes]),
              "w": dice.array([channels * group, filters, *kernel])}
    return Trial("ConvTranspose", attributes, inputs, {"w"} if dice.flag(0.7) else set())


def max_pool(dice: Dice) -> Trial:
    trial = pool(dice, "MaxPool", dilated=True)
    if dice.flag(0.4):
        trial.outputs.append("indices")
    return trial


def average_pool(dice: Dice) -> Trial:
    trial = pool(dice, "AveragePool", dilated=dice.flag(0.3))
    if dice.flag():
        trial.attributes["count_include_pad"] = 1
    return trial


def lp_pool(dice: Dice) -> Trial:
    trial = pool(dice, "LpPool", dilated=True)
    trial.attributes["p"] = dice.size(1, 3)
    return trial


def pool(dice: Dice, op: str, dilated: bool) -> Trial:
    rank, sizes, kernel = places(dice)
    attributes = window(dice, sizes, kernel, dilated) | {"kernel_shape": kernel}
    if attributes.get("auto_pad", "").startswith("SAME"):
        # Against the specification, onnxruntime leaves dilations out of the padding, and one element of an odd one
        # where the lower side has more.
        attributes.pop("dilations", None)
        attributes["auto_pad"] = "SAME_UPPER"
        keep_padding(attributes, kernel)
    if dice.flag():
        attributes["ceil_mode"] = 1
    return Trial(op, attributes, {"x": dice.array([dice.size(1, 3), dice.size(1, 3), *sizes])})


def max_unpool(dice: Dice) -> Trial:
    sizes, kernel = dice.sizes(2, 2, 5), dice.sizes(2, 1, 3)
    strides = [k + dice.size(0, 1) for k in kernel]
    shape = [1, 1, *sizes]
    inputs = {"x": dice.array(shape), "i": whole(numpy.arange(sizes[0] * sizes[1]).reshape(shape))}
    attributes = {"kernel_shape": kernel, "strides": strides}
    if dice.flag():
        inputs["size"] = whole([1, 1, *(s * n + dice.size(0, 3) for s, n in zip(strides, sizes, strict=True))])
    return Trial("MaxUnpool", attributes, inputs, {"size"} & set(inputs))


def col2im(dice: Dice) -> Trial:
    image, block, strides = dice.sizes(2, 4, 8), dice.sizes(2, 1, 3), dice.sizes(2, 1, 2)
    blocks = [(n - k) // s + 1 for n, k, s in zip(image, block, strides, strict=True)]
    inputs = {"x": dice.array([dice.size(1, 3), dice.size(1, 3) * block[0] * block[1], blocks[0] * blocks[1]]),
              "image": whole(image), "block": whole(block)}
    return Trial("Col2Im", {"strides": strides}, inputs, {"image", "block"})


def deform_conv(dice: Dice) -> Trial:
    sizes, kernel, strides = dice.sizes(2, 4, 8), dice.sizes(2, 1, 3), dice.sizes(2, 1, 2)
    channels, filters, batch = dice.size(1, 3), dice.size(1, 3), dice.size(1, 2)
    places = [(n - k) // s + 1 for n, k, s in zip(sizes, kernel, strides, strict=True)]
    inputs = {"x": dice.array([batch, channels, *sizes]), "w": dice.array([filters, channels, *kernel]),
              "offset": dice.array([batch, 2 * kernel[0] * kernel[1], *places])}
    return Trial("DeformConv", {"strides": strides}, inputs, {"w"})


OPERATORS = {"Conv": conv, "ConvTranspose": conv_transpose, "MaxPool": max_pool, "AveragePool": average_pool,
             "LpPool": lp_pool, "MaxUnpool": max_unpool, "Col2Im": col2im, "DeformConv": deform_conv}
