"""Scores serve-plan against measured serving: collectives, memory, times of engines, energy."""

import argparse
import collections
import dataclasses
import json
import math
import pathlib
import re
import statistics
import subprocess
import tomllib

from rows import records

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Models of the measured sets, and the captures that have their shapes.
GRAPHS = {"meta-llama/Llama-3.1-8B-Instruct": "llama-3-8b", "Llama-3.1-8B": "llama-3-8b", "Qwen/Qwen3-32B": "Qwen3-32B",
          "Qwen3-32B": "Qwen3-32B", "Qwen/Qwen3-235B-A22B-FP8": "Qwen3-235B-A22B", "Qwen/Qwen3-14B": "Qwen3-14B",
          "Qwen/Qwen2.5-7B-Instruct": "Qwen2-7B", "Qwen/Qwen3-8B": "Qwen3-8B", "moonshotai/Kimi-K2.5": "kimi-k2",
          "Qwen/Qwen3-30B-A3B-Instruct-2507": "Qwen3-30B-A3B", "Qwen/Qwen3-Coder-30B-A3B-Instruct": "Qwen3-30B-A3B",
          "Qwen/Qwen3-30B-A3B-Thinking-2507": "Qwen3-30B-A3B",
          "Qwen/Qwen3-235B-A22B-Instruct-2507": "Qwen3-235B-A22B",
          "Qwen/Qwen3-235B-A22B-Thinking-2507": "Qwen3-235B-A22B"}
DTYPES = {"": "bf16", "fp8": "f8", "fp8_block": "f8", "int4_wo": "w4", "nvfp4": "nvfp4"}
GIB = 1024.0**3


@dataclasses.dataclass(frozen=True)
class Score:
    what: str
    rows: int
    ratios: list[float]  # estimated / measured
    goal: float
    of: str  # which rows

    def line(self):
        if not self.ratios:
            return f"| {self.what} | 0 of {self.rows} | - | - | - | {self.goal:g} | {self.of} |"
        errors = [abs(ratio - 1) * 100 for ratio in self.ratios]
        bias = math.exp(statistics.fmean(map(math.log, self.ratios)))
        reached = "reached" if statistics.fmean(errors) <= self.goal else "missed"
        return (f"| {self.what} | {len(errors)} of {self.rows} | {statistics.fmean(errors):.1f} | "
                f"{statistics.median(errors):.1f} | {bias:.2f} | {self.goal:g}, {reached} | {self.of} |")


class Plans:
    """serve-plan's answers, with kernels as engines fuse them by hand."""

    def __init__(self, program, graphs):
        self.program, self.graphs = program, graphs

    def has(self, model):
        name = GRAPHS.get(model)
        return name is not None and (self.graphs / f"{name}.decode.pt2").exists()

    def target(self, model, device, *words):
        """One target of a plan, or a sentence that says why there is none."""
        graph = self.graphs / f"{GRAPHS[model]}.decode.pt2"
        command = [self.program, "serve-plan", graph, "--on", device, "--set", f"hardware.{device}.backend=tensorrt"]
        done = subprocess.run([*command, *map(str, words), "--format", "json"], capture_output=True, text=True,
                              check=False)
        return json.loads(done.stdout)["targets"][0] if done.returncode == 0 else done.stderr.splitlines()[0]


def collectives(data, gpu, table):
    """Sizes that the table leaves out: every second one of each number of devices."""
    known = tomllib.loads((ROOT / f"config/links/{table}.toml").read_text())
    times = collections.defaultdict(list)
    for row in records(data / f"ops/nccl_{gpu}_sxm.csv.gz"):
        if row["nccl_dtype"] == "half":
            times[int(row["num_gpus"]), 2 * int(row["message_size"])].append(1e3 * float(row["latency_ms"]))
    ratios = []
    for (devices, size), measured in sorted(times.items()):
        for kind, place in (("all_gather", 0), ("all_to_all", 1), ("all_reduce", 3)):
            rows = known[kind][str(devices)]
            if size not in {row[0] for row in rows}:
                ratios.append(between(rows, size) / measured[place])
    return Score(f"collectives, {gpu}", len(ratios), ratios, 20, "sizes that the table does not have")


