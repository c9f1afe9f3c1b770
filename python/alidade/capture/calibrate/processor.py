"""What the system says of its processor: name, cores, clock, vectors, caches, memory."""

import dataclasses
import os
import pathlib
import re
import subprocess

from alidade.capture.faults import CaptureError

CPUINFO, MEMINFO = pathlib.Path("/proc/cpuinfo"), pathlib.Path("/proc/meminfo")
CACHES = pathlib.Path("/sys/devices/system/cpu")
ZEN_4 = 25  # a family of AMD whose 512-bit units take two cycles


@dataclasses.dataclass(frozen=True)
class Processor:
    """One machine's CPU. `flops_per_cycle` is of one core in f32."""

    name: str
    cores: int
    ghz: float
    flops_per_cycle: int
    vectors: str  # "AVX-512"
    cache_mb: float
    memory_gib: float
    bf16: bool  # whether it multiplies such numbers

    def peak_tflops(self) -> float:
        return self.cores * self.ghz * self.flops_per_cycle / 1e3


def read_processor(cores: int) -> Processor:
    facts = fields(CPUINFO.read_text())
    flags = set(facts.get("flags", facts.get("Features", "")).split())
    wide, vectors = width(flags, facts)
    return Processor(facts.get("model name", os.uname().machine), cores, clock(facts), wide, vectors, cache_mb(CACHES),
                     memory_gib(MEMINFO.read_text()), bool(flags & {"avx512_bf16", "amx_bf16", "bf16"}))


def fields(cpuinfo: str) -> dict[str, str]:
    """Those of the first processor."""
    lines = [line.split(":", 1) for line in cpuinfo.split("\n\n")[0].splitlines() if ":" in line]
    return {name.strip(): value.strip() for name, value in lines}


def width(flags: set[str], facts: dict[str, str]) -> tuple[int, str]:
    """FLOPs a cycle of two units of fused multiply-adds, and what they are called."""
    if "avx512f" in flags:
        halved = facts.get("vendor_id") == "AuthenticAMD" and int(facts.get("cpu family", 0)) <= ZEN_4
        return (32 if halved else 64), "AVX-512"
    if "fma" in flags and "avx2" in flags:
        return 32, "AVX2"
    if "asimd" in flags:
        return 16, "NEON"
    raise CaptureError("the processor has neither AVX2 nor NEON, and the CPU libraries of PyTorch are scored on no "
                       "other", str(CPUINFO), "write its device file by hand: docs/hardware_models.md")


def clock(facts: dict[str, str]) -> float:
    """GHz: what the name says (that is the base clock), else what the system has just seen."""
    named = re.search(r"@ ([\d.]+)GHz", facts.get("model name", ""))
    if named:
        return float(named[1])
    seen = float(facts.get("cpu MHz", 0)) / 1e3 or highest_khz() / 1e6
    if seen:
        return seen
    raise CaptureError("the system does not say what clock the processor has", str(CPUINFO),
                       "write its device file by hand: docs/hardware_models.md")


def highest_khz() -> float:
    try:
        return float((CACHES / "cpu0/cpufreq/cpuinfo_max_freq").read_text())
    except (OSError, ValueError):
        return 0


def cache_mb(root: pathlib.Path) -> float:
    """All caches of the last level, each once; without /sys, as in a sandbox, the one that the C library knows."""
    seen: dict[tuple[int, str], float] = {}
    for index in root.glob("cpu[0-9]*/cache/index*"):
        try:
            level, shared = int((index / "level").read_text()), (index / "shared_cpu_list").read_text().strip()
            seen[level, shared] = kib((index / "size").read_text()) * 1024 / 1e6
        except (OSError, ValueError):
            continue
    last = max((level for level, _ in seen), default=0)
    if not last and (known := of_the_c_library()):
        return known / 1e6
    if not last:
        raise CaptureError("the system does not say what caches it has", str(root),
                           "write the device file by hand: docs/hardware_models.md")
    return sum(size for (level, _), size in seen.items() if level == last)


def of_the_c_library() -> int:
    """Bytes; 0 where it does not know."""
    try:
        said = subprocess.run(["getconf", "LEVEL3_CACHE_SIZE"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return 0
    return int(said) if said.isdigit() else 0


def kib(text: str) -> int:
    units = {"K": 1, "M": 1024, "G": 1024 * 1024}
    return int(text.strip()[:-1]) * units[text.strip()[-1]]


def memory_gib(meminfo: str) -> float:
    found = re.search(r"MemTotal:\s+(\d+) kB", meminfo)
    if not found:
        raise CaptureError("the system does not say what its memory holds", str(MEMINFO),
                           "write the device file by hand: docs/hardware_models.md")
    return int(found[1]) / 1024 ** 2
