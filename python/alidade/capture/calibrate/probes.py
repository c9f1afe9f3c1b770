"""What this machine does in a second: products, streams, and the start of a kernel, as PyTorch runs them."""

import contextlib
import dataclasses
import math
import statistics
import time
from collections.abc import Callable

SIZES = (512, 1024, 2048)
ROUNDS = 5
LONG_ENOUGH = 0.05  # seconds of one round
MOST_SPREAD = 0.15  # between rounds on a machine that does nothing else


@dataclasses.dataclass
class Probe:
    """One quantity, measured in rounds: `amount` of work is done by each call."""

    name: str
    unit: str
    amount: float
    work: Callable[[], object]
    threads: int
    rounds: list[float] = dataclasses.field(default_factory=list)  # seconds of a call
    least: float = math.inf  # seconds of any one call

    def seconds(self) -> float:
        """Of an undisturbed call: the middle, or where others disturbed some the one that they disturbed least."""
        return min(self.least, *self.rounds) if self.disturbed() else statistics.median(self.rounds)

    def disturbed(self) -> bool:
        return self.spread() > MOST_SPREAD

    def rate(self) -> float:
        return self.amount / self.seconds()

    def spread(self) -> float:
        """How far the rounds lie apart, as a part of their middle."""
        return (max(self.rounds) - min(self.rounds)) / statistics.median(self.rounds)


def measure(probes: list[Probe], rounds: int = ROUNDS) -> None:
    """Round by round over all of them: what disturbs one for a while is seen in more than one."""
    for probe in probes:
        with threads(probe.threads):
            probe.work(), probe.work()
    for _ in range(rounds):
        for probe in probes:
            with threads(probe.threads):
                spans = seconds_of_calls(probe.work)
            probe.rounds.append(statistics.median(spans))
            probe.least = min(probe.least, *spans)


def seconds_of_calls(work: Callable[[], object]) -> list[float]:
    """As many calls as fill a round, three at least."""
    spans: list[float] = []
    while len(spans) < 3 or sum(spans) < LONG_ENOUGH:
        started = time.perf_counter()
        work()
        spans.append(time.perf_counter() - started)
    return spans


@contextlib.contextmanager
def threads(count: int):
    import torch
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def product(size: int, dtype: str, count: int) -> Probe:
    import torch
    left, right = (torch.randn(size, size).to(getattr(torch, dtype)) for _ in range(2))
    out = torch.empty_like(left)
    return Probe(f"a product of {size} x {size} in {dtype}, {told(count)}", "FLOP", 2.0 * size ** 3,
                 lambda: torch.mm(left, right, out=out), count)


def streams(array_bytes: int, count: int) -> list[Probe]:
    """Copy and triad; what is written is counted once, as STREAM does."""
    import torch
    a, b, c = (torch.ones(array_bytes // 4) for _ in range(3))
    return [Probe(f"a copy, {told(count)}", "B", 2.0 * a.nbytes, lambda: a.copy_(b), count),
            Probe(f"a triad, {told(count)}", "B", 3.0 * a.nbytes, lambda: torch.add(b, c, alpha=3.0, out=a), count)]


def start(count: int) -> Probe:
    """A convolution so small that nothing is left of it but its dispatch, its fork and its join."""
    import torch
    image, weight = torch.randn(1, 8, 4, 4), torch.randn(8, 8, 3, 3)
    return Probe(f"the smallest convolution, {told(count)}", "call", 1.0,
                 lambda: torch.conv2d(image, weight, padding=1), count)


def told(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"
