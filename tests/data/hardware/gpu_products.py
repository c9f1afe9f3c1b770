"""Writes gpu_products.csv: matrix products on GPUs by a model in Python, written apart from the plugin.

Units: microseconds, bytes, FLOPs. Prints rows of: device, groups, m, n, k, bytes of an element, of the right one's,
copies of it, us.
"""

import dataclasses
import itertools
import math


@dataclasses.dataclass
class Library:
    tiles: list
    splits: tuple = (1, 2, 3, 4, 6, 8, 16, 32)
    share: float = 1.0
    feed: float = 1.027
    whole: float = 0.19
    fill: float = 1020
    refill: float = 0
    step: float = 196
    l2_share: float = 0.721
    one_core: float = 1.61
    in_flight: float = 1e9
    epilogue: float = 0.489
    split: float = 4720
    kept: float = 0.54
    written: float = 0.655
    norm: float = 4


TILES = [(256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64), (64, 256), (256, 64), (32, 64), (32, 128)]
TILES += [(64, 32), (16, 64), (16, 128), (16, 32)]
DEVICES = {  # FLOPs, DRAM bytes and L2 bytes in a microsecond, L2 bytes, cores, cycles in a microsecond
    "h100": (989.4e6, 3352e3 * 0.876, 9700e3, 25e6, 132, 1755.0),
    "a100": (312e6 * 0.823, 2039e3 * 0.714, 4500e3, 20e6, 108, 1410.0),
    "l40s": (362e6 * 0.685, 864e3 * 0.768, 5200e3, 96e6, 142, 2520.0),
}


def in_cache(touched, capacity):
    return min(1.0, max(0.0, 1.0 + (1.0 - touched / capacity) / 0.3582))


def norm(p, *times):
    return max(times) * sum((t / max(times)) ** p for t in times) ** (1 / p)


def fed(lib, tm, tn):
    return 1.0 + lib.feed * 64 * (tm + tn) / (tm * tn)


COMMON = {"whole": 0.3449, "fill": 0, "epilogue": 0.9373, "kept": 0.623, "written": 0.8024, "norm": 5.1}
VENDOR = Library(TILES)
WEIGHT_ONLY = Library([(16, 64), (32, 64), (64, 64), (32, 128), (64, 128), (128, 128), (128, 256)], (1, 2, 4), 1.038,
                      0.8164, refill=1957, step=177, l2_share=0.6092, one_core=1.5, in_flight=0.7413, split=12700,
                      **COMMON)
WHOLE_BYTES = Library([(64, 64), (64, 128), (128, 128), (128, 256), (256, 128)], (1,), 1.057, 0.2925, whole=0.537,
                      fill=792, refill=4461, step=118, l2_share=1.136, one_core=3.366, in_flight=3.356,
                      epilogue=0.7794, kept=0.3586, written=0.8024, norm=5.677)


def library(a_size, w_size):
    return VENDOR if min(a_size, w_size) >= 2 else WEIGHT_ONLY if a_size >= 2 else WHOLE_BYTES


def one(lib, device, g, m, n, k, a_size, w_size, copies, tm, tn, s):
    flop, dram, l2, capacity, sms, clock = DEVICES[device]
    a, w, out = g * m * k * a_size, g * n * k * w_size, 2.0 * g * m * n
    rows, columns = math.ceil(m / tm), math.ceil(n / tn)
    tiles = g * rows * columns * s
    depth = math.ceil(k / s / 64) * 64 if s == 1 else max(256, math.ceil(k / s / 64) * 64)
    waves = lib.whole * math.ceil(tiles / sms) + (1 - lib.whole) * max(tiles / sms, 1.0)
    step = max(2.0 * tm * tn * 64 / (flop * lib.share / sms * fed(lib, 256, 128) / fed(lib, tm, tn)), lib.step / clock)
    compute = waves * (step * depth / 64 + lib.refill / clock) + lib.fill / clock
    feed = lib.l2_share * tiles * (min(tm, m) * a_size + min(tn, n) * w_size) * depth
    feed /= l2 * min(1.0, min(tiles, sms) * lib.one_core / sms)
    hit = in_cache(a + out, lib.kept * capacity)
    active = min(tiles, sms) / s
    block = min(rows, max(1, math.floor(active**0.5)))
    reads = math.ceil(columns / min(columns, max(1, math.floor(active / block)))) if a > 0.5 * capacity else 1
    weights = w * (1 - in_cache(copies * (a + w + out), capacity)) if copies else w
    memory = (weights + (a * reads + lib.written * out) * (1 - hit)) / (dram * min(1.0, tiles * lib.in_flight / sms))
    end = waves * tm * tn * 2 / (lib.epilogue * l2 / sms)
    if s > 1:
        end += lib.split / clock + (s + 1) * g * m * n * 4 / l2
    return norm(lib.norm, compute, memory, feed) + end


def product(*args):
    lib = library(*args[5:7])
    if lib is WHOLE_BYTES and args[2] <= 4:
        device, g, m, n, k = args[:5]
        _, dram, _, _, sms, clock = DEVICES[device]
        return max(g * m * n * k / 50 / sms / clock, g * (m * k + n * k + 2 * m * n) / dram) + 0.74
    return min(one(lib, *args, tm, tn, s) for (tm, tn), s in itertools.product(lib.tiles, lib.splits))


print("# By gpu_products.py beside this file.")
print("device,groups,m,n,k,left_size,right_size,copies,us")
SIZES = [(1, 4096, 4096), (17, 1000, 511), (128, 12288, 128), (1000, 65, 8192), (4096, 4096, 4096), (65536, 256, 64)]
for device, (m, n, k) in itertools.product(DEVICES, SIZES):
    for g, left, right, copies in ((1, 2, 2, 0), (1, 2, 0.5, 0), (1, 2, 2, 7), (6, 1, 1, 0)):
        us = product(device, g, m, n, k, left, right, copies)
        print(f"{device},{g},{m},{n},{k},{left},{right},{copies},{us:.9g}")
