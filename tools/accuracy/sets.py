"""The measured sets: which file, read how, on which device, and what is to be reached. Nothing here is tuned: a set
says only what was run. Entries of one name and device are one set."""

import collections.abc
import dataclasses

import attention
import convolutions
import layers
import networks
import neusight
import products
import transformers
from program import Target
from rows import records


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """At most so many percent off, and at least so many rows within 20 %."""

    mape: float
    within20: float | None = None

    def reached_by(self, statistics):
        return statistics["mape"] is not None and statistics["mape"] <= self.mape and (
            self.within20 is None or statistics["within20"] >= self.within20)

    def __str__(self):
        return f"{self.mape:g}" + ("" if self.within20 is None else f"; {self.within20:g} % within 20 %")


@dataclasses.dataclass(frozen=True, slots=True)
class MeasuredSet:
    name: str
    file: str  # under --data; a folder where the reader takes several
    target: Target
    read: collections.abc.Callable  # (path, graphs) -> rows, or reasons in place of rows
    goal: Goal | None = None
    whole: bool = False  # rows are whole networks
    long_goal: Goal | None = None  # of its rows above 0.1 ms, which are a set of their own, too
    energy_goal: Goal | None = None  # of its energies, likewise
    ours: bool = False  # the file is the project's own
    no_constants: bool = False  # as a device that nobody has measured


def operators(name, file, target, reader, *arguments, goal=None, long_goal=None, energy_goal=None):
    return MeasuredSet(name, file, target, lambda path, _: reader(records(path), *arguments), goal, False, long_goal,
                       energy_goal)


def captured(name, file, target, reader, *arguments, goal=None):
    return MeasuredSet(name, file, target, lambda path, graphs: reader(records(path), graphs, *arguments), goal, True)


def generated(name, file, target, reader, *arguments, goal=None):
    return MeasuredSet(name, file, target, lambda path, _: reader(records(path), *arguments), goal, True)


def product_sets():
    goal, long_goal, wide = Goal(10), Goal(7), Goal(15)
    vendors = [("gemm_h100_vllm", "h100_sxm"), ("gemm_a100_bf16", "a100_sxm_80"), ("gemm_l40s", "l40s"),
               ("gemm_h200_power", "h200_sxm")]
    for file, device in vendors:
        yield operators("gemm bf16", f"ops/{file}.csv.gz", Target(device, "bf16"), products.products, "bfloat16",
                        goal=goal, long_goal=long_goal, energy_goal=Goal(12) if device == "h200_sxm" else None)
    for file, device in vendors:
        known = operators("gemm bf16, no constants", f"ops/{file}.csv.gz", Target(device, "bf16"), products.products,
                          "bfloat16", goal=wide)
        yield dataclasses.replace(known, no_constants=True)
    yield operators("gemm bf16 (TensorRT-LLM)", "ops/gemm_a100_quant.csv.gz", Target("a100_sxm_80", "bf16"),
                    products.products, "bfloat16", goal=goal)
    for file, device in (vendors[0], vendors[2]):
        yield operators("gemm fp8", f"ops/{file}.csv.gz", Target(device, "f8"), products.products, "fp8", "f8", 1, 1,
                        goal=wide)
    a100 = [("gemm int8", "sq", "i8", "i8", 1, 1, "gemm"), ("gemm int8 weights", "int8_wo", "w8", "bf16", 2, 1, ""),
            ("gemm int4 weights", "int4_wo", "w4", "bf16", 2, 0.5, "")]
    for name, want, precision, arithmetic, left, right, kind in a100:
        yield operators(name, "ops/gemm_a100_quant.csv.gz", Target("a100_sxm_80", precision), products.products, want,
                        arithmetic, left, right, kind, goal=wide)


def attention_sets():
    for mode, gpu, device in (("prefill", "h100", "h100_sxm"), ("decode", "h100", "h100_sxm"),
                              ("encoder", "h100", "h100_sxm"), ("prefill", "a100", "a100_sxm_80"),
                              ("decode", "a100", "a100_sxm_80")):
        yield operators(f"attention {mode}", f"ops/attn_{mode}_{gpu}.csv.gz", Target(device, "as_captured"),
                        attention.attentions, mode, goal=Goal(12))


def layer_sets():
    for precision, want in (("bf16", ["bfloat16"]), ("as_captured", ["fp8", "fp8_block"]),
                            ("w4", ["int4_wo", "w4a16_mxfp4"])):
        yield operators("moe", "ops/moe_h100.csv.gz", Target("h100_sxm", precision, "inductor"), products.experts, want,
                        goal=Goal(20))
    for device, file in (("a100_pcie_80", "llm_ops_fp16_a100"), ("a40|rtx_a40", "llm_ops_fp16_a40")):
        yield operators("llm operators fp16", f"{file}.csv", Target(device, "as_captured", "tensorrt"),
                        layers.operators, goal=Goal(9))
    yield operators("tpu layers", "ops/tpu_v6e_layers.csv.gz", Target("tpu_v6e", "bf16"), layers.tpu_layers,
                    goal=Goal(15))


def convolution_sets():
    for device, column in (("mi100", "mi100"), ("mi210", "mi210_104cu")):
        for layout in ("as_given", "channels_last"):
            yield operators("convolutions > 0.1 ms", "ops/conv_amd_mi100_mi210_mi250x_mi300x_miopen.csv.gz",
                            Target(device, "as_captured", "eager", layout), convolutions.convolutions, f"ms_{column}",
                            f"solver_{column}", layout == "channels_last", goal=Goal(20))


