#!/usr/bin/env python3
"""What of torchvision, timm, transformers and ultralytics is captured and read, and how the counts compare.

  coverage.py run [--fvcore] KIND   captures what results/KIND.json does not have yet, one child process per model
  coverage.py write                 writes docs/coverage.md from results/*.json

KIND is torchvision, timm, hf or ultralytics.

With --fvcore, models that are small enough are counted by fvcore, too, on real tensors.
"""

import argparse
import importlib
import json
import multiprocessing
import pathlib
import re
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "results"
sys.path.insert(0, str(ROOT / "python"))

LIMIT_S = 300
FVCORE_MACS, FVCORE_PARAMETERS = 12_000_000_000, 150_000_000
TIMM = 300


def chosen(kind: str) -> list[str]:
    """All of torchvision, the transformers table, 300 of timm evenly, the smallest of each ultralytics family."""
    from alidade.capture.listing import KINDS
    names = KINDS[kind][1]()
    if kind == "timm":
        names = [names[i * len(names) // TIMM] for i in range(TIMM)]
    if kind == "ultralytics":
        names = smallest(names)
    return [f"{kind}:{name}" for name in names]


def smallest(names: list[str]) -> list[str]:
    families = {re.sub(r"^(yoloe-|yolo)(v?\d+)[slmx](?=$|-)", r"\1\2n", name) for name in names}
    return sorted(families & set(names))


def measured(name: str) -> dict:
    """One model: captured, read by the native program, and counted by torch."""
    from alidade.capture.faults import first_cause
    from alidade.capture.request import Request
    from alidade.capture.sources import resolve
    from alidade.capture.strategy import capture
    started = time.monotonic()
    source = resolve(name)
    try:
        made = capture(source, Request(), lambda line: None)
    except Exception as reason:
        return {"failed": "capture", "why": first_cause(reason), "seconds": round(time.monotonic() - started, 1)}
    row = {"route": made.route, "device": made.built.device, "seconds": round(time.monotonic() - started, 1),
           "graphs": made.captured.graphs(), "parameters": sum(p.numel() for p in made.built.model.parameters())}
    with tempfile.TemporaryDirectory() as folder:
        file = made.write(pathlib.Path(folder) / f"model{made.captured.suffix}")
        return row | {"bytes": file.stat().st_size} | read(file) | by_torch(made)


def read(file: pathlib.Path) -> dict:
    """The native program's counts under two conventions."""
    from alidade.native import NativeError, profile_json
    try:
        told, fvcore = profile_json(file), profile_json(file, "--convention", "fvcore")
    except NativeError as reason:
        return {"failed": "read", "why": str(reason).splitlines()[0]}
    totals = told["totals"]
    return {"macs": totals["macs"], "params": totals["params"], "ops": totals["ops"], "opaque": totals["opaque_ops"],
            "as_fvcore": fvcore["total_counted"],
            "warnings": [w["text"] for w in told["warnings"] if w["severity"] == "warning"]}


def by_torch(made) -> dict:
    from alidade.capture.build import build, fits_in_memory
    from alidade.capture.faults import first_cause
    from alidade.capture.reference import contractions
    try:
        counts = contractions(made.built)
    except Exception as first:
        if made.built.device == "cpu" or not fits_in_memory(made.built.model):
            return {"torch_why": first_cause(first)}
        try:
            counts = contractions(build(made.source, made.request, "cpu"))
        except Exception as reason:
            return {"torch_why": first_cause(reason)}
    return {"torch": sum(counts.values()), "torch_by_operator": counts}


def by_fvcore(name: str) -> dict:
    from alidade.capture import reference
    from alidade.capture.build import build
    from alidade.capture.faults import first_cause
    from alidade.capture.request import Request
    from alidade.capture.sources import resolve
    try:
        counts = reference.by_fvcore(build(resolve(name), Request(), "cpu"))
        return {"fvcore": counts["total"], "fvcore_unsupported": counts["unsupported"]}
    except Exception as reason:
        return {"fvcore_why": first_cause(reason)}


def child(work, name: str, answers) -> None:
    from alidade.capture.quiet import quiet_libraries
    with quiet_libraries():
        answers.send(work(name))


def in_child(work, name: str) -> dict:
    """A crash or a hang of one model costs that model alone."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=child, args=(work, name, theirs))
    process.start()
    theirs.close()
    try:
        if ours.poll(LIMIT_S):
            return ours.recv()
        return {"failed": "capture", "why": f"more than {LIMIT_S} s"}
    except EOFError:
        return {"failed": "capture", "why": f"the process ended with status {process.exitcode}"}
    finally:
        process.kill()
        process.join()


def small(row: dict) -> bool:
    return row.get("macs", FVCORE_MACS) < FVCORE_MACS and row["parameters"] < FVCORE_PARAMETERS


def wants_fvcore(row: dict) -> bool:
    return "failed" not in row and "fvcore" not in row and "fvcore_why" not in row and small(row)


def run(kind: str, with_fvcore: bool, again: bool) -> None:
    RESULTS.mkdir(exist_ok=True)
    importlib.import_module("torch")  # children share what is imported here
    names, file = chosen(kind), RESULTS / f"{kind}.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    for number, name in enumerate(names):
        row = results.get(name)
        if row is None or (again and ("failed" in row or "torch_why" in row)):
            row = in_child(measured, name)
        elif not (with_fvcore and wants_fvcore(row)):
            continue
        if with_fvcore and wants_fvcore(row):
            told = in_child(by_fvcore, name)
            row |= {"fvcore_why": told["why"]} if "failed" in told else told
        results[name] = row
        file.write_text(json.dumps({name: results[name] for name in names if name in results}, indent=0) + "\n")
        told = row.get("why") or f"{row.get('macs')} {row.get('torch')}"
        print(f"{number + 1}/{len(names)} {name}: {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("run", "write"))
    parser.add_argument("kind", nargs="?", choices=("torchvision", "timm", "hf", "ultralytics"), default="torchvision")
    parser.add_argument("--fvcore", action="store_true")
    parser.add_argument("--again", action="store_true", help="what failed before is tried once more")
    options = parser.parse_args()
    if options.verb == "run":
        run(options.kind, options.fvcore, options.again)
    else:
        import report
        kinds = ("torchvision", "timm", "hf", "ultralytics")
        found = {kind: json.loads((RESULTS / f"{kind}.json").read_text()) for kind in kinds
                 if (RESULTS / f"{kind}.json").exists()}
        report.write(found, ROOT / "docs/coverage.md")


if __name__ == "__main__":
    main()
