#!/usr/bin/env python3
"""Writes tests/data/placement: the models of unsup.py as TorchScript, .pt2 and ONNX, without their weights; the
TorchScript files with the lines of unsup.py that their code is from."""

import io
import pathlib
import pickle
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests/data/placement"
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tools/frontend_cases")]

from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import capture  # noqa: E402
from make_cases import DATE, ROUTES, portable  # noqa: E402  (the frontends' cases)

CASES = {"sort_last": "Last", "sort_between": "Between"}
DROPPED = ("/.data/serialization_id",)


def own_lines(ranges: bytes) -> bytes:
    """The same origins without the calls that lead to unsup.py, and without the folders of this machine."""
    form, table, rows = pickle.loads(ranges)  # noqa: S301
    kept = tuple(line.replace(f"{ROOT}/", "") if "unsup.py(" in line else "" for line in table)
    return pickle.dumps((form, kept, rows), protocol=2)


def small(archive: bytes, name: str) -> bytes:
    """The same zip under another name for its folder, every entry deflated and dated alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            if entry.endswith(DROPPED) or (entry.endswith(".debug_pkl") and "unsup" not in entry):
                continue
            data = old.read(entry)
            data = own_lines(data) if entry.endswith(".debug_pkl") else portable(entry, data)
            info = zipfile.ZipInfo(name + entry[entry.index("/"):], DATE)
            new.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, model in CASES.items():
        for route, suffix in ROUTES.items():
            with quiet_libraries(), tempfile.TemporaryDirectory() as folder:
                source = resolve(f"{HERE / 'unsup.py'}:{model}")
                made = capture(source, Request(shapes=("32,784",), via=route), lambda line: None)
                data = made.write(pathlib.Path(folder) / f"{name}{suffix}").read_bytes()
            (OUT / f"{name}{suffix}").write_bytes(data if route == "onnx" else small(data, name))
            print(f"{name}{suffix}: {(OUT / (name + suffix)).stat().st_size} bytes")


if __name__ == "__main__":
    main()
