"""This machine's CPU as a device file: facts of the system, and three constants that were measured."""

import argparse
import dataclasses
import os
import pathlib

from alidade.capture.archive import whole_or_absent
from alidade.capture.calibrate import probes
from alidade.capture.calibrate.probes import MOST_SPREAD, Probe, product, start, streams
from alidade.capture.calibrate.processor import Processor, read_processor
from alidade.capture.faults import CaptureError
from alidade.capture.measure import busy

LONGEST_START = 0.01  # seconds: what a device file takes
LEAST_ARRAY, MOST_ARRAY = 64 << 20, 1 << 30


@dataclasses.dataclass
class Machine:
    """What was measured, by what it is for."""

    products: list[Probe]  # of f32, on all cores
    alone: Probe | None  # on one core of several
    halves: Probe | None  # of bf16, where the processor multiplies them
    streams: list[Probe]
    start: Probe

    def probes(self) -> list[Probe]:
        some = [probe for probe in (self.alone, self.halves) if probe]
        return [*self.products, *some, *self.streams, self.start]

    def flops(self) -> float:
        return max(probe.rate() for probe in self.products)

    def bandwidth(self) -> float:
        return max(probe.rate() for probe in self.streams)


def prepared(processor: Processor, sizes: tuple[int, ...] = probes.SIZES, array_bytes: int = 0) -> Machine:
    cores, largest = processor.cores, max(sizes)
    array = array_bytes or int(min(max(LEAST_ARRAY, 4 * processor.cache_mb * 1e6), MOST_ARRAY))
    return Machine([product(size, "float32", cores) for size in sizes],
                   product(largest, "float32", 1) if cores > 1 else None,
                   product(largest, "bfloat16", cores) if processor.bf16 else None, streams(array, cores), start(cores))


def refuse_if_busy(machine: Machine) -> None:
    widest = max(machine.probes(), key=Probe.spread)
    if not widest.disturbed():
        return
    more = f" ({why})" if (why := busy("cpu")) else ""
    raise CaptureError(f"this machine is busy: runs of {widest.name} lie {100 * widest.spread():.0f} % apart, and "
                       f"{100 * MOST_SPREAD:.0f} % is the most that a calibration is made of{more}", "calibrate cpu",
                       "stop what else runs and calibrate again; --force writes the file, its constants marked as "
                       "uncertain")


def refuse_if_unusable(machine: Machine) -> None:
    if machine.start.seconds() > LONGEST_START:
        raise CaptureError(f"starting a kernel takes {1e3 * machine.start.seconds():.0f} ms, and no machine that does "
                           f"nothing else takes more than {1e3 * LONGEST_START:.0f}", "calibrate cpu",
                           "stop what else runs and calibrate again")


def device_file(processor: Processor, machine: Machine) -> str:
    share = machine.flops() / 1e12 / processor.peak_tflops()
    best = max(machine.products, key=Probe.rate)
    stream = max(machine.streams, key=Probe.rate)
    peaks = {"f32": processor.peak_tflops(), "f64": processor.peak_tflops() / 2}
    halves = ""
    if machine.halves:
        peaks["bf16"] = machine.halves.rate() / 1e12 / share
        halves = f"; bf16: measured with {machine.halves.name}, by compute_share"
    shaky = [name for name, wide in (("compute_share", best), ("dram_gbps", stream), ("launch_us", machine.start))
             if wide.disturbed()]
    values = {
        "schema": quoted("alidade.device/1"), "name": quoted(f"{processor.name}, {cores(processor)}"),
        "use": quoted("cpu.kernels"),
        "peak_tflops": "{ " + ", ".join(f"{name} = {peak:.4g}" for name, peak in peaks.items()) + " }",
        "flops_a_cycle": f"{processor.flops_per_cycle}",
        "dram_gbps": f"{machine.bandwidth() / 1e9:.4g}", "cache_mb": f"{processor.cache_mb:.4g}",
        "memory_gib": f"{processor.memory_gib:.4g}", "compute_share": f"{share:.4g}", "memory_share": "1.0",
        "launch_us": f"{1e6 * machine.start.seconds():.4g}", "tier": quoted("calibrated"),
        "uncertain": "[" + ", ".join(map(quoted, ["peak_tflops", *shaky])) + "]"}
    sources = {
        "peak_tflops": f"{cores(processor)} x {processor.flops_per_cycle} FLOP a cycle ({processor.vectors}) at "
                       f"{processor.ghz:.4g} GHz" + halves,
        "flops_a_cycle": f"{processor.vectors}, two units",
        "dram_gbps": f"measured: {stream.name}", "cache_mb": "the system: caches of the last level",
        "memory_gib": "the system", "compute_share": f"measured: {best.name}",
        "memory_share": "dram_gbps is what a stream reaches", "launch_us": f"measured: {machine.start.name}"}
    return "".join([f"# {processor.name}, calibrated by alidade.\n", *lines(values), "\n[sources]\n",
                    *lines({name: quoted(text) for name, text in sources.items()})])


def cores(processor: Processor) -> str:
    return "1 core" if processor.cores == 1 else f"{processor.cores} cores"


def lines(values: dict[str, str]) -> list[str]:
    return [f"{name} = {value}\n" for name, value in values.items()]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def table(machine: Machine) -> str:
    """What was measured, a line each, and how far rounds lay apart."""
    rows = [("", "", "apart"),
            *((probe.name, amount(probe), f"{100 * probe.spread():.1f} %") for probe in machine.probes())]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    return "".join(f"  {name:<{wide[0]}}  {rate:>{wide[1]}}  {spread:>{wide[2]}}\n" for name, rate, spread in rows)


def amount(probe: Probe) -> str:
    if probe.unit == "call":
        return f"{1e6 * probe.seconds():.1f} us"
    return f"{probe.rate() / 1e9:.1f} G{probe.unit}/s"


def own_file() -> pathlib.Path:
    """Where `alidade` looks for devices of this machine."""
    base = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share"
    return pathlib.Path(base) / "alidade/hardware/this_cpu.toml"


def run(options: argparse.Namespace, say) -> int:
    import torch
    processor = read_processor(torch.get_num_threads())
    say(f"{processor.name}, {cores(processor)} at {processor.ghz:.3g} GHz: products, streams, starts; some seconds")
    with torch.no_grad():
        machine = prepared(processor)
        probes.measure(machine.probes())
    print(table(machine), end="")
    if not options.force:
        refuse_if_busy(machine)
    refuse_if_unusable(machine)
    path = options.output or own_file()
    with whole_or_absent(path) as partial:
        partial.write_text(device_file(processor, machine), encoding="utf-8")
    print(f"{path}: alidade estimate MODEL --on {path.stem if path == own_file() else path}")
    return 0
