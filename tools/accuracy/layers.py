"""Readers of the layers of language models: operators in fp16 that Vidur measured, and layers on a TPU."""

import collections

from products import product
from rows import Row, UnreadableRow

HEAD_WIDTH = 128
BYTES_EACH = {"add": 6, "mlp_act": 6}  # an element; the others read one and write one


def operators(records):
    """One operator of a language model for some tokens (columns of microsoft/vidur)."""
    for record in records:
        milliseconds, op = float(record["median_ms"]), record["op"]
        if milliseconds <= 0:
            yield UnreadableRow("a time of 0")
            continue
        m, n = int(record["tokens_M"]), int(float(record["N"]))
        common = {"family": f"{record['model']}|{record['tp']}", "seconds": milliseconds / 1e3, "arithmetic": "f16"}
        if op in BUILDERS:
            yield Row(**common, flops=float(m) * n, bytes=float(BYTES_EACH.get(op, 4)) * m * n,
                      build=lambda graph, prefix, m=m, n=n, op=op: BUILDERS[op](graph, prefix, m, n))
        elif record["K"]:
            k = int(float(record["K"]))
            yield Row(**common, flops=2.0 * m * n * k, bytes=2.0 * (m * k + n * k + m * n),
                      build=lambda graph, prefix, m=m, n=n, k=k: product(graph, prefix, m, n, k, "f16"))
        else:
            yield UnreadableRow(f"no graph for the operator {op}")


def add(graph, prefix, m, n):
    terms = [graph.input(f"{prefix}.{name}", "f16", m, n) for name in "ab"]
    graph.result(graph.node(f"{prefix}.y", "add", terms, "f16", [m, n]))


def gate(graph, prefix, m, n):
    silu = graph.node(f"{prefix}.s", "silu", [graph.input(f"{prefix}.g", "f16", m, n)], "f16", [m, n])
    graph.result(graph.node(f"{prefix}.y", "mul", [silu, graph.input(f"{prefix}.u", "f16", m, n)], "f16", [m, n]))


