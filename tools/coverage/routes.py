#!/usr/bin/env python3
"""One model by four ways: what the program counts in its .pt2, TorchScript, ONNX and StableHLO files.

Each model is captured by each route in a process of its own, into build/coverage/routes; what is there already is kept
(half an hour for all; ./dev setup jax installs what StableHLO needs). Then the program reads every file, those of the
small models in tests/frontends too, and docs/coverage.md is written anew.

Usage: PYTHONPATH=python python tools/coverage/routes.py [--again] [MODEL...]
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT, RESULTS = ROOT / "build/coverage/routes", HERE / "results/routes.json"
CASES = ROOT / "tests/frontends/data"
SUFFIXES = {"nonstrict": ".pt2", "trace": ".pt", "onnx": ".onnx", "jax": ".mlirbc"}
sys.path.insert(0, str(ROOT / "python"))

import coverage  # noqa: E402
import measure  # noqa: E402
import torch  # noqa: E402, F401 (children share what is imported here)
from alidade.native import NativeError, profile_json  # noqa: E402
from report import NAMES as ROUTES  # noqa: E402
from training_models import FAMILIES  # noqa: E402


def captured(name: str, again: bool) -> dict[str, dict]:
    """What each route made of a model."""
    from alidade.capture.request import Request
    path = measure.facts_of(name, KEPT)
    facts = json.loads(path.read_text()) if path.exists() else {}
    for route in ROUTES:
        if route in facts and not (again and "failed" in facts[route]):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        stem = path.with_name(f"{path.stem}.{route}")
        facts[route] = measure.in_child(measure.captured, name, stem, Request(via=route))
        path.write_text(json.dumps(facts, indent=0) + "\n")
        print(f"{name} {route}: {facts[route].get('failed') or facts[route]['seconds']}", flush=True)
    return facts


def cases() -> dict[str, dict]:
    """The small models of tests/frontends, which has a file of each route."""
    models = json.loads((CASES / "reference.json").read_text())["models"]
    return {name: {"family": f"small: {facts['family']}", "routes": of_files(CASES / name)}
            for name, facts in models.items()}


def of_files(stem: pathlib.Path) -> dict[str, dict]:
    return {route: counted({"file": f"{stem}{suffix}"}) for route, suffix in SUFFIXES.items()}


def counted(facts: dict) -> dict:
    if "failed" in facts:
        return facts
    try:
        told = profile_json(KEPT / facts["file"])
    except NativeError as reason:
        return {"failed": str(reason).splitlines()[0]}
    totals = told["totals"]
    return {"macs": totals["macs"], "params": totals["params"], "opaque": totals["opaque_ops"]}


def main() -> None:
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    names = wanted or [name for family in FAMILIES.values() for name in family]
    facts = {name: captured(name, "--again" in sys.argv) for name in names}
    if "--capture" in sys.argv:
        return
    families = {model: family for family, models in FAMILIES.items() for model in models}
    rows = {name: {"family": families.get(name, "others"), "routes": {route: counted(found[route]) for route in ROUTES}}
            for name, found in facts.items()}
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(known | rows | cases(), indent=0, sort_keys=True) + "\n")
    coverage.write_page()


if __name__ == "__main__":
    main()
