#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace alidade {

/// What kind of attributes an operator carries; one struct each in attrs.hpp.
enum class AttrFamily : std::uint8_t {
  none,
  conv,
  pool,
  matmul,
  einsum,
  attention,
  recurrent,
  norm,
  axes,
  perm,
  slice,
  resize,
  clip,
  quant,
  scatter,
  loop,
  opaque,
};

/// How an operator's work is counted and grouped in reports; one formula per class in work.cpp.
enum class OpClass : std::uint8_t {
  contraction,
  normalisation,
  softmax,
  elementwise,
  reduction,
  pooling,
  resampling,
  movement,
  view,
  selection,
  quantisation,
  generator,
  spectral,
  factorisation,
  control,
  opaque,
};

// clang-format off
/// The canonical operators, one row each: enumerator, name, class, attribute family, label in the seeds' tables.
#define ALIDADE_OPS(X)                                                        \
  X(opaque,          "opaque",          opaque,        opaque,    "Other")       \
  X(conv,            "conv",            contraction,   conv,      "Conv2D")      \
  X(conv_transpose,  "conv_transpose",  contraction,   conv,      "ConvTranspose") \
  X(linear,          "linear",          contraction,   matmul,    "Linear")      \
  X(matmul,          "matmul",          contraction,   matmul,    "MatMul")      \
  X(routed_matmul,   "routed_matmul",   contraction,   matmul,    "RoutedMatMul") \
  X(einsum,          "einsum",          contraction,   einsum,    "Einsum")      \
  X(attention,       "attention",       contraction,   attention, "Attention")   \
  X(rnn,             "rnn",             contraction,   recurrent, "RNN")         \
  X(lstm,            "lstm",            contraction,   recurrent, "LSTM")        \
  X(gru,             "gru",             contraction,   recurrent, "GRU")         \
  X(batch_norm,      "batch_norm",      normalisation, norm,      "BatchNorm")   \
  X(layer_norm,      "layer_norm",      normalisation, norm,      "LayerNorm")   \
  X(rms_norm,        "rms_norm",        normalisation, norm,      "RMSNorm")     \
  X(group_norm,      "group_norm",      normalisation, norm,      "GroupNorm")   \
  X(instance_norm,   "instance_norm",   normalisation, norm,      "InstanceNorm") \
  X(lp_norm,         "lp_norm",         normalisation, norm,      "LpNorm")      \
  X(local_response_norm, "local_response_norm", normalisation, norm, "LRN")      \
  X(softmax,         "softmax",         softmax,       axes,      "Softmax")     \
  X(log_softmax,     "log_softmax",     softmax,       axes,      "LogSoftmax")  \
  X(relu,            "relu",            elementwise,   none,      "ReLU")        \
  X(leaky_relu,      "leaky_relu",      elementwise,   none,      "LeakyReLU")   \
  X(clip,            "clip",            elementwise,   clip,      "Clip")        \
  X(gelu,            "gelu",            elementwise,   none,      "GELU")        \
  X(silu,            "silu",            elementwise,   none,      "SiLU")        \
  X(sigmoid,         "sigmoid",         elementwise,   none,      "Sigmoid")     \
  X(tanh,            "tanh",            elementwise,   none,      "Tanh")        \
  X(hardswish,       "hardswish",       elementwise,   none,      "Hardswish")   \
  X(hardsigmoid,     "hardsigmoid",     elementwise,   none,      "Hardsigmoid") \
  X(elu,             "elu",             elementwise,   none,      "ELU")         \
  X(mish,            "mish",            elementwise,   none,      "Mish")        \
  X(softplus,        "softplus",        elementwise,   none,      "Softplus")    \
  X(erf,             "erf",             elementwise,   none,      "Erf")         \
  X(exp,             "exp",             elementwise,   none,      "Exp")         \
  X(log,             "log",             elementwise,   none,      "Log")         \
  X(sqrt,            "sqrt",            elementwise,   none,      "Sqrt")        \
  X(rsqrt,           "rsqrt",           elementwise,   none,      "Rsqrt")       \
  X(reciprocal,      "reciprocal",      elementwise,   none,      "Reciprocal")  \
  X(trig,            "trig",            elementwise,   none,      "Trig")        \
  X(neg,             "neg",             elementwise,   none,      "Neg")         \
  X(abs,             "abs",             elementwise,   none,      "Abs")         \
  X(round,           "round",           elementwise,   none,      "Round")       \
  X(unary,           "unary",           elementwise,   none,      "Unary")       \
  X(add,             "add",             elementwise,   none,      "Add")         \
  X(sub,             "sub",             elementwise,   none,      "Sub")         \
  X(mul,             "mul",             elementwise,   none,      "Mul")         \
  X(div,             "div",             elementwise,   none,      "Div")         \
  X(pow,             "pow",             elementwise,   none,      "Pow")         \
  X(minimum,         "minimum",         elementwise,   none,      "Min")         \
  X(maximum,         "maximum",         elementwise,   none,      "Max")         \
  X(binary,          "binary",          elementwise,   none,      "Binary")      \
  X(compare,         "compare",         elementwise,   none,      "Compare")     \
  X(logic,           "logic",           elementwise,   none,      "Logic")       \
  X(where,           "where",           elementwise,   none,      "Where")       \
  X(cast,            "cast",            movement,      none,      "Cast")        \
  X(reduce_sum,      "reduce_sum",      reduction,     axes,      "ReduceSum")   \
  X(reduce_mean,     "reduce_mean",     reduction,     axes,      "ReduceMean")  \
  X(reduce,          "reduce",          reduction,     axes,      "Reduce")      \
  X(arg_reduce,      "arg_reduce",      reduction,     axes,      "ArgReduce")   \
  X(cumulative,      "cumulative",      reduction,     axes,      "Cumulative")  \
  X(max_pool,        "max_pool",        pooling,       pool,      "MaxPool")     \
  X(avg_pool,        "avg_pool",        pooling,       pool,      "AvgPool")     \
  X(adaptive_avg_pool, "adaptive_avg_pool", pooling,   none,      "AdaptiveAvgPool") \
  X(adaptive_max_pool, "adaptive_max_pool", pooling,   none,      "AdaptiveMaxPool") \
  X(resize,          "resize",          resampling,    resize,    "Resize")      \
  X(grid_sample,     "grid_sample",     resampling,    resize,    "GridSample")  \
  X(roi_align,       "roi_align",       resampling,    resize,    "RoiAlign")    \
  X(reshape,         "reshape",         view,          none,      "Reshape")     \
  X(identity,        "identity",        view,          none,      "Identity")    \
  X(dropout,         "dropout",         view,          none,      "Dropout")     \
  X(expand,          "expand",          view,          none,      "Expand")      \
  X(slice,           "slice",           view,          slice,     "Slice")       \
  X(split,           "split",           view,          axes,      "Split")       \
  X(shape_of,        "shape_of",        view,          none,      "Shape")       \
  X(sequence,        "sequence",        view,          none,      "Sequence")    \
  X(transpose,       "transpose",       movement,      perm,      "Transpose")   \
  X(concat,          "concat",          movement,      axes,      "Concat")      \
  X(pad,             "pad",             movement,      none,      "Pad")         \
  X(tile,            "tile",            movement,      none,      "Tile")        \
  X(copy,            "copy",            movement,      none,      "Copy")        \
  X(rearrange,       "rearrange",       movement,      none,      "Rearrange")   \
  X(gather,          "gather",          movement,      axes,      "Gather")      \
  X(embedding,       "embedding",       movement,      axes,      "Embedding")   \
  X(scatter,         "scatter",         movement,      scatter,   "Scatter")     \
  X(topk,            "topk",            selection,     axes,      "TopK")        \
  X(sort,            "sort",            selection,     axes,      "Sort")        \
  X(nms,             "nms",             selection,     none,      "NMS")         \
  X(nonzero,         "nonzero",         selection,     none,      "NonZero")     \
  X(search,          "search",          selection,     none,      "Search")      \
  X(quantize,        "quantize",        quantisation,  quant,     "Quantize")    \
  X(dequantize,      "dequantize",      quantisation,  quant,     "Dequantize")  \
  X(constant,        "constant",        generator,     none,      "Constant")    \
  X(range,           "range",           generator,     none,      "Range")       \
  X(random,          "random",          generator,     none,      "Random")      \
  X(fft,             "fft",             spectral,      axes,      "FFT")         \
  X(cholesky,        "cholesky",        factorisation, none,      "Cholesky")    \
  X(lu,              "lu",              factorisation, none,      "LU")          \
  X(qr,              "qr",              factorisation, none,      "QR")          \
  X(householder,     "householder",     factorisation, none,      "Householder") \
  X(eigh,            "eigh",            factorisation, none,      "SymmetricEigen") \
  X(eig,             "eig",             factorisation, none,      "Eigen")       \
  X(svd,             "svd",             factorisation, none,      "SVD")         \
  X(triangular_solve, "triangular_solve", factorisation, none,    "TriangularSolve") \
  X(if_else,         "if",              control,       none,      "If")          \
  X(loop,            "loop",            control,       loop,      "Loop")        \
  X(scan,            "scan",            control,       loop,      "Scan")        \
  X(call,            "call",            control,       none,      "Call")
// clang-format on

/// A canonical operator. `opaque` is an unknown one: it keeps its foreign name and is bounded, never
/// zero.
enum class Op : std::uint8_t {
#define ALIDADE_OP_ENUM(id, name, cls, family, label) id,
  ALIDADE_OPS(ALIDADE_OP_ENUM)
#undef ALIDADE_OP_ENUM
};

[[nodiscard]] int op_count();
[[nodiscard]] std::string_view name(Op op);
[[nodiscard]] std::string_view label(Op op);  ///< "Conv2D", "BatchNorm": as the profile page prints it
[[nodiscard]] OpClass class_of(Op op);
[[nodiscard]] std::string_view name(OpClass cls);
[[nodiscard]] AttrFamily family_of(Op op);
[[nodiscard]] std::optional<Op> op_named(std::string_view name);

}  // namespace alidade