def network_sets():
    goal = Goal(9, 88)
    yield captured("timm eager", "timm_rtx3090_amp_nchw_eager_pt240.csv", Target("rtx3090", "amp_f16"), networks.timm,
                   "f16", 2, goal=goal)
    yield captured("timm eager, channels last", "timm_rtx4090_amp_nhwc_eager_pt240.csv",
                   Target("rtx4090", "amp_f16", "eager", "channels_last"), networks.timm, "f16", 2, goal=goal)
    yield captured("timm compiled", "timm_rtx4090_amp_nchw_compiled_pt240.csv",
                   Target("rtx4090", "amp_f16", "inductor", "channels_last"), networks.timm, "f16", 2, goal=goal)
    yield captured("timm compiled", "timm_cpu_i9_10940x_fp32_compiled_pt240.csv",
                   Target("i9_10940x", "f32", "inductor", "channels_last"), networks.timm, "f32", 4, goal=Goal(11))
    yield captured("groups of modules", "cpu_i7_12700k_groups.csv", Target("i7_12700k", "f32"), networks.module_groups,
                   goal=Goal(20))
    yield captured("networks", "cpu_i7_12700k_e2e.csv", Target("i7_12700k", "f32"), networks.i7_networks)
    yield captured("networks, batch 1", "gpu_jetson_orin_agx_50w_e2e.csv", Target("jetson_agx_orin_64", "tf32"),
                   networks.jetson, goal=Goal(15))
    yield captured("networks", "coral_edgetpu.csv", Target("coral_edgetpu", "i8", "npu"), networks.coral,
                   "desktop_cpu_plus_usb_edgetpu_ms", goal=Goal(20))
    for device in ("hailo8", "hailo8l", "hailo10h", "hailo15h", "hailo15l"):
        yield captured("model zoo", "ops/hailo_model_zoo.csv.gz", Target(device, "i8", "npu"), networks.hailo,
                       device.upper(), goal=Goal(35))


def memory_sets():
    yield MeasuredSet("peak memory, eager", "tests/data/memory/peaks.json", Target("i9_10940x", "as_captured"),
                      lambda path, _: networks.live_storages(path), Goal(5), True, ours=True)


def transformer_sets():
    for device, name in (("a100_pcie_40", "NVIDIA_A100-PCIE-40GB"), ("t4", "Tesla_T4"),
                         ("v100_pcie", "Tesla_V100-PCIE-32GB"), ("mi210", "AMD_Instinct_MI210")):
        for backend in ("eager", "inductor"):
            yield generated("NeuSight networks", "neusight_e2e.csv", Target(device, "f32", backend),
                            neusight.neusight, name, backend == "inductor", goal=Goal(8))
    for device, name in (("a100_pcie_40", "A100 (40GB)"), ("t4", "T4 (16GB)")):
        for precision, dtype in (("FP16", "f16"), ("INT8", "as_captured")):
            yield generated("TensorRT BERT", "tensorrt_bert.csv", Target(device, dtype, "tensorrt"),
                            transformers.tensorrt_bert, name, precision, goal=Goal(7))
    inferentia = Target("inf2", "bf16", "npu")
    yield MeasuredSet("networks on one chip", "neuron", inferentia, lambda path, _: transformers.neuron_encoders(path),
                      Goal(11), True)
    yield MeasuredSet("networks on one chip", "neuron", inferentia, networks.neuron_images, Goal(11), True)


def all_sets():
    for make in (product_sets, attention_sets, layer_sets, convolution_sets, network_sets, memory_sets,
                 transformer_sets):
        yield from make()


PLACED = "ops/qualcomm_aihub.csv.gz"  # where layers ran, which placements.py scores

# What is measured, but cannot be scored, with the reason.
UNREADABLE = {
    "gpu_jetson_orin_agx_batch_sweep.csv": "the power mode is not recorded",
    "gpu_jetson_orin_conv2d.csv": "host time of single calls with its synchronisation, not a kernel's",
    "gpu_jetson_orin_dispatch.csv": "times of empty kernels; a figure of the device file, no estimate",
    "npu_orin_dla_tensorrt.csv": "no device file of the Orin's DLA",
    "ops/gemm_amd_mi300x_mi355x_aiter.csv.gz": "the fastest of many tuned kernels for each shape, of several formats",
    "ops/llmservingsim_attention_rtx4090_rtxpro6000.csv.gz": "prefill and decode of several requests in one call",
    "ops/llmservingsim_layers_rtx4090_rtxpro6000.csv.gz": "layers by name; the configurations are not in the file",
    "ops/ncnn_benchmark.csv.gz": "no device files of its phones and boards",
    "ops/paddleclas_t4_v100.csv.gz": "networks of PaddleClas; no graphs of them",
    "ops/peak_memory_h100_mi300x.csv.gz": "no graphs of its models",
    PLACED: "times, of phones that have no device files; where its layers ran is scored as placement",
    "ops/quantize_matrix_h200_power.csv.gz": "a kernel of vLLM that no graph has by itself",
    "ops/quantize_scale_h200_power.csv.gz": "a kernel of vLLM that no graph has by itself",
    "ops/torch_eager_ops_h100_mi300x.csv.gz": "operators with their arguments as torch prints them; no reader",
}
