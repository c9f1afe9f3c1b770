#!/usr/bin/env python3
"""Writes tests/data/axes/dependence.json: which elements of a result depend on which elements of an operand.

Nothing is derived: PyTorch computes each case, one element of an operand is changed, and the elements of the result
that differ depend on it. Several draws are joined. Stored for each dimension of each operand beside each dimension of
the result is which indices are found together, "1" where some element of the result at that index depends on some
element of the operand at this one; and for each dimension of an operand, whether one element of the result depends on
elements at several of its indices.

Usage: dependence.py       (in the Python of ./dev setup capture)
"""

import itertools
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/axes/dependence.json"
DRAWS = 6


class Case:
    """A body in the text form of graphs whose node of interest is %y, and the same in PyTorch."""

    def __init__(self, name, body, compute, shapes, choices=None):
        self.name, self.body, self.compute, self.shapes = name, body, compute, shapes
        self.choices = choices or {}  # of an operand of whole numbers: how many there are

    def draw(self, generator):
        out = []
        for i, shape in enumerate(self.shapes):
            if i in self.choices:
                out.append(torch.randint(0, self.choices[i], shape, generator=generator))
            else:
                out.append(torch.randn(shape, generator=generator, dtype=torch.float64))
        return out

    def changed(self, operands, which, at, generator):
        """The operands with another number in one place."""
        out = [t.clone() for t in operands]
        if which in self.choices:
            out[which][at] = (out[which][at] + 1 + torch.randint(0, self.choices[which] - 1, (), generator=generator)) \
                % self.choices[which]
        else:
            out[which][at] += 3 * torch.randn((), generator=generator, dtype=torch.float64)
        return out


def text_shape(shape):
    return "[" + ",".join(map(str, shape)) + "]"


def unary(name, call, compute, shape, result):
    body = f"input %x : f32{text_shape(shape)}\n %y = {call} : f32{text_shape(result)}\n return %y"
    return Case(name, body, compute, [shape])


def several(name, call, compute, shapes, result, kinds=None, choices=None, kept="f32"):
    lines = [f"{(kinds or ['input'] * len(shapes))[i]} %{c} : {'i64' if choices and i in choices else 'f32'}"
             f"{text_shape(shape)}" for i, (c, shape) in enumerate(zip("abcdefgh", shapes, strict=False))]
    return Case(name, "\n ".join([*lines, f"%y = {call} : {kept}{text_shape(result)}", "return %y"]), compute, shapes,
                choices)


def each(number, rank):
    return "[" + ",".join([str(number)] * rank) + "]"


def conv_attrs(rank, stride=1, pad=0, dilation=1, groups=1):
    pads = each(pad, rank)
    return (f"{{strides={each(stride, rank)}, pads_begin={pads}, pads_end={pads}, "
            f"dilations={each(dilation, rank)}, groups={groups}}}")


def pool_attrs(kernel, stride, rank=2):
    none = each(0, rank)
    return (f"{{kernel={each(kernel, rank)}, strides={each(stride, rank)}, pads_begin={none}, pads_end={none}, "
            f"dilations={each(1, rank)}}}")


def unpacked_attention(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, mask, enable_gqa=q.shape[1] != k.shape[1])


def packed_attention(heads, kv_heads):
    def split(t, n):
        return t.view(t.shape[0], t.shape[1], n, -1).transpose(1, 2)

    def compute(q, k, v):
        y = unpacked_attention(split(q, heads), split(k, kv_heads), split(v, kv_heads))
        return y.transpose(1, 2).flatten(2)
    return compute


def lstm(x, w, r, directions=1):
    weights = []
    for d in range(directions):
        weights += [w[d], r[d]]
    hidden = r.shape[-1]
    zero = torch.zeros(directions, x.shape[1], hidden, dtype=x.dtype)
    return torch._VF.lstm(x, (zero, zero), weights, False, 1, 0.0, False, directions == 2, False)[0]


def grouped_product(x, w, expert):
    return torch.einsum("tk,tkn->tn", x, w[expert])


def group_norm(x, scale, shift):
    return F.group_norm(x, 2, scale, shift)


