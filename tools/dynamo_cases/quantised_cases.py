#!/usr/bin/env python3
"""Writes tests/data/dynamo/quantised_*.pt2: weights of few bits, as torchao and PyTorch's own kernels have them.

torchao and bitsandbytes are no part of the capture environment: pip install --no-deps torchao==0.18.0
bitsandbytes==0.50.2 beside it.
Usage: quantised_cases.py
"""

import bitsandbytes  # noqa: F401 (registers its operators)
import make_cases
import torch
import torchao.quantization as quantisation
from torch import nn
from torch.export import ExportedProgram, export
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86

ROWS = torch.zeros(4, 64)


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(64, 32), nn.Linear(32, 16, bias=False)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


class Kernels(nn.Module):
    """PyTorch's kernels for packed weights: [32,64] and [16,32] of four bits, [8,16] of eight."""

    def __init__(self):
        super().__init__()
        four = torch.zeros(32, 64, dtype=torch.int32)
        self.register_buffer("first", torch.ops.aten._convert_weight_to_int4pack_for_cpu(four, 1))
        self.register_buffer("first_scales", torch.zeros(2, 32, 2))
        bytes_of_four = torch.zeros(16, 16, dtype=torch.uint8)
        self.register_buffer("second", torch.ops.aten._dyn_quant_pack_4bit_weight(
            bytes_of_four, torch.zeros(16, 1), None, 32, 32, 16))
        self.register_buffer("third", torch.zeros(8, 16, dtype=torch.int8))
        self.register_buffer("third_scales", torch.zeros(8))

    def forward(self, x):
        x = torch.ops.aten._weight_int4pack_mm_for_cpu(x, self.first, 32, self.first_scales)
        x = torch.ops.aten._dyn_quant_matmul_4bit(x, self.second, 32, 32, 16)
        return torch.ops.aten._weight_int8pack_mm(x, self.third, self.third_scales)


class BitsAndBytes(nn.Module):
    """Four bits dequantised for a product and in a fused one, [32,64] and [16,32]; then bytes by bytes, [8,16]."""

    def __init__(self):
        super().__init__()
        for name, shape in {"first": (32, 64), "second": (16, 32)}.items():
            count = shape[0] * shape[1]
            self.register_buffer(name, torch.zeros(count // 2, 1, dtype=torch.uint8))
            self.register_buffer(f"{name}_absmax", torch.zeros(count // 64))
        self.register_buffer("third", torch.zeros(8, 16, dtype=torch.int8))
        self.register_buffer("third_stats", torch.zeros(8))

    def forward(self, x):
        ops = torch.ops.bitsandbytes
        first = ops.dequantize_4bit(self.first, self.first_absmax, 64, "nf4", [32, 64], torch.float32)
        x = nn.functional.linear(x, first)
        x = ops.gemm_4bit(x, self.second, [16, 32], self.second_absmax, 64, "nf4")
        rows, stats, _ = ops.int8_vectorwise_quant(x)
        return ops.int8_mm_dequant(ops.int8_linear_matmul(rows, self.third), stats, self.third_stats)


def torchao(config) -> ExportedProgram:
    model = Layers().eval()
    quantisation.quantize_(model, config)
    return export(model, (ROWS,), strict=False)


def pt2e() -> ExportedProgram:
    quantizer = x86.X86InductorQuantizer()
    quantizer.set_global(x86.get_default_x86_inductor_quantization_config(is_dynamic=True))
    model = prepare_pt2e(export(Layers().eval(), (ROWS,)).module(), quantizer)
    model(ROWS)
    return export(convert_pt2e(model), (ROWS,))


CASES = {
    "quantised_weights": lambda: torchao(quantisation.Int8WeightOnlyConfig()),
    "quantised_dynamic": lambda: torchao(quantisation.Int8DynamicActivationInt8WeightConfig()),
    "quantised_groups": lambda: torchao(quantisation.IntxWeightOnlyConfig(
        weight_dtype=torch.int4, granularity=quantisation.PerGroup(32))),
    "quantised_float8": lambda: torchao(quantisation.Float8WeightOnlyConfig()),
    "quantised_pt2e": pt2e,
    "quantised_kernels": lambda: export(Kernels(), (ROWS,)),
    "quantised_bitsandbytes": lambda: export(BitsAndBytes(), (ROWS,)),
}


def main() -> None:
    for name, make in CASES.items():
        data = make_cases.json_only(make_cases.saved(make()), name)
        (make_cases.OUT / f"{name}.pt2").write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
