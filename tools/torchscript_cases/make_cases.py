#!/usr/bin/env python3
"""Writes tests/data/torchscript/*.pt: small models of torch.jit.save as the torchscript frontend's tests read them.

Weights are left out (the frontend never reads them), but for quantised ones, which libtorch packs; so is what is there
for debugging. The rest is deflated. quantised.json is what FlopCounterMode counts of the float models.
Usage: make_cases.py [NAME...]      (all of them when none is named)
"""

import io
import json
import pathlib
import sys
import warnings
import zipfile

import cases
import quantised_cases
import torch
from torch.utils.flop_counter import FlopCounterMode

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/torchscript"
DATE = (1980, 1, 1, 0, 0, 0)
warnings.filterwarnings("ignore")


def needed(entry: str, packed: bool) -> bool:
    inside = entry.split("/", 1)[1]
    weights = inside.startswith("traced_inputs/" if packed else ("data/", "traced_inputs/"))
    return not weights and not inside.endswith((".debug_pkl", "serialization_id", "byteorder"))


def graph_only(archive: bytes, name: str) -> bytes:
    """The archive without its weights, under another name for its folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole, zipfile.ZipFile(out, "w", compresslevel=9) as kept:
        for entry in whole.namelist():
            if not needed(entry, name in quantised_cases.CASES):
                continue
            info = zipfile.ZipInfo(name + entry[entry.index("/"):], DATE)
            kept.writestr(info, whole.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def saved(module: torch.jit.ScriptModule) -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    return buffer.getvalue()


def float_counts() -> dict[str, dict[str, int]]:
    """On meta tensors, where recurrent layers come apart into products."""
    counts = {}
    for name, (model, argument) in quantised_cases.FLOATS.items():
        whole = model().eval()
        parameters = {key: p.numel() for key, p in whole.named_parameters()}
        with FlopCounterMode(display=False) as counter:
            whole.to("meta")(argument.to("meta"))
        counts[name] = {"macs": counter.get_total_flops() // 2, "parameters": parameters}
    return counts


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    torch.backends.mha.set_fastpath_enabled(False)
    (OUT / "quantised.json").write_text(json.dumps(float_counts(), indent=1) + "\n")
    for name, make in (cases.CASES | quantised_cases.CASES).items():
        if wanted and name not in wanted:
            continue
        torch.manual_seed(0)
        data = graph_only(saved(make()), name)
        (OUT / f"{name}.pt").write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
