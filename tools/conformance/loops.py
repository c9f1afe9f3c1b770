"""Multiply-accumulates of one contraction, counted as the loops of its operator's specification over real shapes.

Written from ONNX's operator documentation alone; nothing here knows how the program counts.
"""

import collections
import math

Shapes = list[tuple[int, ...] | None]


def conv_of(data: int, weight: int):
    """For each output element: each channel of its group, each tap of the window."""

    def count(attribute, inputs: Shapes, outputs: Shapes) -> int:
        batch, filters, *places = outputs[0]
        _, channels_of_group, *taps = inputs[weight]
        return batch * filters * math.prod(places) * channels_of_group * math.prod(taps)

    return count


def conv_transpose(attribute, inputs: Shapes, outputs: Shapes) -> int:
    """For each input element: each output channel of its group, each tap it is scattered to."""
    batch, channels, *places = inputs[0]
    _, filters_of_group, *taps = inputs[1]
    return batch * channels * math.prod(places) * filters_of_group * math.prod(taps)


def gemm(attribute, inputs: Shapes, outputs: Shapes) -> int:
    rows, columns = outputs[0]
    inner = inputs[0][0] if attribute("transA", 0) else inputs[0][1]
    return rows * columns * inner


def matmul_of(left: int, right: int):
    """As numpy.matmul: a vector on the left is a row, one on the right a column; the rest broadcasts."""

    def count(attribute, inputs: Shapes, outputs: Shapes) -> int:
        a, b = inputs[left], inputs[right]
        rows = a[-2] if len(a) > 1 else 1
        columns = b[-1] if len(b) > 1 else 1
        batch = broadcast(a[:-2] if len(a) > 1 else (), b[:-2] if len(b) > 1 else ())
        return math.prod(batch) * rows * columns * a[-1]

    return count


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    return tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))


def einsum(attribute, inputs: Shapes, outputs: Shapes) -> int:
    """Operands are joined from left to right. An index that only one operand has, and the result has not, is summed
    before; joining two without summing over an index multiplies and accumulates nothing."""
    equation = attribute("equation", b"")
    equation = (equation.decode() if isinstance(equation, bytes) else equation).replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = [letters(term, len(shape)) for term, shape in zip(left.split(","), inputs, strict=True)]
    wanted = set(letters(right, len(outputs[0]))) if arrow else implied(terms)
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, inputs, strict=True):
        sizes |= {index: size for index, size in zip(term, shape, strict=True) if sizes.get(index, 1) == 1}
    total, joined = 0, set(terms[0])
    for at, term in enumerate(terms[1:], start=1):
        later = wanted.union(*terms[at + 1 :])
        left_side = {i for i in joined if i in later or i in term}
        right_side = {i for i in term if i in later or i in joined}
        joined = (left_side | right_side) & later
        if left_side | right_side != joined:
            total += math.prod(sizes[i] for i in left_side | right_side)
    return total


def letters(term: str, rank: int) -> list[str]:
    """The indices of a term; those of an ellipsis are numbered from the right, so that they broadcast."""
    before, dots, after = term.partition("...")
    if not dots:
        return list(term)
    hidden = rank - len(before) - len(after)
    return [*before, *(f".{hidden - i}" for i in range(hidden)), *after]


def implied(terms: list[list[str]]) -> set[str]:
    """Without an arrow: every index that stands once, and those of ellipses."""
    times = collections.Counter(i for term in terms for i in term)
    return {i for i, n in times.items() if n == 1 or i.startswith(".")}


def recurrent(gates: int):
    """For each step, example, direction and gate: the input and the hidden state meet a row of weights each."""

    def count(attribute, inputs: Shapes, outputs: Shapes) -> int:
        steps, batch, width = inputs[0]  # with layout = 1 the first two change places, their product stays
        directions, _, hidden = inputs[2]
        return steps * batch * directions * gates * hidden * (width + hidden)

    return count


def quantised_lstm(attribute, inputs: Shapes, outputs: Shapes) -> int:
    """onnxruntime's own: weights stand as [directions, width, gates * hidden]."""
    steps, batch, width = inputs[0]
    directions, hidden, gates_times_hidden = inputs[2]
    return steps * batch * directions * gates_times_hidden * (width + hidden)


def attention(attribute, inputs: Shapes, outputs: Shapes) -> int:
    """For each query and key of a head: a product over the head's width, then one over the value's."""
    query, key, value = inputs[:3]
    if len(query) == 4:
        batch, heads, queries, width = query
        keys, value_width = key[2], value[3]
    else:
        batch, queries = query[:2]
        heads, groups = attribute("q_num_heads", 0), attribute("kv_num_heads", 0)
        width, keys, value_width = query[2] // heads, key[1], value[2] // groups
    past = inputs[4][2] if len(inputs) > 4 and inputs[4] is not None else 0
    return batch * heads * queries * (past + keys) * (width + value_width)


COUNTS = {
    ("", "Conv"): conv_of(0, 1), ("", "ConvInteger"): conv_of(0, 1), ("", "QLinearConv"): conv_of(0, 3),
    ("", "DeformConv"): conv_of(0, 1), ("", "ConvTranspose"): conv_transpose, ("", "Gemm"): gemm,
    ("", "MatMul"): matmul_of(0, 1), ("", "MatMulInteger"): matmul_of(0, 1), ("", "QLinearMatMul"): matmul_of(0, 3),
    ("", "Einsum"): einsum, ("", "RNN"): recurrent(1), ("", "GRU"): recurrent(3), ("", "LSTM"): recurrent(4),
    ("", "Attention"): attention, ("com.microsoft", "DynamicQuantizeLSTM"): quantised_lstm,
}


def counted(domain: str, op_type: str) -> bool:
    return ("" if domain == "ai.onnx" else domain, op_type) in COUNTS


def macs(domain: str, op_type: str, attribute, inputs: Shapes, outputs: Shapes) -> int:
    """`attribute(name, default)` looks up the operator's own attributes."""
    domain = "" if domain == "ai.onnx" else domain
    return COUNTS[(domain, op_type)](attribute, inputs, outputs)
