"""The goals in words: which sets each is about."""

import dataclasses

from scores import MOST_LOST, statistics


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """A goal of all sets of these names, or of some of their devices; `pooled`: of all their rows together."""

    title: str
    sets: tuple[str, ...]
    devices: tuple[str, ...] = ()
    pooled: bool = False
    why: str = ""  # it is missed, and what would decide

    def members(self, scored):
        return [one for one in scored
                if one.name in self.sets and (not self.devices or one.device in self.devices)]


GPUS = ("h100_sxm", "a100_sxm_80", "l40s")
GOALS = (
    Wanted("timm on the RTX 3090 and 4090, eager and compiled, datasheet tier",
           ("timm eager", "timm eager, channels last", "timm compiled"), ("rtx3090", "rtx4090")),
    Wanted("bf16 GEMM, all rows", ("gemm bf16",), GPUS,
           why=("on an L40S neighbours in m repeat badly (185 and 272 TFLOP/s): a row predicted from its two measured "
                "neighbours is off by 7 %; clocks and power beside the times would decide")),
    Wanted("bf16 GEMM, rows above 0.1 ms", ("gemm bf16 > 0.1 ms",), GPUS,
           why="the L40S again; the other two reach it"),
    Wanted("bf16 GEMM on a device without constants", ("gemm bf16, no constants",),
           why="the L40S: it sustains 0.69 of its peak, others 0.82 to 1.0"),
    Wanted("fp8, int8 and 4-bit weight-only GEMM",
           ("gemm fp8", "gemm int8", "gemm int8 weights", "gemm int4 weights")),
    Wanted("attention, prefill", ("attention prefill",),
           why="the H100: 32 to 128 us with few heads for each key head, and keys in 8 bits; the A100 reaches it"),
    Wanted("attention, decode", ("attention decode",)),
    Wanted("attention, encoder", ("attention encoder",)),
    Wanted("mixture of experts", ("moe",),
           why=("six libraries with one set of numbers, of which one takes 8-bit floats three times as long as the "
                "others; which library ran is a column, but no property of a device")),
    Wanted("convolutions above 0.1 ms, three directions", ("convolutions > 0.1 ms",),
           why=("which of MIOpen's kernels is chosen: what rocBLAS takes for one image of a volume differs by a factor "
                "of two between neighbours in size, and an MI100 has no good kernels for gradients of images in bf16; "
                "times of all kernels for a shape, not of the best, would decide")),
    Wanted("operators of language models in fp16", ("llm operators fp16",),
           why="the A40: rows of 2 to 5 us are given in whole microseconds, which is 10 to 20 % by itself"),
    Wanted("TensorRT BERT", ("TensorRT BERT",), pooled=True,
           why="fp16 and int8 engines of an A100 ask for different constants, and a device has one"),
    Wanted("NeuSight end to end", ("NeuSight networks",), pooled=True),
    Wanted("timm on the i9-10940X", ("timm compiled",), ("i9_10940x",),
           why=("shifted windows (swin, convformer, mobilevit) are priced too low: what their copies cost in "
                "PyTorch's C++ code is not modelled")),
    Wanted("groups of modules on the i7-12700K", ("groups of modules",)),
    Wanted("layers on the TPU v6e", ("tpu layers",)),
    Wanted("Inferentia2, single-chip rows", ("networks on one chip",),
           why=("14 of 44 rows are of networks whose graphs are not at hand (UNet, Perceiver, CLIP, diffusion); the "
                "error of the others reaches it")),
    Wanted("Coral", ("networks",), ("coral_edgetpu",),
           why="4 of 14 networks are not at hand, and Inception-ResNet v2 alone is off by a factor of 2"),
    Wanted("Hailo", ("model zoo",), pooled=True,
           why=("whether the compiler makes one context of a network decides a factor of 3 to 10, and its rule is not "
                "published; most networks of the zoo are not at hand")),
    Wanted("Jetson Orin at batch 1", ("networks, batch 1",)),
    Wanted("energy of bf16 GEMM on the H200", ("gemm bf16, energy",),
           why=("the power of kernels below 50 us depends on what is not in the file (one shape: 172, 498 and 140 W "
                "at neighbouring m); a recorded clock and loop period would decide")),
    Wanted("peak memory, torch eager on the CPU", ("peak memory, eager",)),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    title: str
    naive: str
    to_reach: str
    reached: str
    verdict: str
    why: str = ""


def outcome(wanted, scored):
    members = wanted.members(scored)
    if not members:
        return Outcome(wanted.title, "-", "-", "not scored", "missed", wanted.why)
    goal = members[0].goal
    if wanted.pooled:
        together = statistics([p for one in members for p in one.quoted])
        lost, rows = sum(one.missing for one in members), sum(one.rows for one in members)
        complete = lost <= MOST_LOST * rows
        holds = complete and goal.reached_by(together)
        text = f"{percent(together)} of {together['n']}" + ("" if complete else f"; {lost} of {rows} rows lost")
        return Outcome(wanted.title, naive([together]), str(goal), text, "reached" if holds else "missed", wanted.why)
    each = [statistics(one.quoted) for one in members]
    text = ", ".join(f"{percent(s)} ({one.device}{'' if one.complete else ', rows lost'})"
                     for s, one in zip(each, members, strict=True))
    holds = all(one.verdict == "reached" for one in members)
    return Outcome(wanted.title, naive(each), str(goal), text, "reached" if holds else "missed", wanted.why)


def percent(s):
    if s["mape"] is None:
        return "nothing"
    return f"{s['mape']:.1f}"


def naive(each):
    values = [s["naive_mape"] for s in each if s["naive_mape"] is not None]
    if not values:
        return "-"
    low, high = min(values), max(values)
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f}–{high:.0f}"
