#!/usr/bin/env python3
"""Writes tests/data/stablehlo: networks as StableHLO, as text and as artifacts, and what torch and XLA count in them.

Usage: make_cases.py jax      where jax is installed: the .mlir files, and XLA's figures in reference.json
       make_cases.py xla      there, too: what XLA says of each operator alone, in xla_operators.json
       make_cases.py torch    where torch is: what FlopCounterMode counts in the same networks written in PyTorch
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests/data/stablehlo"


def remember(tool: str, version: str, figures: dict) -> None:
    path = OUT / "reference.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[tool] = {"version": version, "models": figures}
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def portable(text: str) -> str:
    """Without the folders of this machine."""
    return re.sub(r'"/[^"]*/site-packages/', '"', text.replace(f"{ROOT}/", ""))


def without_locations(text: str) -> str:
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#loc"))
    return re.sub(r' loc\((?:#\w+|unknown|"[^"]*")\)', "", lines) + "\n"


def arguments(params, inputs) -> tuple:
    return (*([params] if params is not None else []), *inputs.values())


def make_jax() -> None:
    import jax
    from jax import export
    from jax_nets import MODELS, mlp, same_padding, shapes
    jax.config.update("jax_hlo_source_file_canonicalization_regex", f"{ROOT}/")  # no folder of this machine
    figures = {}
    for name, (function, params, inputs) in MODELS.items():
        lowered = jax.jit(function).lower(*arguments(params, inputs))
        (OUT / f"{name}.mlir").write_text(portable(lowered.as_text(debug_info=True)))
        figures[name] = {"given": int(lowered.cost_analysis()["flops"]),
                         "flops": int(lowered.compile().cost_analysis()["flops"])}
        exported = export.export(jax.jit(function))(*arguments(params, inputs))
        (OUT / f"{name}.mlirbc").write_bytes(exported.mlir_module_serialized)
    generic = jax.jit(mlp).lower(*arguments(*MODELS["mlp"][1:])).compiler_ir()
    (OUT / "mlp_generic.mlir").write_text(str(generic.operation.get_asm(print_generic_op_form=True)) + "\n")
    size = export.symbolic_shape("batch")[0]
    x = jax.ShapeDtypeStruct((size, 64), "float32")
    exported = export.export(jax.jit(mlp))(shapes(w1=(64, 128), b1=(128,), w2=(128, 10), b2=(10,)), x)
    (OUT / "mlp_symbolic.mlir").write_text(portable(str(exported.mlir_module())))
    (OUT / "mlp_symbolic.mlirbc").write_bytes(exported.mlir_module_serialized)
    h, w = export.symbolic_shape("h, w")
    convolved = export.export(jax.jit(same_padding))(*shapes(x=(1, h, w, 3), k=(3, 3, 3, 8)).values())
    (OUT / "same_padding.mlir").write_text(without_locations(str(convolved.mlir_module())))
    gradient = jax.jit(jax.grad(lambda params, x: MODELS["cnn"][0](params, x).sum()))
    (OUT / "cnn_gradient.mlir").write_text(gradient.lower(*MODELS["cnn"][1:2], *MODELS["cnn"][2].values()).as_text())
    remember("xla", jax.__version__, figures)


def make_xla() -> None:
    import jax
    from xla_operators import FAULTS, OPERATORS, shapes

    def measured(function, sizes) -> dict:
        lowered = jax.jit(function).lower(*shapes(sizes))
        return {"flops": int((lowered.cost_analysis() or {}).get("flops", 0)), "text": lowered.as_text()}

    whole = {"version": jax.__version__, "operators": {name: measured(*case) for name, case in OPERATORS.items()},
             "faults": {name: measured(*case) for name, case in FAULTS.items()}}
    (OUT / "xla_operators.json").write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")


def make_torch() -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode
    from torch_nets import MODELS
    figures = {}
    for name, (model, inputs) in MODELS.items():
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(*inputs)
        figures[name] = {"macs": counter.get_total_flops() // 2,
                         "parameters": sum(p.numel() for p in model.parameters())}
    model, inputs = MODELS["cnn"]
    with FlopCounterMode(display=False) as counter:
        model(*inputs).sum().backward()
    figures["cnn_gradient"] = {"macs": counter.get_total_flops() // 2}
    remember("torch", torch.__version__, figures)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    {"jax": make_jax, "xla": make_xla, "torch": make_torch}[sys.argv[1]]()
