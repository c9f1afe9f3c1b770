"""Readers of attention kernels (columns of ai-dynamo/aiconfigurator)."""

from rows import Row

TILE = 128  # queries that a kernel takes at a time
KV_TYPES = {"bfloat16": ("bf16", 2), "fp8": ("f8e4m3", 1)}


def attentions(records, mode):
    """mode: prefill (causal), decode (one query for each of `step` + 1 keys) or encoder."""
    for record in records:
        batch, length, heads, width = (int(record[k]) for k in ("batch_size", "isl", "num_heads", "head_dim"))
        kv_heads = int(record.get("num_key_value_heads") or heads)
        window = int(record.get("window_size") or 0)
        kv_type, kv_bytes = KV_TYPES[record.get("kv_cache_dtype") or "bfloat16"]
        queries = 1 if mode == "decode" else length
        keys = int(record["step"]) + 1 if mode == "decode" else length
        seen = min(keys, window) if window else keys
        causal = mode == "prefill"
        if causal and 0 < window < keys:
            # A band of `window` keys beside the diagonal, in blocks of as many queries: a tile of them sees as many
            # keys more as it has queries.
            batch, queries, seen, causal = batch * -(-queries // window), window, window + min(window, TILE), False
        if mode == "decode" and 0 < window < keys:
            seen = min(keys, window + TILE)  # a window begins inside of a tile of keys, which is read whole
        new = 0 if mode == "encoder" else queries
        problem = (batch, heads, kv_heads, queries, seen, width, causal, kv_type)
        own = min(seen, window) if window else seen  # each once
        pairs = batch * heads * queries * own * (0.5 if causal else 1.0)
        yield Row(
            family="|".join((record["num_heads"], str(kv_heads), record["head_dim"], record.get("window_size") or "0")),
            seconds=float(record["latency_ms"]) / 1e3, flops=4.0 * pairs * width,
            bytes=2.0 * batch * kv_heads * own * width * kv_bytes + 4.0 * batch * heads * queries * width,
            arithmetic="bf16",
            build=lambda graph, prefix, problem=problem, new=new: row(graph, prefix, problem, new))


def row(graph, prefix, problem, new):
    """With the kernel before it that puts `new` keys and values of each head into the cache."""
    attention(graph, prefix, *problem)
    batch, _, kv_heads, _, _, width, _, kv_type = problem
    if new > 0:
        both = [graph.input(f"{prefix}.{name}", kv_type, batch, kv_heads, new, width) for name in ("newk", "newv")]
        graph.result(graph.node(f"{prefix}.kept", "concat", both, kv_type, [2 * batch, kv_heads, new, width], axes=[0]))


def attention(graph, prefix, batch, heads, kv_heads, queries, keys, width, causal, kv_type):
    query = graph.input(f"{prefix}.q", "bf16", batch, heads, queries, width)
    key, value = (graph.input(f"{prefix}.{name}", kv_type, batch, kv_heads, keys, width) for name in "kv")
    graph.result(graph.node(f"{prefix}.y", "attention", [query, key, value], "bf16", [batch, heads, queries, width],
                            heads=heads, kv_heads=kv_heads, causal=int(causal)))
