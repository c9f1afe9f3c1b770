#!/usr/bin/env python3
"""Writes tests/data/torchscript/*.pt: small models of torch.jit.save as the torchscript frontend's tests read them.

Weights are left out (the frontend never reads them), and so is what is there for debugging; the rest is deflated.
Usage: make_cases.py [NAME...]      (all of them when none is named)
"""

import io
import pathlib
import sys
import warnings
import zipfile

import cases
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/torchscript"
DATE = (1980, 1, 1, 0, 0, 0)
warnings.filterwarnings("ignore")


def needed(entry: str) -> bool:
    inside = entry.split("/", 1)[1]
    weights = inside.startswith(("data/", "traced_inputs/"))
    return not weights and not inside.endswith((".debug_pkl", "serialization_id", "byteorder"))


def graph_only(archive: bytes, name: str) -> bytes:
    """The archive without its weights, under another name for its folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole, zipfile.ZipFile(out, "w", compresslevel=9) as kept:
        for entry in filter(needed, whole.namelist()):
            info = zipfile.ZipInfo(name + entry[entry.index("/"):], DATE)
            kept.writestr(info, whole.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def saved(module: torch.jit.ScriptModule) -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    return buffer.getvalue()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    torch.backends.mha.set_fastpath_enabled(False)
    for name, make in cases.CASES.items():
        if wanted and name not in wanted:
            continue
        torch.manual_seed(0)
        data = graph_only(saved(make()), name)
        (OUT / f"{name}.pt").write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