def between(rows, size):
    """As the program has it: a straight line of the logarithms."""
    i = max(k for k, row in enumerate(rows[:-1]) if row[0] <= size)
    (x0, y0), (x1, y1) = ((math.log(a), math.log(b)) for a, b in rows[i:i + 2])
    return math.exp(y0 + (y1 - y0) * (math.log(size) - x0) / (x1 - x0))


def memory(plans, data):
    """Weights and the pool of caches of vLLM: it took 95 % of the memory, of runs with 16,000 tokens 90 %."""
    weights, pools, of_weights, of_pools = [], [], 0, 0
    for row in records(data / "ops/vllm_memory_h100.csv.gz"):
        of_weights += bool(row["weights_gib"])
        of_pools += bool(row["kv_pool_gib"])
        if not row["weights_gib"] or not plans.has(row["model"]):
            continue
        share = 0.9 if row["max_model_len"] == "16000" else 0.95
        target = plans.target(row["model"], "h100_sxm", "--tp", row["tp"], "--pp", row["pp"], "--memory-share", share,
                              "--context", "8k", "--batch", 1, "--engine", engine_of(row["source_version"]))
        if isinstance(target, str):
            continue
        weights.append(target["memory"]["weight_bytes"] / GIB / float(row["weights_gib"]))
        if row["kv_pool_gib"]:
            pools.append(target["memory"]["cache_pool_bytes"] / GIB / float(row["kv_pool_gib"]))
    yield Score("weights, vLLM", of_weights, weights, 1, "rows with weights, of captured models")
    yield Score("pool of caches, vLLM", of_pools, pools, 3, "rows with a pool, of captured models; engine vllm")


def engine_of(version):
    """The file of "0.12.0", "vLLM v0.19.0", "vLLM <=0.16 (...)"."""
    minor = int(re.search(r"0[.](\d+)", version)[1])
    return "vllm_0_13" if minor <= 13 else "vllm_0_16" if minor <= 16 else "vllm"


def serving(plans, data):
    """Rows of one server: several prompts and answers at once."""
    all_rows = list(records(data / "ops/llm_serving_e2e_aic_silicon_sample.csv.gz"))
    tokens, firsts, lost, by_model = [], [], collections.Counter(), collections.defaultdict(list)
    calls = collections.defaultdict(list)
    for row in all_rows:
        if why := refused(plans, row):
            lost[why] += 1
        else:
            calls[call_of(row)].append(row)
    for (model, device, *words), rows in calls.items():
        batches = sorted({clients_of(row) for row in rows})
        target = plans.target(model, device, *words, "--batch", ",".join(map(str, batches)))
        if isinstance(target, str):
            lost[target] += len(rows)
            continue
        points = {point["batch"]: point for point in target["points"]}
        for row in rows:
            point = points[clients_of(row)]
            tokens.append(1e3 * point["token_s"] / float(row["silicon_tpot_ms"]))
            firsts.append(1e3 * point["first_token_s"] / float(row["silicon_ttft_ms"]))
            by_model[model, device, row["backend"]].append((tokens[-1], firsts[-1]))
    what = "one server, models with a capture"
    yield Score("time per token, engines", len(all_rows), tokens, 20, what)
    yield Score("first token, engines", len(all_rows), firsts, 30, what)
    for key, ratios in sorted(by_model.items()):
        yield Score("time per token, " + ", ".join(key), len(ratios), [token for token, _ in ratios], 20, "")
        yield Score("first token, " + ", ".join(key), len(ratios), [first for _, first in ratios], 30, "")
    for why, count in lost.most_common():
        print(f"{count} rows: {why}")


