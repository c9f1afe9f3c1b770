"""Operators alone, each a function of JAX and the shapes of what it takes: what XLA's cost analysis says of them."""

import functools

import jax
import jax.numpy as jnp
from jax import lax

X, Y, IMAGE = ((6, 8),), ((6, 8), (6, 8)), ((2, 9, 9, 4),)
UNARY = ("abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "digamma", "erf",
         "erf_inv", "erfc", "exp", "expm1", "floor", "is_finite", "lgamma", "log", "log1p", "logistic", "neg", "round",
         "rsqrt", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh")
BINARY = ("add", "atan2", "div", "eq", "max", "min", "mul", "nextafter", "pow", "rem", "sub")


def conv(kernel, strides=(1, 1), padding="VALID", **more):
    numbers = ("NHWC", "HWIO", "NHWC")
    return (lambda x, w: lax.conv_general_dilated(x, w, strides, padding, dimension_numbers=numbers, **more),
            (*IMAGE, kernel))


def pool(padding):
    return (lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), padding), IMAGE)


def scatter(x, rows, updates):
    numbers = lax.ScatterDimensionNumbers((1,), (0,), (0,))
    return lax.scatter_add(x, rows.astype("int32"), updates, numbers)


OPERATORS = {
    **{name: (getattr(lax, name), X) for name in UNARY},
    **{name: (getattr(lax, name), Y) for name in BINARY},
    "select": (lambda x, y: jnp.where(x > y, x, y), Y),
    "clamp": (lambda x: lax.clamp(0.0, x, 1.0), X),
    "convert": (lambda x: x.astype("int32"), X),
    "transpose": (lambda x: x.T, X),
    "concatenate": (lambda x, y: jnp.concatenate([x, y]), Y),
    "reduce_sum": (lambda x: x.sum(1), X),
    "reduce_sum_all": (lambda x: x.sum(), X),
    "reduce_max": (lambda x: x.max(0), X),
    "argmax": (lambda x: x.argmax(1), X),
    "softmax": (functools.partial(jax.nn.softmax, axis=1), X),
    "cumsum": (lambda x: lax.reduce_window(x, 0.0, lax.add, (1, 8), (1, 1), ((0, 0), (7, 0))), X),
    "pool_valid": pool("VALID"),
    "pool_same": pool("SAME"),
    "dot": (jnp.matmul, ((3, 4), (4, 5))),
    "dot_batch": (jnp.matmul, ((7, 3, 4), (7, 4, 5))),
    "dot_vector": (jnp.matmul, ((3, 4), (4,))),
    "conv_valid": conv((3, 3, 4, 5)),
    "conv_same": conv((3, 3, 4, 5), padding="SAME"),
    "conv_strided": conv((3, 3, 4, 5), (2, 2), "SAME"),
    "conv_dilated": conv((3, 3, 4, 5), padding="SAME", rhs_dilation=(2, 2)),
    "conv_transposed": conv((3, 3, 4, 5), padding=((2, 2), (2, 2)), lhs_dilation=(2, 2)),
    "conv_depthwise": conv((3, 3, 1, 4), padding="SAME", feature_group_count=4),
    "conv_grouped": conv((3, 3, 2, 6), feature_group_count=2),
    "conv_batch_groups": conv((3, 3, 4, 6), batch_group_count=2),
    "conv_1d": (lambda x, w: lax.conv_general_dilated(x, w, (1,), ((1, 1),), dimension_numbers=("NCH", "OIH", "NCH")),
                ((2, 3, 8), (4, 3, 3))),
    "sort": (functools.partial(lax.sort, dimension=1), X),
    "sort_row": (lax.sort, ((10,),)),
    "rfft": (jnp.fft.rfft, ((3, 16),)),
    "rfft_of_12": (jnp.fft.rfft, ((3, 12),)),
    "scatter_add": (scatter, ((6, 8), (5, 1), (5, 8))),
    "loop_of_one": (lambda x: lax.fori_loop(0, 1, lambda i, x: x * 2, x), X),
}

# Where the analysis is at fault: a call of BLAS counts -1, and a loop of five trips one.
FAULTS = {
    "custom_call": (lambda a, b: 2 * lax.linalg.triangular_solve(a, b, left_side=True), ((5, 5), (5, 3))),
    "loop": (lambda x: lax.fori_loop(0, 5, lambda i, x: x * 2, x), X),
}


def shapes(sizes) -> list:
    return [jax.ShapeDtypeStruct(size, jnp.float32) for size in sizes]
