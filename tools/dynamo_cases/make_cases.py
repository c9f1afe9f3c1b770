#!/usr/bin/env python3
"""Writes tests/data/dynamo/*.pt2: small exported models as the dynamo frontend's tests read them.

Only the JSON texts of each archive are kept, deflated: weights, sample inputs and constants are left out.
Usage: make_cases.py [NAME...]      (all of them when none is named)
"""

import io
import json
import logging
import pathlib
import re
import sys
import warnings
import zipfile

import cases
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/dynamo"
KEPT = ("/models/model.json", "/data/weights/model_weights_config.json", "/extra/alidade.json")
DATE = (1980, 1, 1, 0, 0, 0)
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def portable(text: bytes) -> bytes:
    """Without the folders of this machine in the stack traces."""
    root = str(pathlib.Path(__file__).resolve().parents[2]).encode() + b"/"
    return re.sub(rb'[^" ]*/site-packages/', b"/venv/site-packages/", text.replace(root, b""))


def json_only(archive: bytes, name: str, extra: dict | None = None) -> bytes:
    """The archive with nothing but its JSON texts, under another name for its folder."""
    out = io.BytesIO()
    with (zipfile.ZipFile(io.BytesIO(archive)) as whole,
          zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept):
        for entry in whole.namelist():
            if entry.endswith(KEPT):
                kept.writestr(zipfile.ZipInfo(name + entry[entry.index("/"):], DATE), portable(whole.read(entry)),
                              zipfile.ZIP_DEFLATED)
        if extra is not None:
            kept.writestr(zipfile.ZipInfo(f"{name}/extra/alidade.json", DATE), json.dumps(extra), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def saved(program: torch.export.ExportedProgram) -> bytes:
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    return buffer.getvalue()


def bundle(parts: list[tuple[str, bytes]], manifest: dict) -> bytes:
    """The manifest first, then each partition stored as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("alidade_bundle.json", DATE), json.dumps(manifest, indent=1))
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, DATE), data)
    return out.getvalue()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    for name, make in cases.CASES.items():
        if wanted and name not in wanted:
            continue
        made = make()
        program, extra = made if isinstance(made, tuple) else (made, None)
        data = json_only(saved(program), name, extra)
        (OUT / f"{name}.pt2").write_bytes(data)
        print(f"{name}: {len(data)} bytes")
    if not wanted or "as_saved" in wanted:
        (OUT / "as_saved.pt2").write_bytes(saved(cases.as_saved()))
    if not wanted or "broken_graph" in wanted:
        parts, manifest = cases.broken_graph()
        files = [(f"partitions/{i}.pt2", json_only(saved(part), f"partition_{i}")) for i, part in enumerate(parts)]
        (OUT / "broken_graph.pt2").write_bytes(bundle(files, manifest))


if __name__ == "__main__":
    main()