def cases():
    yield unary("relu", "relu(%x)", torch.relu, (2, 3, 4), (2, 3, 4))
    yield several("add", "add(%a, %b)", torch.add, [(2, 3, 4), (3, 1)], (2, 3, 4))
    yield several("where", "where(%a, %b, %c)", lambda a, b, c: torch.where(a > 0, b, c),
                  [(2, 1, 4), (2, 3, 4), (4,)], (2, 3, 4))
    yield unary("softmax", "softmax(%x) {axes=[2]}", lambda x: x.softmax(2), (2, 3, 4), (2, 3, 4))
    yield unary("softmax across", "softmax(%x) {axes=[1]}", lambda x: x.softmax(1), (2, 3, 4), (2, 3, 4))
    yield unary("log softmax", "log_softmax(%x) {axes=[1]}", lambda x: x.log_softmax(1), (3, 5), (3, 5))
    yield several("layer norm", "layer_norm(%a, %b, %c) {axis=2}",
                  lambda a, b, c: F.layer_norm(a, (4,), b, c), [(2, 3, 4), (4,), (4,)], (2, 3, 4))
    yield several("layer norm of two", "layer_norm(%a, %b) {axis=1}",
                  lambda a, b: F.layer_norm(a, (3, 4), b), [(2, 3, 4), (3, 4)], (2, 3, 4))
    yield several("rms norm", "rms_norm(%a, %b) {axis=2}",
                  lambda a, b: F.rms_norm(a, (4,), b), [(2, 3, 4), (4,)], (2, 3, 4))
    yield several("group norm", "group_norm(%a, %b, %c) {groups=2}", group_norm, [(2, 6, 3, 2), (6,), (6,)],
                  (2, 6, 3, 2))
    yield several("instance norm", "instance_norm(%a)", F.instance_norm, [(2, 3, 4, 2)], (2, 3, 4, 2))
    yield several("batch norm", "batch_norm(%a, %b, %c, %d, %e)",
                  lambda a, b, c, d, e: F.batch_norm(a, d, e.abs() + 1, b, c), [(2, 3, 2, 2)] + [(3,)] * 4,
                  (2, 3, 2, 2))
    yield several("batch norm in training", "batch_norm(%a, %b, %c) {training=1}",
                  lambda a, b, c: F.batch_norm(a, None, None, b, c, True), [(2, 3, 2, 2), (3,), (3,)], (2, 3, 2, 2))
    yield unary("sum", "reduce_sum(%x) {axes=[1]}", lambda x: x.sum(1), (2, 3, 4), (2, 4))
    yield unary("mean kept", "reduce_mean(%x) {axes=[2], keepdims=1}", lambda x: x.mean(2, True), (2, 3, 4), (2, 3, 1))
    yield unary("mean of all", "reduce_mean(%x)", torch.mean, (2, 3), ())
    yield unary("greatest place", "arg_reduce(%x) {axes=[1]}", lambda x: x.argmax(1), (2, 5), (2,))
    yield unary("cumulative", "cumulative(%x) {axes=[1]}", lambda x: x.cumsum(1), (2, 5, 3), (2, 5, 3))
    yield Case("topk", "input %x : f32[2,6]\n (%y, %i) = topk(%x) {axes=[1]} : f32[2,2], i64[2,2]\n return %y, %i",
               lambda x: x.topk(2, 1)[0], [(2, 6)])
    yield unary("sort", "sort(%x) {axes=[1]}", lambda x: x.sort(1)[0], (2, 5), (2, 5))
    yield unary("transpose", "transpose(%x) {perm=[2,0,1]}", lambda x: x.permute(2, 0, 1), (2, 3, 4), (4, 2, 3))
    yield several("concat", "concat(%a, %b) {axes=[1]}", lambda a, b: torch.cat((a, b), 1), [(2, 3), (2, 2)], (2, 5))
    yield several("embedding", "embedding(%a, %b)", lambda a, b: F.embedding(b, a), [(5, 4), (2, 3)], (2, 3, 4),
                  ["parameter", "input"], {1: 5})
    yield several("gather of slices", "gather(%a, %b) {axes=[1]}", lambda a, b: a.index_select(1, b),
                  [(2, 5, 3), (4,)], (2, 4, 3), None, {1: 5})
    yield several("gather of elements", "gather(%a, %b) {axes=[1]}", lambda a, b: a.gather(1, b),
                  [(2, 5), (2, 3)], (2, 3), None, {1: 5})
    yield several("linear", "linear(%a, %b, %c)", lambda a, b, c: a @ b + c, [(2, 3, 4), (4, 5), (5,)], (2, 3, 5),
                  ["input", "parameter", "parameter"])
    yield several("matmul", "matmul(%a, %b)", torch.matmul, [(2, 3, 4, 2), (3, 2, 5)], (2, 3, 4, 5))
    yield several("matmul transposed", "matmul(%a, %b) {transpose_a=1, transpose_b=1}",
                  lambda a, b: a.mT @ b.mT, [(2, 4, 3), (2, 5, 4)], (2, 3, 5))
    yield several("matmul with a vector", "matmul(%a, %b)", torch.matmul, [(2, 3, 4), (4,)], (2, 3))
    yield several("experts side by side", "matmul(%a, %b)", torch.matmul, [(3, 4, 2), (3, 2, 5)], (3, 4, 5),
                  ["input", "parameter"])
    yield several("routed matmul", "routed_matmul(%a, %b, %c)", grouped_product, [(6, 4), (3, 4, 5), (6,)], (6, 5),
                  ["input", "parameter", "input"], {2: 3})
    yield several("einsum", "einsum(%a, %b) {equation=\"bhqd,bhkd->bhqk\"}",
                  lambda a, b: torch.einsum("bhqd,bhkd->bhqk", a, b), [(2, 3, 4, 2), (2, 3, 5, 2)], (2, 3, 4, 5))
    yield several("einsum implied", "einsum(%a, %b) {equation=\"...ij,jk\"}",
                  lambda a, b: torch.einsum("...ij,jk->...ik", a, b), [(2, 3, 4), (4, 5)], (2, 3, 5))
    for heads in (3, 1):
        yield several(f"attention of {heads} heads of keys",
                      f"attention(%a, %b, %c) {{heads=3, kv_heads={heads}}}", unpacked_attention,
                      [(2, 3, 4, 2), (2, heads, 5, 2), (2, heads, 5, 3)], (2, 3, 4, 3))
    yield several("grouped attention", "attention(%a, %b, %c) {heads=4, kv_heads=2}", unpacked_attention,
                  [(2, 4, 3, 2), (2, 2, 5, 2), (2, 2, 5, 2)], (2, 4, 3, 2))
    yield several("attention with a mask", "attention(%a, %b, %c, %d) {heads=3, kv_heads=3}", unpacked_attention,
                  [(2, 3, 4, 2), (2, 3, 5, 2), (2, 3, 5, 2), (2, 1, 4, 5)], (2, 3, 4, 2))
    yield several("packed attention", "attention(%a, %b, %c) {heads=3, kv_heads=3, packed_heads=1}",
                  packed_attention(3, 3), [(2, 4, 6), (2, 5, 6), (2, 5, 6)], (2, 4, 6))
    yield several("packed grouped attention", "attention(%a, %b, %c) {heads=4, kv_heads=2, packed_heads=1}",
                  packed_attention(4, 2), [(2, 3, 8), (2, 5, 4), (2, 5, 4)], (2, 3, 8))
    yield several("lstm", "lstm(%a, %b, %c) {hidden=2}", lambda a, b, c: lstm(a, b, c),
                  [(4, 3, 2), (1, 8, 2), (1, 8, 2)], (4, 3, 2), ["input", "parameter", "parameter"])
    yield several("lstm both ways", "lstm(%a, %b, %c) {hidden=2, directions=2}", lambda a, b, c: lstm(a, b, c, 2),
                  [(4, 3, 2), (2, 8, 2), (2, 8, 2)], (4, 3, 4), ["input", "parameter", "parameter"])
    for stride, pad, dilation, groups, size in ((1, 1, 1, 1, 6), (1, 2, 2, 2, 8), (2, 1, 1, 4, 8)):
        made = (size + 2 * pad - 2 * dilation - 1) // stride + 1
        yield several(f"conv of stride {stride} and {groups} groups",
                      f"conv(%a, %b, %c) {conv_attrs(1, stride, pad, dilation, groups)}",
                      lambda a, b, c, s=stride, p=pad, d=dilation, g=groups: F.conv1d(a, b, c, s, p, d, g),
                      [(2, 4, size), (8, 4 // groups, 3), (8,)], (2, 8, made), ["input", "parameter", "parameter"])
    yield several("conv of patches", f"conv(%a, %b) {conv_attrs(2, 2)}", lambda a, b: F.conv2d(a, b, stride=2),
                  [(1, 2, 6, 4), (3, 2, 2, 2)], (1, 3, 3, 2), ["input", "parameter"])
    for kernel, pad in ((2, 0), (4, 1)):
        yield several(f"conv transpose of {kernel}", f"conv_transpose(%a, %b) {conv_attrs(1, 2, pad)}",
                      lambda a, b, p=pad: F.conv_transpose1d(a, b, stride=2, padding=p),
                      [(2, 3, 4), (3, 2, kernel)], (2, 2, 8), ["input", "parameter"])
    yield unary("max pool", f"max_pool(%x) {pool_attrs(3, 1)}", lambda x: F.max_pool2d(x, 3, 1), (1, 2, 6, 5),
                (1, 2, 4, 3))
    yield unary("pool of patches", f"avg_pool(%x) {pool_attrs(2, 2)}", lambda x: F.avg_pool2d(x, 2), (1, 2, 4, 6),
                (1, 2, 2, 3))
    yield unary("global pool", "adaptive_avg_pool(%x)", lambda x: F.adaptive_avg_pool2d(x, 1), (2, 3, 4, 2),
                (2, 3, 1, 1))
    yield unary("adaptive pool", "adaptive_avg_pool(%x)", lambda x: F.adaptive_avg_pool2d(x, 2), (1, 2, 6, 4),
                (1, 2, 2, 2))
    yield unary("adaptive pool that overlaps", "adaptive_avg_pool(%x)", lambda x: F.adaptive_avg_pool2d(x, 4),
                (1, 2, 6, 4), (1, 2, 4, 4))
    yield unary("nearest", "resize(%x)", lambda x: F.interpolate(x, scale_factor=2), (1, 2, 3, 4), (1, 2, 6, 8))
    yield unary("bilinear", "resize(%x) {taps=2}", lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
                (1, 2, 4, 6), (1, 2, 8, 12))
    yield unary("spectrum", "fft(%x) {axes=[1]}",
                lambda x: torch.view_as_real(torch.fft.fft(torch.view_as_complex(x), dim=1)), (2, 4, 2), (2, 4, 2))
    yield unary("cholesky", "cholesky(%x)", lambda x: torch.linalg.cholesky(x @ x.mT + torch.eye(3)), (2, 3, 3),
                (2, 3, 3))
    yield several("triangular solve", "triangular_solve(%a, %b)",
                  lambda a, b: torch.linalg.solve_triangular(a.tril() + 3 * torch.eye(3), b, upper=False),
                  [(2, 3, 3), (2, 3, 4)], (2, 3, 4))


def measured(case):
    """For every operand the pairs (place in it, place in the result) of which the second depends on the first."""
    found = [set() for _ in case.shapes]
    for draw in range(DRAWS):
        generator = torch.Generator().manual_seed(draw)
        operands = case.draw(generator)
        base = case.compute(*operands)
        for which, shape in enumerate(case.shapes):
            for at in itertools.product(*map(range, shape)):
                other = case.compute(*case.changed(operands, which, at, generator))
                found[which].update((at, tuple(place)) for place in (other != base).nonzero().tolist())
    return found, tuple(base.shape)


def facts(case):
    found, result = measured(case)
    together, joins = [], []
    for which, shape in enumerate(case.shapes):
        reached = {}
        for at, place in found[which]:
            reached.setdefault(place, []).append(at)
        joins.append([any(len({at[d] for at in each}) > 1 for each in reached.values()) for d in range(len(shape))])
        for d, size in enumerate(shape):
            for r, made in enumerate(result):
                pairs = {(at[d], place[r]) for at, place in found[which]}
                rows = ["".join("1" if (i, j) in pairs else "0" for j in range(made)) for i in range(size)]
                together.append({"operand": which, "dimension": d, "result_dimension": r, "rows": rows})
    return {"name": case.name, "body": case.body, "joins": joins, "together": together}


def main() -> None:
    torch.set_num_threads(1)
    lines = [json.dumps(facts(case)) for case in cases()]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text('{"torch": "' + torch.__version__ + '", "cases": [\n' + ",\n".join(lines) + "\n]}\n")
    print(f"{len(lines)} cases")


if __name__ == "__main__":
    main()
