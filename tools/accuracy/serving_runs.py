"""Scores times of serving engines: several prompts and answers at once, on one server."""

import collections
import concurrent.futures
import dataclasses
import re
import zlib

from rows import UnreadableRow, records, stored
from score_lines import Score

FILE = "ops/llm_serving_e2e_aic_silicon_sample.csv.gz"
DTYPES = {"": "bf16", "fp8": "f8", "fp8_block": "f8", "int4_wo": "w4", "nvfp4": "nvfp4"}
ENGINES = {"vllm": "vLLM", "sglang": "SGLang", "trtllm": "TensorRT-LLM"}
TOKEN_GOAL, FIRST_GOAL = 20, 30
# Runs of InferenceX, whose clients draw lengths evenly from 80 % on; all others are aiconfigurator's. What a request
# takes to the queue, with the tokenizer of this model in Python, is learnt from one half of their settings.
INFERENCEX, SHORTEST, REQUEST_MS = ("moonshotai/Kimi-K2.5",), 0.8, "70.0"
# aiconfigurator's generator lets a step have the batch, one prompt and so many tokens more.
SPARE_TOKENS = 1500
AT_ONCE = 2  # calls of the program


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """A row, and its times: estimated / measured."""

    kind: str
    held_out: bool
    token: float
    first: float


class Runs:
    """Of all rows of the set those that can be estimated, and why others cannot."""

    def __init__(self, plans, data):
        self.rows, self.scored, self.lost = list(records(stored(data / FILE))), [], collections.Counter()
        calls = collections.defaultdict(list)
        for row in self.rows:
            try:
                calls[call_of(row)].append(row)
            except UnreadableRow as why:
                self.lost[str(why)] += 1
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            answers = pool.map(lambda one: answer(plans, *one), calls.items())
            for rows, runs in zip(calls.values(), answers, strict=True):
                if isinstance(runs, str):
                    self.lost[runs] += len(rows)
                else:
                    self.scored += runs

    def scores(self):
        every = len(self.rows)
        yield from scores_of("all runs of engines that are scored", every, self.scored)
        for half, held_out in (("of them those whose settings were learnt from", False), ("the others", True)):
            yield from scores_of(half, every, [run for run in self.scored if run.held_out == held_out])
        kinds = collections.defaultdict(list)
        for run in self.scored:
            kinds[run.kind].append(run)
        for kind, runs in sorted(kinds.items()):
            yield from scores_of(kind, len(runs), runs)


def scores_of(what, rows, runs):
    yield Score(f"time per token, {what}", rows, [run.token for run in runs], TOKEN_GOAL)
    yield Score("first token, the same", rows, [run.first for run in runs], FIRST_GOAL)


def answer(plans, call, rows):
    """The runs of these rows, or a sentence that says why there are none."""
    batches = sorted({clients_of(row) for row in rows})
    try:
        target = plans.serving(*call, "--batch", ",".join(map(str, batches)))
    except UnreadableRow as why:
        return str(why)
    points = {point["batch"]: point for point in target["points"]}
    return [run_of(row, points[clients_of(row)]) for row in rows]


def run_of(row, point):
    return Run(f"{row['model_path'].partition('/')[2]} on {row['system']}, {ENGINES[row['backend']]}", held_out(row),
               1e3 * point["token_s"] / float(row["silicon_tpot_ms"]),
               1e3 * point["first_token_s"] / float(row["silicon_ttft_ms"]))


def held_out(row):
    """Whether constants of engines did not see its setting, of all numbers of clients."""
    setting = "|".join(row[key] for key in ("model_path", "tp_size", "isl", "osl"))
    return zlib.crc32(setting.encode()) & 1 == 1


def clients_of(row):
    """Requests under way at once: a row may have more of them than its engine puts in one batch."""
    return int(row["concurrency"] or row["batch_size"])


def call_of(row):
    """The model, the device, the engine and the words of a call that has all batches of this row's kind."""
    refuse(row)
    prompt, made = int(row["isl"]), int(row["osl"])
    experts = max(int(row["moe_ep_size"] or 1), 1)
    device = {"b200_sxm": "b200", "b300_sxm": "b300"}.get(row["system"], row["system"])
    return (row["model_path"], device, engine_of(row), "--dtype", DTYPES[row["gemm_quant_mode"]], "--context",
            prompt + made, "--generate", made, "--tp", row["tp_size"],
            *(["--ep", experts] if experts > 1 else []),
            *(["--cache-dtype", "f8e4m3"] if keeps_cache_narrow(row) else []),
            *(["--shortest", SHORTEST] if row["model_path"] in INFERENCEX else []))


def engine_of(row):
    """The engine's name, and what its file has otherwise in these runs."""
    name = vllm_of(row["backend_version"]) if row["backend"] == "vllm" else row["backend"]
    if row["model_path"] in INFERENCEX:
        return name, (("request_ms", REQUEST_MS),)
    if row["backend"] == "sglang":  # the generator sets enable_mixed_chunk; it is younger than the runs of 0.5.1
        return name, () if row["backend_version"].startswith("0.5.1.") else (("prompts_first", "false"),)
    return name, (("step_tokens", str(clients_of(row) + int(row["isl"]) + SPARE_TOKENS)),)


def vllm_of(version):
    """The file of "0.12.0", "vLLM v0.19.0", "vLLM <=0.16 (...)"."""
    minor = int(re.search(r"0[.](\d+)", version)[1])
    return "vllm_0_13" if minor <= 13 else "vllm_0_16" if minor <= 16 else "vllm"


def keeps_cache_narrow(row):
    """The checkpoints that NVIDIA quantises name 8 bits for their caches, too: those in nvfp4, which engines follow
    unless told otherwise, and those in fp8 that TensorRT-LLM runs."""
    return row["gemm_quant_mode"] == "nvfp4" or (row["backend"], row["gemm_quant_mode"]) == ("trtllm", "fp8")


def refuse(row):
    if row["mode"] != "agg":
        raise UnreadableRow("prefill and decode on servers of their own")
    if row["gemm_quant_mode"] not in DTYPES:
        raise UnreadableRow(f"products in {row['gemm_quant_mode']}")
    experts_on = int(row["moe_tp_size"] or 1) * int(row["moe_ep_size"] or 1)
    if int(row["attention_dp_size"] or 1) > 1 or experts_on > int(row["tp_size"]):
        raise UnreadableRow("attention by data on several devices")
