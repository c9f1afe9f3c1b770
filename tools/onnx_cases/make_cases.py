"""Writes the models of tests/data/onnx: one per theme, and one per operator set for operators whose operands moved.

Needs onnx 1.23 (pip install onnx==1.23.2). Beside every model with a default-domain graph lies NAME.types: what onnx's
own strict shape inference says of each value, for the tests to compare with.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

OUT = Path(__file__).resolve().parents[2] / "tests/data/onnx"
NAMES = {
    T.FLOAT: "f32",
    T.FLOAT16: "f16",
    T.DOUBLE: "f64",
    T.INT64: "i64",
    T.INT32: "i32",
    T.INT8: "i8",
    T.UINT8: "u8",
    T.INT4: "i4",
    T.UINT4: "u4",
    T.BOOL: "bool",
    T.STRING: "text",
}


def weight(name, *dims, dtype=T.FLOAT):
    """A tensor without contents, as external data that is not there."""
    tensor = T(name=name, data_type=dtype, dims=dims, data_location=T.EXTERNAL)
    tensor.external_data.add(key="location", value="absent.weights")
    return tensor


def ints(name, *values):
    return nh.from_array(np.array(values, dtype=np.int64), name)


def scalar(name, value, dtype=np.float32):
    return nh.from_array(np.array(value, dtype=dtype), name)


def value(name, *dims, dtype=T.FLOAT):
    return h.make_tensor_value_info(name, dtype, list(dims))


def model(name, nodes, inputs, outputs, weights=(), opset=20, imports=(), functions=(), infer=True):
    graph = h.make_graph(nodes, name, inputs, [h.make_empty_tensor_value_info(o) for o in outputs], list(weights))
    opsets = [h.make_opsetid("", opset), *(h.make_opsetid(d, v) for d, v in imports)]
    made = h.make_model(graph, opset_imports=opsets, functions=list(functions), producer_name="cases", ir_version=10)
    (OUT / f"{name}.onnx").write_bytes(made.SerializeToString())
    if infer:
        types(name, made)


def shown(t):
    if not t.HasField("tensor_type") or not t.tensor_type.HasField("shape"):
        return None
    dims = [str(d.dim_value) if d.HasField("dim_value") else d.dim_param or "?" for d in t.tensor_type.shape.dim]
    return f"{NAMES[t.tensor_type.elem_type]}[{','.join(dims)}]"


def types(name, made):
    done = onnx.shape_inference.infer_shapes(made, strict_mode=True, data_prop=True)
    rows = [(v.name, shown(v.type)) for v in [*done.graph.value_info, *done.graph.output]]
    text = "".join(f"{n} {t}\n" for n, t in sorted(rows) if t)
    (OUT / f"{name}.types").write_text(text)


def node(op, inputs, outputs, domain="", name=None, **attributes):
    """Operands in one string; "-" stands for one that is left out."""
    operands = ["" if i == "-" else i for i in inputs.split()]
    return h.make_node(op, operands, outputs.split(), name=name or outputs.split()[0], domain=domain, **attributes)


def elementwise():
    x, y = value("x", 2, 3, 4), value("y", 4)
    unary = [
        "Relu",
        "LeakyRelu",
        "Elu",
        "Gelu",
        "Sigmoid",
        "HardSigmoid",
        "HardSwish",
        "Mish",
        "Softplus",
        "Softsign",
        "Tanh",
        "Erf",
        "Exp",
        "Log",
        "Sqrt",
        "Reciprocal",
        "Neg",
        "Abs",
        "Ceil",
        "Sin",
        "Sign",
        "IsNaN",
    ]
    nodes = [node(op, "x", op.lower()) for op in unary]
    nodes += [
        node(op, "x y", op.lower()) for op in ["Add", "Sub", "Mul", "Div", "Pow", "Mod", "Equal", "Greater", "PRelu"]
    ]
    nodes += [
        node("Not", "equal", "not"),
        node("And", "equal greater", "and"),
        node("Where", "equal x y", "where"),
        node("Sum", "x y x", "sum"),
        node("Mean", "x y", "mean"),
        node("Min", "x y x", "min"),
        node("Max", "x", "max"),
        node("Clip", "x zero six", "clip"),
        node("Cast", "x", "cast", to=T.FLOAT16),
    ]
    model("elementwise", nodes, [x, y], [n.output[0] for n in nodes], [scalar("zero", 0), scalar("six", 6)])


def contraction():
    nodes = [
        node(
            "Conv",
            "image w1 b1",
            "conv",
            strides=[2, 2],
            pads=[1, 1, 1, 1],
            dilations=[1, 1],
            group=1,
            kernel_shape=[3, 3],
        ),
        node("Conv", "image w2", "depthwise", auto_pad="SAME_UPPER", group=3, strides=[2, 2]),
        node("Conv", "signal w3", "conv1d", pads=[1, 1]),
        node("ConvTranspose", "conv w4", "deconv", strides=[2, 2], output_padding=[1, 1]),
        node("Gemm", "rows w5 b5", "gemm", transB=1),
        node("Gemm", "rows square", "product", transA=0),
        node("MatMul", "rows w6", "linear"),
        node("MatMul", "batch batch2", "matmul"),
        node("Einsum", "batch batch2", "einsum", equation="bij, bjk -> bik"),
        node("LSTM", "signal_t w7 r7 b7", "lstm", hidden_size=5, direction="bidirectional"),
        node("GRU", "signal_t w8 r8", "gru", hidden_size=5),
        node("RNN", "signal_t w9 r9", "rnn", hidden_size=5),
    ]
    inputs = [
        value("image", 1, 3, 8, 8),
        value("signal", 1, 4, 10),
        value("rows", 2, 6),
        value("square", 6, 6),
        value("batch", 5, 2, 3),
        value("batch2", 5, 3, 4),
        value("signal_t", 7, 2, 6),
    ]
    weights = [
        weight("w1", 4, 3, 3, 3),
        weight("b1", 4),
        weight("w2", 3, 1, 3, 3),
        weight("w3", 8, 4, 3),
        weight("w4", 4, 2, 3, 3),
        weight("w5", 10, 6),
        weight("b5", 10),
        weight("w6", 6, 10),
        weight("w7", 2, 20, 6),
        weight("r7", 2, 20, 5),
        weight("b7", 2, 40),
        weight("w8", 1, 15, 6),
        weight("r8", 1, 15, 5),
        weight("w9", 1, 5, 6),
        weight("r9", 1, 5, 5),
    ]
    model("contraction", nodes, inputs, [n.output[0] for n in nodes], weights)


def window():
    nodes = [
        node("MaxPool", "x", "maxpool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
        node("AveragePool", "x", "avgpool", kernel_shape=[2, 2], strides=[2, 2]),
        node("GlobalAveragePool", "x", "gap"),
        node("GlobalMaxPool", "x", "gmp"),
        node("Resize", "x - scales", "nearest", mode="nearest"),
        node("Resize", "x - - sizes", "cubic", mode="cubic"),
        node("GridSample", "x grid", "sampled", mode="linear"),
        node("RoiAlign", "x rois which", "roi", output_height=2, output_width=2, sampling_ratio=2),
    ]
    weights = [nh.from_array(np.array([1, 1, 2, 2], dtype=np.float32), "scales"), ints("sizes", 1, 2, 5, 5)]
    model(
        "window",
        nodes,
        [value("x", 1, 2, 8, 8), value("grid", 1, 3, 3, 2), value("rois", 4, 4), value("which", 4, dtype=T.INT64)],
        [n.output[0] for n in nodes],
        weights,
    )


def norm():
    nodes = [
        node("BatchNormalization", "x g b m v", "bn"),
        node("InstanceNormalization", "x g b", "inorm"),
        node("LayerNormalization", "x lg lb", "ln", axis=2),
        node("GroupNormalization", "x g b", "gn", num_groups=2),
        node("LpNormalization", "x", "lp", axis=1),
        node("LRN", "x", "lrn", size=3),
        node("Softmax", "x", "softmax"),
        node("LogSoftmax", "x", "logsoftmax", axis=1),
    ]
    weights = [weight(n, 4) for n in "gbmv"] + [weight("lg", 6, 6), weight("lb", 6, 6)]
    model("norm", nodes, [value("x", 2, 4, 6, 6)], [n.output[0] for n in nodes], weights, opset=22)


def reduction():
    nodes = [
        node("ReduceSum", "x axes", "sum", keepdims=0),
        node("ReduceMean", "x axes", "mean"),
        node("ReduceMax", "x", "max"),
        node("ReduceSum", "x", "same", noop_with_empty_axes=1),
        node("ArgMax", "x", "argmax", axis=-1, keepdims=0),
        node("CumSum", "x one", "cumsum"),
        node("TopK", "x k", "top places", axis=1),
    ]
    model(
        "reduction",
        nodes,
        [value("x", 2, 3, 4)],
        [n.output[0] for n in nodes],
        [ints("axes", -1, 1), scalar("one", 1, np.int64), ints("k", 2)],
    )


def movement():
    nodes = [
        node("Reshape", "x shape", "reshape"),
        node("Flatten", "x", "flatten"),
        node("Squeeze", "u axes", "squeeze"),
        node("Transpose", "x", "transpose", perm=[0, 2, 1]),
        node("Transpose", "x", "reverse"),
        node("Concat", "x x", "concat", axis=-1),
        node("Split", "x", "left right", axis=2, num_outputs=2),
        node("Slice", "x starts ends saxes steps", "slice"),
        node("Expand", "y wide", "expand"),
        node("Tile", "y twice", "tile"),
        node("Pad", "y pads", "pad"),
        node("Gather", "table ids", "rows"),
        node("Gather", "x ids", "picked", axis=1),
        node("GatherElements", "x at", "elements", axis=2),
        node("ScatterElements", "x at x", "scatter", axis=2, reduction="add"),
        node("ScatterND", "x place patch", "scatternd"),
        node("DepthToSpace", "image", "d2s", blocksize=2),
        node("Shape", "x", "shapeof"),
        node("Dropout", "x", "dropout"),
        node("OneHot", "ids depth values", "onehot"),
        node("Range", "zero limit step", "range"),
        node("NonZero", "x", "nonzero"),
        node("ConstantOfShape", "wide", "filled"),
        node("Unsqueeze", "y axes", "unsqueeze"),
        node("Trilu", "x", "trilu"),
    ]
    inputs = [
        value("x", 2, 3, 4),
        value("u", 1, 5),
        value("y", 1, 4),
        value("ids", 2, dtype=T.INT64),
        value("at", 2, 3, 4, dtype=T.INT64),
        value("place", 1, 1, dtype=T.INT64),
        value("patch", 1, 3, 4),
        value("image", 1, 8, 2, 2),
    ]
    weights = [
        ints("shape", 0, -1),
        ints("axes", 0),
        ints("starts", 1),
        ints("ends", 9),
        ints("saxes", 2),
        ints("steps", 2),
        ints("wide", 3, 4),
        ints("twice", 2, 2),
        ints("pads", 0, 1, 0, 1),
        weight("table", 100, 8),
        scalar("depth", 7, np.int64),
        nh.from_array(np.array([0, 1], dtype=np.float32), "values"),
        scalar("zero", 0, np.int64),
        scalar("limit", 9, np.int64),
        scalar("step", 2, np.int64),
    ]
    model("movement", nodes, inputs, [n.output[0] for n in nodes], weights)


def attention():
    nodes = [
        node("Attention", "q k v", "packed", q_num_heads=4, kv_num_heads=2, is_causal=1),
        node("Attention", "q4 k4 v4", "split"),
        node("RMSNormalization", "q g", "rms"),
        node("RotaryEmbedding", "q4 cos sin", "rotary"),
        node("Swish", "q", "swish"),
    ]
    inputs = [
        value("q", 2, 5, 16),
        value("k", 2, 7, 8),
        value("v", 2, 7, 8),
        value("q4", 2, 4, 5, 8),
        value("k4", 2, 4, 7, 8),
        value("v4", 2, 4, 7, 8),
        value("cos", 2, 5, 4),
        value("sin", 2, 5, 4),
    ]
    model("attention", nodes, inputs, [n.output[0] for n in nodes], [weight("g", 16)], opset=24)


def quantised():
    nodes = [
        node("QuantizeLinear", "x xs xz", "xq"),
        node("DequantizeLinear", "xq xs xz", "xd"),
        node("DequantizeLinear", "w ws wz", "wd", axis=0),
        node("Conv", "xd wd", "conv"),
        node("DequantizeLinear", "w4 w4s", "w4d", axis=0, block_size=16),
        node("MatMul", "rows w4d", "linear"),
        node("QLinearConv", "xq xs xz w ws wz ys yz bias", "qconv"),
        node("QLinearMatMul", "a as az b bs bz ys yz", "qmatmul"),
        node("ConvInteger", "a4 w", "convint"),
        node("MatMulInteger", "a b", "matmulint"),
        node("DynamicQuantizeLinear", "rows", "dq dscale dzero"),
    ]
    weights = [
        scalar("xs", 0.1),
        scalar("xz", 0, np.uint8),
        weight("w", 8, 3, 1, 1, dtype=T.INT8),
        weight("ws", 8),
        weight("wz", 8, dtype=T.INT8),
        weight("w4", 32, 6, dtype=T.INT4),
        weight("w4s", 2, 6),
        scalar("ys", 0.1),
        scalar("yz", 0, np.uint8),
        weight("bias", 8, dtype=T.INT32),
        scalar("as", 0.1),
        scalar("az", 0, np.uint8),
        weight("b", 32, 6, dtype=T.UINT8),
        scalar("bs", 0.1),
        scalar("bz", 0, np.uint8),
    ]
    inputs = [
        value("x", 1, 3, 4, 4),
        value("rows", 2, 32),
        value("a", 2, 32, dtype=T.UINT8),
        value("a4", 1, 3, 4, 4, dtype=T.UINT8),
    ]
    model(
        "quantised",
        nodes,
        inputs,
        ["conv", "linear", "qconv", "qmatmul", "convint", "matmulint", "dq"],
        weights,
        opset=21,
    )


def control():
    then = h.make_graph([node("Relu", "x", "t")], "then", [], [value("t", 2, 3)])
    other = h.make_graph([node("Neg", "x", "e")], "else", [], [value("e", 2, 3)])
    body = h.make_graph(
        [node("Add", "state x", "next"), node("Identity", "going", "go"), node("Tanh", "next", "seen")],
        "body",
        [value("i", dtype=T.INT64), value("going", dtype=T.BOOL), value("state", 2, 3)],
        [value("go", dtype=T.BOOL), value("next", 2, 3), value("seen", 2, 3)],
    )
    step = h.make_graph(
        [node("Add", "carry item", "sum"), node("Identity", "sum", "copy")],
        "step",
        [value("carry", 3), value("item", 3)],
        [value("sum", 3), value("copy", 3)],
    )
    nodes = [
        node("If", "c", "either", then_branch=then, else_branch=other),
        h.make_node("Loop", ["n", "", "x"], ["last", "all"], name="loop", body=body),
        node("Scan", "start x", "final sums", num_scan_inputs=1, body=step),
    ]
    model(
        "control",
        nodes,
        [value("c", dtype=T.BOOL), value("x", 2, 3), value("start", 3)],
        ["either", "last", "all", "final", "sums"],
        [scalar("n", 4, np.int64)],
    )


def functions():
    inner = h.make_function(
        "local", "Square", ["a"], ["b"], [node("Mul", "a a", "b", name="mul")], [h.make_opsetid("", 20)]
    )
    outer = h.make_function(
        "local",
        "Block",
        ["p", "w"],
        ["q"],
        [
            node("Square", "p", "s", domain="local", name="square"),
            node("MatMul", "s w", "m", name="product"),
            h.make_node("LeakyRelu", ["m"], ["q"], name="act"),
        ],
        [h.make_opsetid("", 20), h.make_opsetid("local", 1)],
        attributes=["slope"],
    )
    outer.node[2].attribute.add(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    nodes = [
        h.make_node("Block", ["x", "w"], ["h"], name="first", domain="local", slope=0.1),
        h.make_node("Block", ["h", "w"], ["y"], name="second", domain="local", slope=0.2),
    ]
    model(
        "functions",
        nodes,
        [value("x", 2, 6)],
        ["y"],
        [weight("w", 6, 6)],
        imports=[("local", 1)],
        functions=[inner, outer],
        infer=False,
    )


def shapes():
    """Shapes that are computed: the pattern of exporters that flatten with a symbolic batch."""
    nodes = [
        node("Shape", "x", "all"),
        node("Gather", "all zero", "batch"),
        node("Unsqueeze", "batch first", "batch1"),
        node("Concat", "batch1 rest", "target", axis=0),
        node("Reshape", "x target", "flat"),
        node("Shape", "x", "sizes", start=2),
        node("Mul", "sizes two", "bigger"),
        node("Shape", "x", "front", end=2),
        node("Concat", "front bigger", "up", axis=0),
        node("Resize", "x - - up", "large"),
        node("Resize", "x - scales", "scaled"),
    ]
    weights = [scalar("zero", 0, np.int64), ints("first", 0), ints("rest", -1), ints("two", 2, 2)]
    weights.append(nh.from_array(np.array([1, 1, 2, 2], dtype=np.float32), "scales"))
    model("shapes", nodes, [value("x", "batch", 3, "h", "w")], ["flat", "large", "scaled"], weights, infer=False)


def integers():
    """What ONNX Runtime's quantiser writes beside ONNX's own operators."""
    ms = "com.microsoft"
    nodes = [
        node("QuantizeLinear", "rows s z16", "q16", domain=ms),
        node("DequantizeLinear", "q16 s z16", "dq16", domain=ms),
        node("QGemm", "a s z w ws wz bias s z", "gemm", domain=ms, transB=1),
        node("QGemm", "a s z w ws wz bias", "gemm_f", domain=ms, transB=1),
        node("GemmFloat8", "f8 f8w - s s", "gemm8", domain=ms, transB=1, dtype=1),
        node("DynamicQuantizeMatMul", "rows wt s", "dynamic", domain=ms),
        node("QLinearMul", "gate s z image s z s z", "gated", domain=ms),
        node("QLinearWhere", "mask gate s z image s z s z", "where", domain=ms),
        node("QLinearReduceMean", "image s z s z", "mean", domain=ms, axes=[2, 3], keepdims=0),
        node("QLinearAveragePool", "image s z s z", "pool", domain=ms, kernel_shape=[2, 2], strides=[2, 2]),
        node("DynamicQuantizeLSTM", "steps lw lr lb - - - - ls lz rs rz", "y yh yc", domain=ms, hidden_size=12),
        node("GatherBlockQuantized", "table ids ts tz", "rows4", domain=ms, block_size=16),
        node("GatherBlockQuantized", "packed ids ts tz8", "rows8", domain=ms, block_size=16, bits=4),
        node("QEmbedLayerNormalization", "ids2 - words places - g b - s s s s s z z z z z", "embed", domain=ms),
    ]
    weights = [
        scalar("s", 0.1),
        scalar("z", 0, np.uint8),
        scalar("z16", 0, np.uint16),
        weight("w", 6, 32, dtype=T.INT8),
        weight("wt", 32, 6, dtype=T.INT8),
        weight("ws", 6),
        weight("wz", 6, dtype=T.INT8),
        weight("bias", 6, dtype=T.INT32),
        weight("f8w", 6, 32, dtype=T.FLOAT8E4M3FN),
        weight("lw", 1, 8, 48, dtype=T.INT8),
        weight("lr", 1, 12, 48, dtype=T.INT8),
        weight("lb", 1, 96),
        weight("ls", 1, 48),
        weight("lz", 1, 48, dtype=T.INT8),
        weight("rs", 1, 48),
        weight("rz", 1, 48, dtype=T.INT8),
        weight("table", 100, 64, dtype=T.UINT4),
        weight("packed", 100, 32, dtype=T.UINT8),
        weight("ts", 100, 4, dtype=T.FLOAT16),
        weight("tz", 100, 4, dtype=T.UINT4),
        weight("tz8", 100, 2, dtype=T.UINT8),
        weight("words", 50, 8, dtype=T.UINT8),
        weight("places", 16, 8, dtype=T.UINT8),
        weight("g", 8, dtype=T.UINT8),
        weight("b", 8, dtype=T.UINT8),
    ]
    inputs = [
        value("rows", 2, 32),
        value("a", 2, 32, dtype=T.UINT8),
        value("f8", 2, 32, dtype=T.FLOAT8E4M3FN),
        value("gate", 1, 3, 1, 1, dtype=T.UINT8),
        value("mask", 1, 1, 4, 4, dtype=T.BOOL),
        value("image", 1, 3, 4, 4, dtype=T.UINT8),
        value("steps", 5, 2, 8),
        value("ids", 3, dtype=T.INT64),
        value("ids2", 2, 5, dtype=T.INT32),
    ]
    outputs = [o for n in nodes for o in n.output]
    model("integers", nodes, inputs, outputs, weights, imports=[(ms, 1)], infer=False)


def contrib():
    ms = "com.microsoft"
    nodes = [
        node("SkipLayerNormalization", "x skip g b", "skipln", domain=ms),
        node("SkipSimplifiedLayerNormalization", "x skip g", "skiprms", domain=ms),
        node("SimplifiedLayerNormalization", "x g", "rms", domain=ms),
        node("FastGelu", "x b", "fastgelu", domain=ms),
        node("BiasGelu", "x b", "biasgelu", domain=ms),
        node("QuickGelu", "x", "quickgelu", domain=ms),
        node("FusedMatMul", "x w", "fusedmatmul", domain=ms, transB=1, alpha=0.5),
        node("FusedConv", "image k", "fusedconv", domain=ms, activation="Relu"),
        node("Attention", "x wqkv bqkv", "attention", domain=ms, num_heads=2),
        node("MultiHeadAttention", "x x x", "mha", domain=ms, num_heads=2),
        node("GroupQueryAttention", "x kv kv", "gqa", domain=ms, num_heads=4, kv_num_heads=2),
        node("MatMulNBits", "x packed scales", "nbits", domain=ms, K=8, N=6, bits=4, block_size=16),
        node("EmbedLayerNormalization", "ids - words places - g b", "embed", domain=ms),
        node("Frobnicate", "x", "frob", domain="acme"),
        node("Frobnicate", "frob", "frob2", domain="acme"),
    ]
    weights = [
        weight("g", 8),
        weight("b", 8),
        weight("w", 6, 8),
        weight("k", 4, 3, 1, 1),
        weight("wqkv", 8, 24),
        weight("bqkv", 24),
        weight("packed", 6, 1, 8, dtype=T.UINT8),
        weight("scales", 6),
        weight("words", 50, 8),
        weight("places", 16, 8),
    ]
    inputs = [
        value("x", 2, 5, 8),
        value("skip", 2, 5, 8),
        value("image", 1, 3, 4, 4),
        value("kv", 2, 5, 4),
        value("ids", 2, 5, dtype=T.INT32),
    ]
    model("contrib", nodes, inputs, [n.output[0] for n in nodes], weights, imports=[(ms, 1), ("acme", 1)], infer=False)


def contrib_cache():
    """Attention of ONNX Runtime with keys of earlier steps, and batches of a product that stand inside."""
    ms = "com.microsoft"
    nodes = [
        node("Attention", "x wqkv b - past", "past_y past_kv", domain=ms, num_heads=4, unidirectional=1),
        node("Attention", "x wqkv b", "fresh_y fresh_kv", domain=ms, num_heads=4, unidirectional=1),
        node("Attention", "x wide wide_b", "uneven", domain=ms, num_heads=4, qkv_hidden_sizes=[16, 16, 32]),
        node("QAttention", "bytes wbytes b s s - z z past", "q_y q_kv", domain=ms, num_heads=4),
        node("MultiHeadAttention", "x x x - - - pk pk", "mha_y mha_k mha_v", domain=ms, num_heads=4),
        *(
            node("GroupQueryAttention", operands, f"{name}_y {name}_k {name}_v", domain=ms, num_heads=4, kv_num_heads=2)
            for name, operands in {
                "step": "q1 kv1 kv1 cache7 cache7 seen7 total8",
                "packed": "rows - - cache7 cache7 seen7 total8",
                "shared": "q5 x x cache10 cache10 seen4 total5",
                "partly": "q1 kv1 kv1 cache10 cache10 seen4 total5",
                "prompt": "q5 x x - - seen4 total5",
                "open": "q1 kv1 kv1 cache7 cache7 seen7 total",
            }.items()
        ),
        node("FusedMatMul", "left right", "inside", domain=ms, transBatchA=1, transB=1),
        node("FusedMatMul", "thin right", "thin_y", domain=ms, transBatchA=1, transB=1),
        node("FusedMatMul", "left far", "both", domain=ms, transBatchA=1, transBatchB=1),
    ]
    i32 = lambda name, *values: nh.from_array(np.array(values, np.int32), name)  # noqa: E731
    weights = [
        weight("wqkv", 16, 48),
        weight("b", 48),
        weight("wide", 16, 64),
        weight("wide_b", 64),
        weight("wbytes", 16, 48, dtype=T.UINT8),
        weight("s"),
        weight("z", dtype=T.UINT8),
        i32("seen7", 7, 7),
        i32("seen4", 4, 4),
        nh.from_array(np.array(8, np.int32), "total8"),
        nh.from_array(np.array(5, np.int32), "total5"),
    ]
    sizes = {
        "x": (2, 5, 16),
        "past": (2, 2, 4, 3, 4),
        "pk": (2, 4, 3, 4),
        "q1": (2, 1, 32),
        "kv1": (2, 1, 16),
        "q5": (2, 5, 32),
        "rows": (2, 1, 64),
        "cache7": (2, 2, 7, 8),
        "cache10": (2, 2, 10, 8),
        "left": (5, 2, 7),
        "right": (2, 3, 7),
        "thin": (1, 2, 7),
        "far": (7, 2, 3),
    }
    inputs = [value(name, *dims) for name, dims in sizes.items()]
    inputs += [value("bytes", 2, 5, 16, dtype=T.UINT8), value("total", dtype=T.INT32)]
    model("contrib_cache", nodes, inputs, [o for n in nodes for o in n.output], weights, imports=[(ms, 1)], infer=False)
    ran_types("contrib_cache", {"total": 8})


def contrib_heads():
    """Attention with keys and values by head, which ONNX Runtime runs on a CPU, or packed, which it does not."""
    ms = "com.microsoft"
    by_head = node("MultiHeadAttention", "x keys values", "by_head", domain=ms, num_heads=4)
    packed = [
        node("MultiHeadAttention", "qkv", "packed packed_k packed_v", domain=ms, num_heads=4),
        node("MultiHeadAttention", "x kv", "packed_kv", domain=ms, num_heads=4),
    ]
    inputs = [value("x", 2, 5, 16), value("keys", 2, 4, 7, 4), value("values", 2, 4, 7, 4)]
    stacks = [value("qkv", 2, 5, 4, 3, 4), value("kv", 2, 9, 4, 2, 4)]
    model("contrib_heads", [by_head], inputs, ["by_head"], imports=[(ms, 1)], infer=False)
    ran_types("contrib_heads", {})
    outputs = [o for n in [by_head, *packed] for o in n.output]
    model("contrib_heads", [by_head, *packed], inputs + stacks, outputs, imports=[(ms, 1)], infer=False)


def ran_types(name, numbers):
    """NAME.types from a run of ONNX Runtime (1.31.1); of what begins with "open" the sizes depend on the input."""
    import onnxruntime

    made = onnx.load(OUT / f"{name}.onnx", load_external_data=False)
    for tensor in made.graph.initializer:
        if tensor.data_location == T.EXTERNAL:
            dtype = h.tensor_dtype_to_np_dtype(tensor.data_type)
            tensor.CopyFrom(nh.from_array(np.ones(tuple(tensor.dims), dtype), tensor.name))
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    given = {}
    for i in made.graph.input:
        dims = [d.dim_value for d in i.type.tensor_type.shape.dim]
        dtype = h.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type)
        given[i.name] = np.full(dims, numbers.get(i.name, 1), dtype)
    names = [o.name for o in made.graph.output]
    lines = []
    for output, y in zip(names, session.run(names, given), strict=True):
        if not output.startswith("open"):
            lines.append(f"{output} {NAMES[h.np_dtype_to_tensor_dtype(y.dtype)]}[{','.join(map(str, y.shape))}]")
    (OUT / f"{name}.types").write_text("\n".join(sorted(lines)) + "\n")


def experts():
    """Six tokens, two of four experts each: gated by a third product, gated by its own half, and in four bits."""
    ms = "com.microsoft"
    nodes = [
        node("MoE", "x router up - down - beside", "gated", domain=ms, k=2, activation_type="silu"),
        node("MoE", "x router both bias down", "swiglu", domain=ms, k=2, activation_type="swiglu", swiglu_fusion=1),
        node("MoE", "tokens router old - old_down", "relu", domain=ms),
        node("QMoE", "x router q_up s_up - q_down s_down", "packed", domain=ms, k=2, activation_type="gelu"),
    ]
    weights = [
        weight("up", 4, 10, 8),
        weight("beside", 4, 10, 8),
        weight("both", 4, 20, 8),
        weight("bias", 4, 20),
        weight("down", 4, 8, 10),
        weight("old", 4, 8, 12),
        weight("old_down", 4, 12, 8),
        weight("q_up", 4, 10, 4, dtype=T.UINT8),
        weight("s_up", 4, 10),
        weight("q_down", 4, 8, 5, dtype=T.UINT8),
        weight("s_down", 4, 8),
    ]
    inputs = [value("x", 2, 3, 8), value("tokens", 6, 8), value("router", 6, 4)]
    model("experts", nodes, inputs, [n.output[0] for n in nodes], weights, imports=[(ms, 1)], infer=False)


def torch_names():
    """Where the two torch exporters say where a node comes from."""
    nodes = [
        h.make_node("Relu", ["x"], ["/layer1/layer1.0/relu/Relu_output_0"], name="/layer1/layer1.0/relu/Relu"),
        h.make_node("Neg", ["/layer1/layer1.0/relu/Relu_output_0"], ["y"], name="node_neg"),
    ]
    for key, text in [
        ("pkg.torch.onnx.name_scopes", "['', 'layer1', 'layer1.0', 'layer1.0.neg@1', 'neg']"),
        ("pkg.torch.onnx.class_hierarchy", "['m.Net', 'torch.nn.Sequential', 'm.Block', 'm.Neg', 'aten.neg.default']"),
        (
            "pkg.torch.onnx.stack_trace",
            'File "net.py", line 3, in forward\n  a()\nFile "block.py", line 17, in forward\n  -x',
        ),
    ]:
        nodes[1].metadata_props.add(key=key, value=text)
    model("torch_names", nodes, [value("x", 2)], ["y"])


def moved(opset):
    """The operators whose operands moved between attributes and inputs, each as this operator set writes it."""
    nodes, weights = [], []

    def either(since, op, out, attributes, operands):
        if opset < since:
            nodes.append(node(op, "x", out, **attributes))
            return
        names = ["x"]
        for name, tensor in operands:
            names.append(name)
            if tensor is not None:
                weights.append(tensor)
        nodes.append(h.make_node(op, names, [out], name=out))

    either(11, "Clip", "clip", {"min": 0.0, "max": 6.0}, [("low", scalar("low", 0)), ("high", scalar("high", 6))])
    either(13, "ReduceSum", "sum", {"axes": [1], "keepdims": 1}, [("sum_axes", ints("sum_axes", 1))])
    either(18, "ReduceMean", "mean", {"axes": [1], "keepdims": 1}, [("mean_axes", ints("mean_axes", 1))])
    either(13, "Unsqueeze", "unsqueeze", {"axes": [1]}, [("unsqueeze_axes", ints("unsqueeze_axes", 1))])
    either(13, "Squeeze", "squeeze", {"axes": [2]}, [("squeeze_axes", ints("squeeze_axes", 2))])
    either(
        10,
        "Slice",
        "slice",
        {"starts": [1], "ends": [3], "axes": [1]},
        [("starts", ints("starts", 1)), ("ends", ints("ends", 3)), ("slice_axes", ints("slice_axes", 1))],
    )
    either(12, "Dropout", "dropout", {"ratio": 0.5}, [("ratio", scalar("ratio", 0.5))])
    either(11, "Pad", "pad", {"pads": [0, 1, 0, 0, 1, 0]}, [("pads", ints("pads", 0, 1, 0, 0, 1, 0))])
    nodes.append(h.make_node("Softmax", ["x"], ["softmax"], name="softmax", axis=2))
    nodes.append(h.make_node("BatchNormalization", ["x", "g", "b", "m", "v"], ["bn"], name="bn"))
    weights.extend(weight(n, 4) for n in "gbmv")
    if opset < 10:
        nodes.append(
            node("Upsample", "x", "up", scales=[1.0, 1.0, 2.0]) if opset < 9 else node("Upsample", "x scales", "up")
        )
    else:
        names = ["x", "scales"] if opset < 11 else ["x", "roi", "scales"] if opset < 13 else ["x", "", "scales"]
        nodes.append(h.make_node("Resize", names, ["up"], name="up"))
    if opset >= 9:
        weights.append(nh.from_array(np.array([1, 1, 2], dtype=np.float32), "scales"))
    if 11 <= opset < 13:
        weights.append(nh.from_array(np.array([], dtype=np.float32), "roi"))
    if opset >= 10:
        weights.append(ints("k", 2))
    nodes.append(
        node("TopK", "x", "top places", k=2, axis=1) if opset < 10 else node("TopK", "x k", "top places", axis=1)
    )
    model(f"moved_{opset}", nodes, [value("x", 2, 4, 1)], [n.output[0] for n in nodes], weights, opset=opset)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for case in [
        elementwise,
        contraction,
        window,
        norm,
        reduction,
        movement,
        attention,
        quantised,
        control,
        functions,
        shapes,
        contrib,
        contrib_cache,
        contrib_heads,
        integers,
        experts,
        torch_names,
    ]:
        case()
    for opset in range(7, 25):
        moved(opset)
    print(f"{len(list(OUT.glob('*.onnx')))} models in {OUT}", file=sys.stderr)


if __name__ == "__main__":
    main()
