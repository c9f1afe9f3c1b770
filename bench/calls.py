#!/usr/bin/env python3
"""Measures calls from Python on a model that is open: calls.py prints milliseconds of processor time each, as JSON.

Part of ./dev bench; alone: ./dev bench calls
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from programs import ROOT, program

ROUNDS = 200
MODEL = "resnet50"


def millis(call) -> float:
    call()
    begin = time.process_time()
    for _ in range(ROUNDS):
        call()
    return 1e3 * (time.process_time() - begin) / ROUNDS


def measured() -> dict[str, float]:
    import alidade
    path = str(ROOT / f"models/{MODEL}.onnx")
    model = alidade.open(path)
    return {f'open("{MODEL}.onnx")': millis(lambda: alidade.open(path)),
            "model.profile()": millis(model.profile),
            'model.estimate("h100_sxm")': millis(lambda: model.estimate("h100_sxm")),
            'model.estimate("h100_sxm", batch=8)': millis(lambda: model.estimate("h100_sxm", batch=8))}


def calls() -> dict[str, float]:
    """In a process of its own. Nothing where the package was not built for this Python."""
    version = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
    module = next((program().resolve().parents[1] / "lib/python").glob(f"_host.{version}-*.so"), None)
    if module is None:
        return {}
    said = subprocess.run([sys.executable, Path(__file__), "--here"], check=True, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT / "python"), "ALIDADE_HOST_MODULE": str(module)})
    return json.loads(said.stdout)


def lines(found: dict[str, float]) -> list[str]:
    return ["Calls from Python in one process, processor time of each (`bench/calls.py`).", "",
            "| call | ms |", "|---|---:|", *[f"| `{call}` | {took:.2f} |" for call, took in found.items()]]


if __name__ == "__main__":
    print(json.dumps(measured()) if "--here" in sys.argv else "\n".join(lines(calls())))
