"""Figures of a device file: what the naive roofline and the energy of idling need."""

import json
import os
import pathlib
import tomllib

from rows import UnreadableSet

ROOT = pathlib.Path(__file__).resolve().parents[2]


CONSTANTS = ("tier", "compute_share", "memory_share", "launch_us", "spread")  # what is fitted; models have defaults


class Device:
    def __init__(self, name, file):
        figures = tomllib.loads(file.read_text(encoding="utf-8"))
        self.name, self.file = name, file
        self.peaks = {key: value * 1e12 for key, value in figures.get("peak_tflops", {}).items()}
        self.bandwidth = figures["dram_gbps"] * 1e9
        self.idle_watts = figures.get("idle_watts")

    def naive_seconds(self, row):
        """The longer of all work at the peak and each byte once; nothing where the file has no such peak."""
        if row.arithmetic not in self.peaks:
            return None
        return max(row.flops / self.peaks[row.arithmetic], row.bytes / self.bandwidth)


def folders():
    listed = os.environ.get("ALIDADE_HARDWARE_PATH", "").split(":")
    return [pathlib.Path(folder) for folder in listed if folder] + [ROOT / "config" / "hardware"]


def device_named(names):
    """The first of "a40|rtx_a40" that has a file."""
    for name in names.split("|"):
        for folder in folders():
            file = folder / f"{name}.toml"
            if file.exists():
                return Device(name, file)
    raise UnreadableSet(f"no device file {' or '.join(name + '.toml' for name in names.split('|'))}")


def without_constants(device, folder):
    """A copy of a device's file that has its datasheet's figures only."""
    lines = []
    for line in device.file.read_text(encoding="utf-8").splitlines():
        if line.partition(" = ")[0] in CONSTANTS:
            continue
        if line.startswith("uncertain = "):
            names = [name for name in tomllib.loads(line)["uncertain"] if name not in CONSTANTS]
            line = f"uncertain = {json.dumps(names)}"
        lines.append(line)
    copy = folder / f"{device.name}.toml"
    copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy
