#!/usr/bin/env python3
"""What FlopCounterMode and the program count in training steps: writes tools/coverage/results/training.json.

Each model is captured with `--train-step` and counted by torch in a process of its own, into build/coverage/training
(an hour for all); what is there already is kept. Then the program reads every file, and docs/coverage.md is written
anew.

Usage: PYTHONPATH=python python tools/coverage/training.py [--again] [MODEL...]
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT, RESULTS = ROOT / "build/coverage/training", HERE / "results/training.json"
sys.path.insert(0, str(ROOT / "python"))

import coverage  # noqa: E402
import measure  # noqa: E402
import torch  # noqa: E402, F401 (children share what is imported here)
from alidade.native import profile_json  # noqa: E402
from training_models import FAMILIES  # noqa: E402

SIZES = {"batch": 2}  # a norm over one number cannot be trained


def measured(name: str, again: bool) -> dict:
    from alidade.capture.request import Request
    request = Request(**SIZES, train=True, train_step=True, optimizer="adamw")
    path = measure.facts_of(name, KEPT)
    facts = json.loads(path.read_text()) if path.exists() else {}
    if facts and not (again and "failed" in facts):
        return facts
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = measure.in_child(measure.captured, name, path.with_suffix(""), request)
    if "file" in facts:
        facts["torch"] = measure.in_child(measure.counted, name, "torch", request)
        facts |= {"failed": facts["torch"]["failed"]} if "failed" in facts["torch"] else {}
    path.write_text(json.dumps(facts, indent=0) + "\n")
    print(f"{name}: {facts.get('failed') or facts['torch']['total']}", flush=True)
    return facts


def row(facts: dict) -> dict:
    if "failed" in facts:
        return {"failed": facts["failed"]}
    totals = profile_json(KEPT / facts["file"])["totals"]
    return {"torch": facts["torch"]["total"], "ours": totals["by_convention"]["torch"]["counted"],
            "macs": totals["macs"], "flops": totals["flops"], "ops": totals["ops"], "opaque": totals["opaque_ops"],
            "parameters": totals["params"]}


def main() -> None:
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    names = wanted or [name for family in FAMILIES.values() for name in family]
    facts = {name: measured(name, "--again" in sys.argv) for name in names}
    if "--capture" in sys.argv:
        return
    rows = {name: row(found) for name, found in facts.items()}
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    rows = {name: row for name, row in (known | rows).items() if name in names or wanted}
    RESULTS.write_text(json.dumps(rows, indent=0, sort_keys=True) + "\n")
    coverage.write_page()


if __name__ == "__main__":
    main()
