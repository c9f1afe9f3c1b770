"""Writes tests/data/values/cases.txt: small tensors through onnxruntime (onnx's reference where that has no kernel).

One case a line: operator, attributes, operands and results, between bars. A tensor is dtype[dims]:elements; a dash is
an operand that is left out. Run it with any Python that has onnx, onnxruntime and numpy:
    python tools/value_cases/make_cases.py
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

NAMES = {
    "bool": "bool",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "u8",
    "uint16": "u16",
    "uint32": "u32",
    "uint64": "u64",
    "float16": "f16",
    "float32": "f32",
    "float64": "f64",
}
OPSET = 21
random = np.random.default_rng(11)
lines = []


def text(array):
    if array is None:
        return "-"
    array = np.asarray(array)
    elements = [
        repr(float(x)) if array.dtype.kind == "f" else str(int(x))
        for x in array.ravel()
    ]
    return f"{NAMES[str(array.dtype)]}[{','.join(map(str, array.shape))}]:{','.join(elements)}"


def run(model, feeds):
    try:
        return onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds)
    except (
        onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented
    ):  # no kernel for this element type
        return ReferenceEvaluator(model).run(None, feeds)


def case(operator, *operands, outputs=1, **attributes):
    operands = [None if x is None else np.asarray(x) for x in operands]
    names = ["" if x is None else f"x{i}" for i, x in enumerate(operands)]
    node = helper.make_node(
        operator, names, [f"y{i}" for i in range(outputs)], **attributes
    )
    inputs = [
        helper.make_tensor_value_info(
            n, helper.np_dtype_to_tensor_dtype(x.dtype), list(x.shape)
        )
        for n, x in zip(names, operands, strict=False)
        if n
    ]
    results = [onnx.ValueInfoProto(name=f"y{i}") for i in range(outputs)]
    graph = helper.make_graph([node], "case", inputs, results)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10
    )
    model = onnx.shape_inference.infer_shapes(model)
    made = run(model, {n: x for n, x in zip(names, operands, strict=False) if n})
    shown = [
        f"{k}={','.join(map(str, np.ravel(v)))}" for k, v in sorted(attributes.items())
    ]
    lines.append(
        " | ".join(
            [
                operator,
                ";".join(shown),
                ";".join(map(text, operands)),
                ";".join(map(text, made)),
            ]
        )
    )


def whole(*shape, low=-9, high=10, dtype=np.int64):
    return random.integers(low, high, shape).astype(dtype)


def real(*shape, dtype=np.float32):
    return (random.standard_normal(shape) * 4).astype(dtype)


def yes(*shape):
    return random.integers(0, 2, shape).astype(bool)


def i64(*numbers):
    return np.array(numbers, np.int64)


def elementwise():
    for operator in ["Add", "Sub", "Mul", "Min", "Max"]:
        for a, b in [
            ((3,), (3,)),
            ((2, 3), (3,)),
            ((2, 1), (1, 4)),
            ((), (3,)),
            ((0,), (1,)),
            ((2, 1, 2), (3, 1)),
        ]:
            case(operator, whole(*a), whole(*b))
            case(operator, real(*a), real(*b))
    for a, b in [((3,), (3,)), ((2, 3), (3,)), ((), (2, 2))]:
        divisor = whole(*b)
        divisor = np.where(divisor == 0, 3, divisor)
        case("Div", whole(*a), divisor)
        case("Div", whole(*a, low=0), whole(*b, low=1))
        case("Div", real(*a), real(*b))
        case("Mod", whole(*a), divisor)
        case("Mod", whole(*a), divisor, fmod=1)
        case("Mod", real(*a), real(*b), fmod=1)
        case("Pow", whole(*a), whole(*b, low=0, high=4))
        case(
            "Pow",
            whole(*a, low=0).astype(np.float32),
            whole(*b, low=0, high=3).astype(np.float32),
        )
    case("Add", whole(3, dtype=np.int32), whole(3, dtype=np.int32))
    case("Max", whole(3), whole(1), whole(2, 3))
    case("Min", real(3), real(2, 1))
    case("Sum", real(3), real(2, 1), real(1))
    halves = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, -2.6, 3.0], np.float32)
    for operator in ["Neg", "Abs", "Sign", "Floor", "Ceil", "Round"]:
        case(operator, halves)
        case(operator, real(2, 3))
    for operator in ["Neg", "Abs", "Sign"]:
        case(operator, whole(2, 3))
    case("Sqrt", np.abs(real(4)))
    case("Sqrt", np.array([4.0, 9.0, 2.0], np.float64))
    case("Reciprocal", real(4))
    special = np.array([np.nan, np.inf, -np.inf, 0, 1], np.float32)
    case("IsNaN", special)
    case("IsInf", special)
    for operator in ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
        case(operator, whole(2, 5, low=0, high=3), whole(5, low=0, high=3))
        case(operator, real(4).round(), real(4).round())
        case(operator, special, special[::-1].copy())
    for operator in ["And", "Or", "Xor"]:
        case(operator, yes(2, 4), yes(4))
    case("Not", yes(5))
    for operator in ["BitwiseAnd", "BitwiseOr", "BitwiseXor"]:
        case(operator, whole(2, 3, dtype=np.int32), whole(3, dtype=np.int32))
    case("BitwiseNot", whole(4, dtype=np.int32))
    case("BitwiseNot", whole(4, low=0, dtype=np.uint8))
    shifted = np.array([1, 200, 255, 16], np.uint8)
    for direction in ["LEFT", "RIGHT"]:
        case("BitShift", shifted, np.array([1, 3, 0, 4], np.uint8), direction=direction)
    case("Where", yes(2, 3), whole(3), whole(2, 1))
    case("Where", yes(3), real(3), real())


def casts():
    wide = np.array(
        [0, 1, -1, 127, 128, 255, 256, -129, 70000, -70000, 1 << 40], np.int64
    )
    for to in [
        TensorProto.INT8,
        TensorProto.UINT8,
        TensorProto.INT16,
        TensorProto.INT32,
        TensorProto.UINT32,
        TensorProto.BOOL,
        TensorProto.FLOAT,
        TensorProto.DOUBLE,
    ]:
        case("Cast", wide, to=to)
    for dtype in [np.float32, np.float64]:
        for to in [
            TensorProto.INT64,
            TensorProto.INT32,
            TensorProto.BOOL,
            TensorProto.FLOAT16,
            TensorProto.FLOAT,
        ]:
            case(
                "Cast",
                np.array(
                    [0, 0.5, -0.5, 1.75, -1.75, 16777217, 0.1, 1e-7, 1000.06], dtype
                ),
                to=to,
            )
    case("Cast", np.array([True, False]), to=TensorProto.FLOAT)
    case("Cast", np.array([True, False]), to=TensorProto.INT64)


def movement():
    x = whole(2, 3, 4)
    for perm in [(0, 1, 2), (2, 0, 1), (1, 2, 0)]:
        case("Transpose", x, perm=perm)
    case("Transpose", x)
    for axis in [0, 1, -1]:
        case("Concat", x, x + 100, axis=axis)
        case(
            "Split",
            whole(4, 6, 2),
            i64(*([2, 0, 4] if axis == 1 else [1, 1] if axis == -1 else [3, 1])),
            axis=axis,
            outputs=3 if axis == 1 else 2,
        )
    case("Split", whole(7), axis=0, num_outputs=3, outputs=3)
    case("Concat", i64(1), i64(), i64(2, 3), axis=0)
    case("Reshape", x, i64(0, -1))
    case("Reshape", x, i64(4, 3, 2))
    case("Reshape", i64(), i64(0, 3), allowzero=1)
    for axis in [0, 1, 2, 3, -1]:
        case("Flatten", x, axis=axis)
    case("Squeeze", whole(1, 3, 1))
    case("Squeeze", whole(1, 3, 1), i64(-1))
    case("Unsqueeze", whole(2, 3), i64(0, -1))
    case("Expand", whole(3, 1), i64(2, 1, 4))
    case("Expand", whole(1), i64(0))
    case("Tile", whole(2, 3), i64(2, 2))
    case("Tile", whole(2), i64(0))
    big = 2**63 - 1
    for starts, ends, steps in [
        ([1], [3], [1]),
        ([-1], [-big], [-1]),
        ([0], [big], [2]),
        ([10], [0], [-2]),
        ([3], [1], [1]),
        ([-100], [100], [3]),
        ([-1], [-100], [-3]),
        ([2], [-1], [1]),
        ([5], [-7], [-1]),
    ]:
        case("Slice", whole(6), i64(*starts), i64(*ends), i64(0), i64(*steps))
        case("Slice", whole(2, 6), i64(*starts), i64(*ends), i64(-1), i64(*steps))
    case("Slice", x, i64(0, -2), i64(1, big), i64(0, 2))
    case("Slice", x, i64(0, 1), i64(1, 3))
    case("Slice", x, i64(-1, -1), i64(-big, -big), i64(1, 2), i64(-2, -1))
    for mode in ["constant", "reflect", "edge", "wrap"]:
        case("Pad", whole(3, 4), i64(1, 2, 0, 3), mode=mode)
    case("Pad", whole(3, 4), i64(1, 2), np.int64(7), i64(-1), mode="constant")
    case("Pad", whole(5), i64(-1, -2), mode="constant")
    for upper in [0, 1]:
        for k in [-1, 0, 2]:
            case("Trilu", whole(2, 3, 4), np.int64(k), upper=upper)


def indices():
    x = whole(3, 4)
    case("Gather", x, i64(0, -1), axis=0)
    case("Gather", x, np.int64(2), axis=1)
    case("Gather", x, whole(2, 2, low=-4, high=4), axis=1)
    case("Gather", whole(2, 3, 2), whole(2, 1, low=-3, high=3), axis=-2)
    case("Gather", i64(5, 6, 7), np.int32(-1), axis=0)
    case("GatherElements", x, whole(2, 4, low=-3, high=3), axis=0)
    case("GatherElements", x, whole(3, 2, low=-4, high=4), axis=1)
    case("GatherND", x, i64([0, 1], [2, -1]))
    case("GatherND", x, i64([0], [2]))
    case("GatherND", whole(2, 3, 4), i64([1], [2]), batch_dims=1)
    for reduction in ["none", "add", "mul", "min", "max"]:
        case(
            "ScatterElements",
            x,
            i64([0, 1, 2, -1], [1, 0, 0, 2]),
            whole(2, 4),
            axis=0,
            reduction=reduction,
        )
        case("ScatterND", x, i64([1], [0]), whole(2, 4), reduction=reduction)
        case("ScatterND", x, i64([1, 1], [0, -1]), whole(2), reduction=reduction)
    case("Compress", x, np.array([True, False, True]), axis=0)
    case("Compress", x, np.array([False, True, True, False, True]))
    case("NonZero", whole(3, 3, low=0, high=2))
    case("NonZero", np.array([0, 1.5, 0, -1], np.float32))
    case("OneHot", i64(0, 2, -1, 5), np.int64(4), i64(3, 9), axis=-1)
    case(
        "OneHot", i64([0, 2], [1, 1]), np.int64(3), np.array([0, 1], np.float32), axis=0
    )


def made():
    case("ConstantOfShape", i64(2, 3))
    case("ConstantOfShape", i64())
    for start, end, step in [(0, 5, 1), (5, 0, -2), (3, 3, 1), (2, 11, 3), (4, 0, 1)]:
        case("Range", np.int64(start), np.int64(end), np.int64(step))
        case("Range", np.float32(start), np.float32(end), np.float32(step / 2))
    for k in [-1, 0, 2]:
        case("EyeLike", whole(3, 4), k=k)
    for exclusive in [0, 1]:
        for reverse in [0, 1]:
            case(
                "CumSum", whole(2, 4), np.int64(1), exclusive=exclusive, reverse=reverse
            )
            case(
                "CumSum",
                whole(3, 2),
                np.int64(-2),
                exclusive=exclusive,
                reverse=reverse,
            )
    x = whole(2, 3, 4)
    for operator in ["ReduceSum", "ReduceProd", "ReduceMin", "ReduceMax", "ReduceMean"]:
        for axes in [None, i64(0), i64(-1, 1)]:
            for keepdims in [0, 1]:
                case(
                    operator,
                    x if operator != "ReduceProd" else whole(2, 3, 2, low=-3, high=4),
                    axes,
                    keepdims=keepdims,
                )
        case(operator, real(2, 2), i64(1), keepdims=0)
    for operator in ["ArgMax", "ArgMin"]:
        for last in [0, 1]:
            case(
                operator,
                whole(3, 5, low=0, high=3),
                axis=1,
                keepdims=last,
                select_last_index=last,
            )
    for largest in [0, 1]:
        case(
            "TopK",
            whole(2, 6, low=0, high=4),
            i64(3),
            axis=-1,
            largest=largest,
            outputs=2,
        )
        case("TopK", real(4, 2), i64(2), axis=0, largest=largest, outputs=2)
    for ordered in [0, 1]:
        case("Unique", whole(8, low=0, high=4), sorted=ordered, outputs=4)


for family in [elementwise, casts, movement, indices, made]:
    family()
out = pathlib.Path(__file__).parents[2] / "tests/data/values/cases.txt"
heading = [
    f"# tools/value_cases/make_cases.py with onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}"
]
out.write_text("\n".join(heading + lines) + "\n")
