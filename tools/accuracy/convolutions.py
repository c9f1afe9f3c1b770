"""Reader of MIOpen's table of best kernels: convolutions forward, and the gradients of their data and weights, which
are convolutions too."""

from rows import Row, UnreadableRow

TYPES = {"FP32": ("f32", 4), "FP16": ("f16", 2), "BF16": ("bf16", 2)}


def convolutions(records, column, solver, channels_last, at_least_ms=0.1):
    """Rows of one device by its two columns, and of one layout. Kernels that only check others are left out."""
    for record in records:
        if not record[column] or float(record[column]) <= at_least_ms or "Naive" in record[solver]:
            continue
        if record["layout"].startswith("NC") == channels_last:
            continue
        yield row(record, float(record[column]))


def row(record, milliseconds):
    if record["dtype"] not in TYPES:
        return UnreadableRow(f"convolutions in {record['dtype']}")
    dtype, size = TYPES[record["dtype"]]
    rank = int(record["spatial_dims"])
    axes = "dhw"[3 - rank:]
    spatial = {name: [int(record[name.format(axis)]) for axis in axes]
               for name in ("{}_in", "{}_out", "k{}", "p{}", "s{}", "d{}")}
    images, channels, filters, groups = (int(record[key]) for key in ("n", "c_in", "c_out", "groups"))
    points = {name: volume(spatial[name]) for name in ("{}_in", "{}_out", "k{}")}
    weights = filters * channels // groups * points["k{}"]
    arguments = (record["direction"], dtype, images, channels, filters, groups, spatial)
    return Row(
        family="|".join(record[key] for key in ("c_in", "c_out", "kh", "kw", "sh", "groups")),
        seconds=milliseconds / 1e3, flops=2.0 * images * points["{}_out"] * weights,
        bytes=float(size) * (images * channels * points["{}_in"] + images * filters * points["{}_out"] + weights),
        arithmetic=dtype, build=lambda graph, prefix: build(graph, prefix, *arguments))


def volume(sizes):
    out = 1
    for size in sizes:
        out *= size
    return out


def build(graph, prefix, direction, dtype, images, channels, filters, groups, sizes):
    given, made, window = sizes["{}_in"], sizes["{}_out"], sizes["k{}"]
    pads, strides, dilations = sizes["p{}"], sizes["s{}"], sizes["d{}"]
    weight = (filters, channels // groups, *window)
    if direction == "F":
        # What remains behind the last window of a stride is not read.
        ends = [(o - 1) * s + (k - 1) * d + 1 - i - p
                for i, o, k, p, s, d in zip(given, made, window, pads, strides, dilations, strict=True)]
        x = graph.input(f"{prefix}.x", dtype, images, channels, *given)
        w = graph.parameter(f"{prefix}.w", dtype, *weight)
        y = graph.node(f"{prefix}.y", "conv", [x, w], dtype, [images, filters, *made], strides=strides,
                       pads_begin=pads, pads_end=ends, dilations=dilations, groups=groups)
    elif direction == "B":
        more = [i + 2 * p - (o - 1) * s - (k - 1) * d - 1
                for i, o, k, p, s, d in zip(given, made, window, pads, strides, dilations, strict=True)]
        x = graph.input(f"{prefix}.x", dtype, images, filters, *made)
        w = graph.parameter(f"{prefix}.w", dtype, *weight)
        y = graph.node(f"{prefix}.y", "conv_transpose", [x, w], dtype, [images, channels, *given], strides=strides,
                       pads_begin=pads, pads_end=pads, dilations=dilations, output_padding=more, groups=groups)
    else:
        # Channels take the place of images: every channel of the input meets the gradient of every filter. Steps and
        # the distances of taps change places.
        ends = [(k - 1) * d + (o - 1) * s + 1 - i - p
                for i, o, k, p, s, d in zip(given, made, window, pads, strides, dilations, strict=True)]
        x = graph.input(f"{prefix}.x", dtype, channels // groups, groups * images, *given)
        w = graph.input(f"{prefix}.w", dtype, filters, images, *made)
        y = graph.node(f"{prefix}.y", "conv", [x, w], dtype, [channels // groups, filters, *window], strides=dilations,
                       pads_begin=pads, pads_end=ends, dilations=strides, groups=groups)
    graph.result(y)
