"""PyTorch's operator database: what torch.export takes of it is read, and counted as FlopCounterMode counts."""

import os
import pathlib
import subprocess
import sys

from verdict import Judged

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "torch_ops"))
import check  # noqa: E402

KINDS = {"plain": "torch: operators", "complex": "torch: operators", "in_place": "torch: in place",
         "symbolic": "torch: open sizes", "eval": "torch: modules", "train": "torch: modules"}


def suites(options) -> dict[str, dict[str, Judged]]:
    """The files are made once, by the Python that captures; an hour where there are none yet."""
    folder = pathlib.Path(os.environ["ALIDADE_CONFORMANCE_CACHE"]) / "torch_ops"
    make = [os.environ["ALIDADE_CAPTURE_PYTHON"], "-W", "ignore", HERE / "torch_ops/make_files.py", folder]
    subprocess.run(make, check=True, env=os.environ | {"PYTHONPATH": str(HERE.parents[1] / "python")})
    files, _ = check.files(folder)
    found: dict[str, dict[str, Judged]] = {title: {} for title in KINDS.values()}
    for file, told in zip(files, check.profiles(files), strict=True):
        found[KINDS[file.name.split("/")[1]]][file.name] = judged(file, told)
    return found


def judged(file: check.File, told: dict) -> Judged:
    wrong = check.judged(file, told)
    if "read" in wrong:
        return Judged(failures=["not read: " + wrong["read"]])
    made, by_data = len(file.facts["shapes"]), "by data" in wrong
    row = Judged(read=True, outputs=made, by_data=made if by_data else 0,
                 equal=0 if by_data or "shapes" in wrong else made,
                 macs=told["totals"]["by_convention"]["torch"]["counted"] // 2, macs_equal="torch" not in wrong)
    row.failures = [f"{part}: {why}" for part, why in wrong.items() if part != "by data"]
    return row