def rotation(graph, prefix, m, n):
    """Pairs of numbers turned by the angle of their place, in one kernel: as a product with a table of places."""
    dims = [m, max(1, n // HEAD_WIDTH), min(n, HEAD_WIDTH)]
    x, table = graph.input(f"{prefix}.x", "f16", *dims), graph.input(f"{prefix}.t", "f16", m, 1, dims[2])
    graph.result(graph.node(f"{prefix}.y", "mul", [x, table], "f16", dims))


def norm(graph, prefix, m, n, dtype="f16"):
    x, scale = graph.input(f"{prefix}.x", dtype, m, n), graph.parameter(f"{prefix}.w", dtype, n)
    graph.result(graph.node(f"{prefix}.y", "rms_norm", [x, scale], dtype, [m, n], axis=1))


def rows_of_table(graph, prefix, m, n, dtype="f16", rows=32000):
    table, ids = graph.parameter(f"{prefix}.w", dtype, rows, n), graph.input(f"{prefix}.i", "i64", m)
    graph.result(graph.node(f"{prefix}.y", "embedding", [table, ids], dtype, [m, n], axes=[0]))


BUILDERS = {"add": add, "mlp_act": gate, "attn_rope": rotation, "emb": rows_of_table, "input_layernorm": norm,
            "post_attention_layernorm": norm}

HIDDEN, INNER, VOCABULARY, PLACES = 4096, 14336, 128256, 131072  # of Llama 3.1 8B
TPU_PRODUCTS = {"q_proj": (HIDDEN, HIDDEN), "o_proj": (HIDDEN, HIDDEN), "gate_proj": (INNER, HIDDEN),
                "up_proj": (INNER, HIDDEN), "down_proj": (HIDDEN, INNER), "lm_head": (VOCABULARY, HIDDEN)}
TPU_BYTES = {"embedding": 4 * HIDDEN, "input_layernorm": 4 * HIDDEN, "post_layernorm": 4 * HIDDEN,
             "final_layernorm": 4 * HIDDEN, "rope": 4 * HEAD_WIDTH * 2, "act_fn": 6 * INNER}


def tpu_layers(records):
    """Layers of Llama 3.1 8B for some tokens (columns of casys-kaist/LLMServingSim): each row is a part of the whole
    decoder layer. Where up_proj has no row of its own, its time is in that of down_proj."""
    by_tokens = collections.defaultdict(list)
    for record in records:
        by_tokens[int(record["input"])].append(record)
    for tokens, group in by_tokens.items():
        lone_up = all(record["layer_name"] != "up_proj" for record in group)
        for record in group:
            yield tpu_row(record, tokens, lone_up)


def tpu_row(record, tokens, lone_up):
    layer = record["layer_name"]
    parts = ("down_proj", "up_proj") if layer == "down_proj" and lone_up else (layer,)
    if layer not in TPU_PRODUCTS and layer not in TPU_BYTES:
        return UnreadableRow(f"no graph for the layer {layer}")
    flops = sum(2.0 * tokens * n * k for n, k in (TPU_PRODUCTS.get(part, (0, 0)) for part in parts))
    moved = sum(2.0 * (n * k + tokens * (n + k)) for n, k in (TPU_PRODUCTS.get(part, (0, 0)) for part in parts))
    return Row(family=layer, seconds=float(record["latency(ns)"]) / 1e9, flops=flops,
               bytes=moved + TPU_BYTES.get(layer, 0) * tokens, arithmetic="bf16", group=f"tokens{tokens}", parts=parts,
               build=lambda graph, prefix: decoder_layer(graph, prefix, tokens))


def decoder_layer(graph, prefix, m):
    """Embedding, one decoder layer and the head, by the names of the measured layers."""
    kv = HIDDEN // 4

    def linear(part, x, n=None, k=HIDDEN):
        n, k = TPU_PRODUCTS.get(part, (n, k))
        w = graph.parameter(f"{prefix}.{part}.w", "bf16", n, k)
        return graph.node(f"{prefix}.{part}", "linear", [x, w], "bf16", [m, n], transpose_b=1)

    def normed(part, x):
        w = graph.parameter(f"{prefix}.{part}.w", "bf16", HIDDEN)
        return graph.node(f"{prefix}.{part}", "rms_norm", [x, w], "bf16", [m, HIDDEN], axis=1)

    def added(part, a, b):
        return graph.node(f"{prefix}.{part}", "add", [a, b], "bf16", [m, HIDDEN])

    table = graph.parameter(f"{prefix}.table", "bf16", VOCABULARY, HIDDEN)
    angles = graph.parameter(f"{prefix}.angles", "f32", PLACES, HEAD_WIDTH)
    ids, places = (graph.input(f"{prefix}.{name}", "i32", m) for name in ("ids", "places"))
    x = graph.node(f"{prefix}.embedding", "embedding", [table, ids], "bf16", [m, HIDDEN], axes=[0])
    graph.result(graph.node(f"{prefix}.rope", "embedding", [angles, places], "f32", [m, HEAD_WIDTH], axes=[0]))
    normal = normed("input_layernorm", x)
    query, key, value = linear("q_proj", normal), linear("k_proj", normal, kv), linear("v_proj", normal, kv)
    seen = graph.node(f"{prefix}.attention", "attention", [
        graph.node(f"{prefix}.{name}.one", "reshape", [x_of], "bf16", [1, m, width])
        for name, x_of, width in (("q", query, HIDDEN), ("k", key, kv), ("v", value, kv))
    ], "bf16", [1, m, HIDDEN], heads=HIDDEN // HEAD_WIDTH, kv_heads=kv // HEAD_WIDTH, causal=1, packed_heads=1)
    x = added("first", x, linear("o_proj", graph.node(f"{prefix}.joined", "reshape", [seen], "bf16", [m, HIDDEN])))
    normal = normed("post_layernorm", x)
    silu = graph.node(f"{prefix}.silu", "silu", [linear("gate_proj", normal)], "bf16", [m, INNER])
    inner = graph.node(f"{prefix}.act_fn", "mul", [silu, linear("up_proj", normal)], "bf16", [m, INNER])
    x = added("second", x, linear("down_proj", inner))
    graph.result(linear("lm_head", normed("final_layernorm", x)))
