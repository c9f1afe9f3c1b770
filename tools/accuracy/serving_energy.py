"""Scores the energy of a token: decoding on one device by vLLM, by the mean number of sequences at once."""

from rows import UnreadableRow, records, stored
from score_lines import Score

FILE = "mlenergy.csv"
DEVICES = {"H100": "h100_sxm", "B200": "b200"}
PROMPT, ENGINE = 512, "vllm_0_13"  # tokens, and who serves: the set says neither


def scores(plans, data):
    rows = [row for row in records(stored(data / FILE)) if row["median_itl_ms"]]
    tokens, joules = [], []
    for row in rows:
        if row["num_gpus"] != "1" or row["weight_precision"] == "mxfp4":
            continue
        try:
            point = point_of(plans, row)
        except UnreadableRow:
            continue
        tokens.append(1e3 * point["token_s"] / float(row["median_itl_ms"]))
        if point["joules_per_token"]:
            joules.append(point["joules_per_token"] / float(row["energy_per_token_joules"]))
    yield Score("time per token, one device, vLLM (ML.ENERGY)", len(rows), tokens, 20)
    yield Score("energy per token, the same", len(rows), joules, 15)


def point_of(plans, row):
    answer = max(int(float(row["avg_output_len"])), 2)
    dtype = "f8" if row["weight_precision"] == "fp8" else "bf16"
    sequences = max(round(float(row["avg_batch_size"])), 1)
    target = plans.serving(row["model_id"], DEVICES[row["gpu_model"]], (ENGINE,), "--dtype", dtype, "--context",
                           answer + PROMPT, "--generate", answer, "--batch", sequences)
    return target["points"][0]
