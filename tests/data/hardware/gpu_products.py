"""Writes gpu_products.csv: matrix products on GPUs by a model in Python, written apart from the plugin.

Units: microseconds, bytes, FLOPs. Prints rows of: device, groups, m, n, k, bytes of an element, of the right one's,
copies of it, us.
"""

import itertools
import math

TILES = [(256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64), (64, 256), (256, 64), (32, 64), (32, 128)]
TILES += [(64, 32), (16, 64), (16, 128), (16, 32)]
DEVICES = {  # FLOPs, DRAM bytes and L2 bytes in a microsecond, L2 bytes, cores, cycles in a microsecond
    "h100": (989.4e6, 3352e3 * 0.876, 9700e3, 25e6, 132, 1755.0),
    "a100": (312e6 * 0.823, 2039e3 * 0.714, 4500e3, 20e6, 108, 1410.0),
    "l40s": (362e6 * 0.685, 864e3 * 0.768, 5200e3, 96e6, 142, 2520.0),
}


def in_cache(touched, capacity):
    return min(1.0, max(0.0, 1.0 + (1.0 - touched / capacity) / 0.3582))


def norm4(*times):
    return sum(t**4 for t in times) ** 0.25


def fed(tm, tn):
    return 1.0 + 1.027 * 64 * (tm + tn) / (tm * tn)


def one(device, g, m, n, k, a_size, w_size, copies, tm, tn, s):
    flop, dram, l2, capacity, sms, clock = DEVICES[device]
    a, w, out = g * m * k * a_size, g * n * k * w_size, 2.0 * g * m * n
    rows, columns = math.ceil(m / tm), math.ceil(n / tn)
    tiles = g * rows * columns * s
    depth = math.ceil(k / s / 64) * 64 if s == 1 else max(256, math.ceil(k / s / 64) * 64)
    waves = 0.19 * math.ceil(tiles / sms) + 0.81 * max(tiles / sms, 1.0)
    step = max(2.0 * tm * tn * 64 / (flop / sms * fed(256, 128) / fed(tm, tn)), 196 / clock)
    compute = waves * step * depth / 64 + 1020 / clock
    feed = 0.721 * tiles * (min(tm, m) * a_size + min(tn, n) * w_size) * depth
    feed /= l2 * min(1.0, min(tiles, sms) * 1.61 / sms)
    hit = in_cache(a + out, 0.54 * capacity)
    active = min(tiles, sms) / s
    block = min(rows, max(1, math.floor(active**0.5)))
    reads = math.ceil(columns / min(columns, max(1, math.floor(active / block)))) if a > 0.5 * capacity else 1
    weights = w * (1 - in_cache(copies * (a + w + out), capacity)) if copies else w
    memory = (weights + (a * reads + 0.655 * out) * (1 - hit)) / dram
    end = waves * tm * tn * 2 / (0.489 * l2 / sms)
    if s > 1:
        end += 4720 / clock + (s + 1) * g * m * n * 4 / l2
    return norm4(compute, memory, feed) + end


def product(*args):
    return min(one(*args, tm, tn, s) for (tm, tn), s in itertools.product(TILES, (1, 2, 3, 4, 6, 8, 16, 32)))


print("# By gpu_products.py beside this file.")
print("device,groups,m,n,k,left_size,right_size,copies,us")
SIZES = [(1, 4096, 4096), (17, 1000, 511), (128, 12288, 128), (1000, 65, 8192), (4096, 4096, 4096), (65536, 256, 64)]
for device, (m, n, k) in itertools.product(DEVICES, SIZES):
    for g, left, right, copies in ((1, 2, 2, 0), (1, 2, 0.5, 0), (1, 2, 2, 7), (6, 1, 1, 0)):
        us = product(device, g, m, n, k, left, right, copies)
        print(f"{device},{g},{m},{n},{k},{left},{right},{copies},{us:.9g}")
