"""Scores weights and the pools of caches of vLLM."""

from rows import UnreadableRow, records, stored
from score_lines import Score
from serving_runs import vllm_of

FILE = "ops/vllm_memory_h100.csv.gz"
GIB = 1024.0**3


def scores(plans, data):
    """It took 95 % of the memory, of runs with 16,000 tokens 90 %."""
    weights, pools, of_weights, of_pools = [], [], 0, 0
    for row in records(stored(data / FILE)):
        of_weights += bool(row["weights_gib"])
        of_pools += bool(row["kv_pool_gib"])
        if not row["weights_gib"]:
            continue
        try:
            memory = memory_of(plans, row)
        except UnreadableRow:
            continue
        weights.append(memory["weight_bytes"] / GIB / float(row["weights_gib"]))
        if row["kv_pool_gib"]:
            pools.append(memory["cache_pool_bytes"] / GIB / float(row["kv_pool_gib"]))
    yield Score("weights, vLLM", of_weights, weights, 1)
    yield Score("what is left for caches, vLLM", of_pools, pools, 3)


def memory_of(plans, row):
    share = 0.9 if row["max_model_len"] == "16000" else 0.95
    engine = (vllm_of(row["source_version"]),)
    return plans.serving(row["model"], "h100_sxm", engine, "--tp", row["tp"], "--pp", row["pp"], "--memory-share",
                         share, "--context", "8k", "--batch", 1)["memory"]
