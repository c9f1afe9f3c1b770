"""Gives a dimension that the exporter left unknown its formula, found by inferring shapes at several sizes."""

import math

import onnx
from onnx import ModelProto

# Primes, so that no two formulas agree at all points by accident.
POINTS = ({"batch": 3, "seq": 17}, {"batch": 5, "seq": 17}, {"batch": 5, "seq": 23})


def dims(value: onnx.ValueInfoProto):
    return value.type.tensor_type.shape.dim


def unknown(dim) -> bool:
    return not dim.HasField("dim_value") and not dim.dim_param


def incomplete(model: ModelProto) -> bool:
    return any(unknown(dim) for value in model.graph.value_info for dim in dims(value))


def bind(dim, point: dict[str, int]) -> None:
    """The exporter writes formulas as Python would, `Min(512, seq)` among them."""
    if dim.dim_param:
        dim.dim_value = eval(dim.dim_param, {"__builtins__": {}, "Min": min, "Max": max}, point)


def at(model: ModelProto, point: dict[str, int]) -> dict[str, list[int]]:
    """Every shape of the model when its symbols have the sizes of `point`."""
    bound = ModelProto()
    bound.CopyFrom(model)
    for value in (*bound.graph.input, *bound.graph.output, *bound.graph.value_info):
        for dim in dims(value):
            bind(dim, point)
    inferred = onnx.shape_inference.infer_shapes(bound, check_type=True, strict_mode=True, data_prop=True)
    return {value.name: [dim.dim_value for dim in dims(value)] for value in inferred.graph.value_info}


def formula(sizes: list[int]) -> str | int:
    """The product of a constant and symbols that has these sizes at POINTS."""
    for symbols in ((), ("batch",), ("seq",), ("batch", "seq")):
        units = [math.prod(point[symbol] for symbol in symbols) for point in POINTS]
        factor = sizes[0] // units[0]
        if sizes[0] and [factor * unit for unit in units] == sizes:
            text = "*".join(symbols)
            return factor if not text else text if factor == 1 else f"{factor}*{text}"
    raise ValueError(f"no product of batch and seq is {sizes} at {POINTS}")




def complete(model: ModelProto) -> None:
    """Fills unknown dimensions only: the exporter's own names stay."""
    if not incomplete(model):
        return
    shapes = [at(model, point) for point in POINTS]
    for value in model.graph.value_info:
        for axis, dim in enumerate(dims(value)):
            if unknown(dim):
                size = formula([shape[value.name][axis] for shape in shapes])
                setattr(dim, "dim_value" if isinstance(size, int) else "dim_param", size)
