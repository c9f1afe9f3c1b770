"""Readers of matrix products, quantised ones and mixtures of experts (columns of ai-dynamo/aiconfigurator)."""

from rows import Row

OUT_BYTES = 2  # results are in 16 bits throughout
COPIES = 7  # of weights and rows that the benchmark takes in turn


def product(graph, prefix, m, n, k, dtype="bf16", part="y"):
    """[m, k] x [n, k] transposed, each with operands of its own: weights are read from memory."""
    x = graph.input(f"{prefix}.{part}.x", dtype, m, k)
    weight = graph.parameter(f"{prefix}.{part}.w", dtype, n, k)
    graph.result(graph.node(f"{prefix}.{part}", "linear", [x, weight], dtype, [m, n], transpose_b=1))


def products(records, want, arithmetic="bf16", left_bytes=2.0, right_bytes=2.0, kind=""):
    """Rows of one gemm_dtype. Both sides' bytes an element are those in memory while it multiplies."""
    for record in records:
        milliseconds = float(record["latency_ms"])
        if record["gemm_dtype"] != want:
            continue
        m, n, k = (int(record[key]) for key in "mnk")
        yield Row(
            family=f"{n}|{k}", seconds=milliseconds / 1e3, flops=2.0 * m * n * k,
            bytes=left_bytes * m * k + right_bytes * n * k + OUT_BYTES * m * n, arithmetic=arithmetic, kind=kind,
            copies=COPIES,
            build=lambda graph, prefix, m=m, n=n, k=k: product(graph, prefix, m, n, k),
            joules=float(record["power_w"]) * milliseconds / 1e3 if record.get("power_w") else None)


WEIGHT_BYTES = {"bfloat16": 2.0, "fp8": 1.0, "fp8_block": 1.0, "int4_wo": 0.5, "w4a16_mxfp4": 0.5}


def experts(records, want):
    """Fused layers of experts: two products that every routed row makes with its expert, a gate between them."""
    for record in records:
        dtype = record["moe_dtype"]
        if dtype not in want:
            continue
        tokens, hidden, top, total = (int(record[key]) for key in ("num_tokens", "hidden_size", "topk", "num_experts"))
        inner = int(record["inter_size"]) // int(record["moe_tp_size"])
        share = int(record["moe_ep_size"])
        pairs, local = max(1, round(tokens * top / share)), max(1, total // share)
        weights = 3.0 * min(local, pairs) * hidden * inner * WEIGHT_BYTES[dtype]
        yield Row(
            family="|".join((record["hidden_size"], record["inter_size"], record["topk"], record["num_experts"])),
            seconds=float(record["latency_ms"]) / 1e3, flops=6.0 * pairs * hidden * inner,
            bytes=weights + 2.0 * 2 * tokens * hidden, arithmetic="f8" if dtype.startswith("fp8") else "bf16",
            build=lambda graph, prefix, a=(tokens, pairs, hidden, inner, local, dtype): expert_layer(graph, prefix, *a))


def expert_layer(graph, prefix, tokens, pairs, hidden, inner, local, dtype):
    """Rows that are routed are read where they lie. In fp8 they are quantised first: once a token, then behind the
    gate."""
    kept = "f8e4m3" if dtype.startswith("fp8") else "bf16"

    def routed(part, x, n, k):
        bank = graph.parameter(f"{prefix}.{part}.w", kept, local, k, n)
        ends = graph.input(f"{prefix}.{part}.ends", "i32", local)
        return graph.node(f"{prefix}.{part}", "routed_matmul", [x, bank, ends], "bf16", [pairs, n])

    def half(part, both, start):
        return graph.node(f"{prefix}.{part}", "slice", [both], "bf16", [pairs, inner], axes=[1], starts=[start],
                          ends=[start + inner], steps=[1])

    if kept != "bf16":
        whole = graph.input(f"{prefix}.tokens", "bf16", tokens, hidden)
        graph.result(graph.node(f"{prefix}.small", "cast", [whole], kept, [tokens, hidden]))
    both = routed("up", graph.input(f"{prefix}.x", kept, pairs, hidden), 2 * inner, hidden)
    silu = graph.node(f"{prefix}.silu", "silu", [half("gate", both, 0)], "bf16", [pairs, inner])
    gated = graph.node(f"{prefix}.mul", "mul", [silu, half("value", both, inner)], "bf16", [pairs, inner])
    if kept != "bf16":
        gated = graph.node(f"{prefix}.gated", "cast", [gated], kept, [pairs, inner])
    graph.result(routed("down", gated, hidden, inner))
