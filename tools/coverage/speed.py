#!/usr/bin/env python3
"""Times the capture of every torchvision classification model beside torch.export alone, in one process.

A capture builds, warms up, exports and writes; torch.export.export gets a model that is built already, and what
torch.export.save takes is given beside it. Writes tools/coverage/results/speed.json.
"""

import io
import json
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))

from alidade.capture.build import build  # noqa: E402
from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import capture  # noqa: E402
from alidade.capture.torchvision_ops import import_torchvision  # noqa: E402

OTHERS = (".detection.", ".segmentation.", ".video.", ".optical_flow.", ".quantization.")


def classifiers() -> list[str]:
    models = import_torchvision().models
    places = {name: models.get_model_builder(name).__module__ for name in models.list_models()}
    return [name for name, place in places.items() if not any(other in f"{place}." for other in OTHERS)]


def timed(work) -> tuple[float, object]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def exported(name: str) -> dict[str, float]:
    """torch's own: the export, and writing it with the weights."""
    import torch
    built = build(resolve(f"torchvision:{name}"), Request(), "cpu")
    args, kwargs = built.tensors()
    with torch.no_grad():
        export, program = timed(lambda: torch.export.export(built.model, args, kwargs))
    save, _ = timed(lambda: torch.export.save(program, io.BytesIO()))
    return {"export": export, "save": save}


def captured(name: str, folder: str) -> float:
    def work():
        made = capture(resolve(f"torchvision:{name}"), Request(), lambda line: None)
        made.write(pathlib.Path(folder) / f"{name}.pt2")
    return timed(work)[0]


def main() -> None:
    rows = {}
    with quiet_libraries(), tempfile.TemporaryDirectory() as folder:
        names = classifiers()
        exported(names[0]), captured(names[0], folder)  # what is imported and compiled once
        for number, name in enumerate(names):
            first = number % 2  # who goes first takes turns
            ours = captured(name, folder) if first else 0.0
            rows[name] = exported(name)
            rows[name]["capture"] = ours or captured(name, folder)
    totals = {what: round(sum(row[what] for row in rows.values()), 2) for what in ("capture", "export", "save")}
    (HERE / "results/speed.json").write_text(json.dumps({"models": len(rows), **totals}) + "\n")
    print(len(rows), totals)


if __name__ == "__main__":
    main()
