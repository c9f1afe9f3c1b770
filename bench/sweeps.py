#!/usr/bin/env python3
"""Measures a sweep: 20 models at 8 batches on 6 devices, 960 points into a new store.

Part of ./dev bench; alone: sweeps.py ALIDADE (the built program)
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

MODELS = 20  # those of the zoo that take another batch, and copies of them under other names
BATCHES = "1,2,4,8,16,32,64,128"
DEVICES = "h100_sxm,a100_sxm_80,l4,t4,xeon_8480p,trn1"
POINTS = MODELS * len(BATCHES.split(",")) * len(DEVICES.split(","))
RUNS = 7
ZOO = ("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "deeplabv3_resnet50")


def write_models(zoo: Path, folder: Path) -> list[str]:
    """Files of their own: each is read."""
    made = [folder / f"{ZOO[i % len(ZOO)]}_{i // len(ZOO)}.onnx" for i in range(MODELS)]
    for i, path in enumerate(made):
        shutil.copyfile(zoo / f"{ZOO[i % len(ZOO)]}.onnx", path)
    return [str(path) for path in made]


def once(program: str, models: list[str], store: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the processors."""
    store.unlink(missing_ok=True)
    command = [program, "sweep", *models, "--batch", BATCHES, "--on", DEVICES, "-o", str(store)]
    begin = time.monotonic()
    silent = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(program, command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{program} sweep: status {status}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime


def sweeps(program: str, zoo: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        models = write_models(zoo, Path(name))
        took = [once(program, models, Path(name) / "sweep.db") for _ in range(RUNS)]
    return {"points": POINTS, "wall_s": statistics.median(wall for wall, _ in took),
            "cpu_s": statistics.median(cpu for _, cpu in took)}


def line(found: dict[str, float]) -> str:
    return (f"{found['points']:,} points ({MODELS} models, 8 batches, 6 devices) into a new store, a whole process: "
            f"{found['wall_s']:.2f} s, {found['cpu_s']:.2f} s of processor time, "
            f"{found['points'] / found['wall_s']:,.0f} points a second (`bench/sweeps.py`).")


def main() -> None:
    program = str(Path(sys.argv[1]).resolve())
    print(line(sweeps(program, Path(__file__).parent.parent / "models")))


if __name__ == "__main__":
    main()