def clients_of(row):
    """Requests under way at once: a row may have more of them than its engine puts in one batch."""
    return int(row["concurrency"] or row["batch_size"])


def call_of(row):
    """The model, the device and the words of a call that has all batches of this row's kind."""
    prompt, answer, experts = int(row["isl"]), int(row["osl"]), max(int(row["moe_ep_size"] or 1), 1)
    device = {"b200_sxm": "b200", "b300_sxm": "b300"}.get(row["system"], row["system"])
    return (row["model_path"], device, "--dtype", DTYPES[row["gemm_quant_mode"]], "--context", prompt + answer,
            "--generate", answer, "--tp", row["tp_size"], "--engine",
            engine_of(row["backend_version"]) if row["backend"] == "vllm" else row["backend"],
            *(["--ep", experts] if experts > 1 else []),
            *(["--cache-dtype", "f8e4m3"] if keeps_cache_narrow(row) else []))


def keeps_cache_narrow(row):
    """The checkpoints that NVIDIA quantises name 8 bits for their caches, too: those in nvfp4, which engines follow
    unless told otherwise, and those in fp8 that TensorRT-LLM runs."""
    return row["gemm_quant_mode"] == "nvfp4" or (row["backend"], row["gemm_quant_mode"]) == ("trtllm", "fp8")


def refused(plans, row):
    if not plans.has(row["model_path"]):
        return f"no configuration of {row['model_path']}"
    if row["mode"] != "agg":
        return "prefill and decode on servers of their own"
    if row["gemm_quant_mode"] not in DTYPES:
        return f"products in {row['gemm_quant_mode']}"
    experts_on = int(row["moe_tp_size"] or 1) * int(row["moe_ep_size"] or 1)
    if int(row["attention_dp_size"] or 1) > 1 or experts_on > int(row["tp_size"]):
        return "attention by data on several devices"
    return ""


def energy(plans, data):
    """Decoding on one device, by the mean batch. Prompts of 512 tokens and vLLM before 0.14 are not in the set."""
    rows = [row for row in records(data / "mlenergy.csv") if row["median_itl_ms"]]
    tokens, joules = [], []
    for row in rows:
        device = {"H100": "h100_sxm", "B200": "b200"}[row["gpu_model"]]
        if row["num_gpus"] != "1" or not plans.has(row["model_id"]) or row["weight_precision"] == "mxfp4":
            continue
        answer = max(int(float(row["avg_output_len"])), 2)
        dtype = "f8" if row["weight_precision"] == "fp8" else "bf16"
        target = plans.target(row["model_id"], device, "--dtype", dtype, "--context", answer + 512, "--generate",
                              answer, "--batch", max(round(float(row["avg_batch_size"])), 1), "--engine", "vllm_0_13")
        if isinstance(target, str):
            continue
        point = target["points"][0]
        tokens.append(1e3 * point["token_s"] / float(row["median_itl_ms"]))
        if point["joules_per_token"]:
            joules.append(point["joules_per_token"] / float(row["energy_per_token_joules"]))
    of = "one device, models with a capture"
    yield Score("time per token, ML.ENERGY", len(rows), tokens, 20, of)
    yield Score("energy per token, ML.ENERGY", len(rows), joules, 15, of)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the measured sets")
    parser.add_argument("--graphs", type=pathlib.Path, required=True, help="folder of NAME.PHASE.pt2")
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/alidade"))
    args = parser.parse_args()
    plans = Plans(args.program, args.graphs)
    print("| what | rows | MAPE % | median % | bias | goal % | of |\n|---|---|---|---|---|---|---|")
    for score in (collectives(args.data, "h100", "nvlink4"), collectives(args.data, "a100", "nvlink3")):
        print(score.line())
    for part in (memory, serving, energy):
        for score in part(plans, args.data):
            print(score.line(), flush=True)


if __name__ == "__main__":
    main()
