"""All tables of the catalogue, in order."""

import importlib

from case import Table

NAMES = [
    "onnx",
    "onnx_graphs",
    "external_data",
    "torchscript",
    "exported",
    "stablehlo",
    "text_form",
    "config",
    "commands",
    "devices",
    "placement",
    "plugins",
    "sinks",
    "outputs",
    "interrupts",
    "sweeps",
]
TABLES: dict[str, Table] = {name: importlib.import_module(f"tables.{name}").TABLE for name in NAMES}
