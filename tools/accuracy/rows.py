"""A measured row, whatever file it comes from."""

import collections.abc
import csv
import dataclasses
import gzip
import pathlib
import zlib


class UnreadableRow(Exception):
    """A row that no graph can be made of; says why."""


class UnreadableSet(Exception):
    """A set that cannot be scored; says why."""


@dataclasses.dataclass(slots=True)
class Row:
    """What was measured, and a graph of it.

    An operator is a part of a larger graph that `build(graph, prefix)` adds nodes named PREFIX.PART to; rows of one
    `group` share these nodes, and `parts` says which are this row's (none: all). A network is a file of its own:
    `path` of a captured one, or `build` of one that is written here. `path` with `parts`: some modules of a network."""

    family: str  # its halves are made by a hash of this
    seconds: float
    flops: float  # for the naive roofline, as are the next two
    bytes: float
    arithmetic: str  # the key of peak_tflops; "" where the file does not say the work
    build: collections.abc.Callable | None = None
    path: pathlib.Path | None = None
    batch: int | None = None  # of a captured network, whose batch is symbolic
    image: tuple[int, ...] | None = None  # the shape of its input without the batch, where another was captured
    group: str = ""
    parts: tuple[str, ...] = ()
    kind: str = ""  # count kernels of this kind only
    copies: int = 0  # of its operands, which a benchmark takes in turn, so that caches hold no more than by chance
    joules: float | None = None
    peak_bytes: int | None = None  # in place of the time: of all that lives beside the weights

    @property
    def held_out(self):
        return zlib.crc32(self.family.encode()) & 1 == 1


def stored(path):
    """The file, packed as "x.csv.gz" or not as "x.csv"; nothing where there is neither."""
    for file in (path, path.with_suffix("") if path.suffix == ".gz" else path):
        if file.exists():
            return file
    return None


def records(path):
    """The records of a CSV file, packed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def family_of(name):
    """"resnet" of "resnetv2_50x1_bit": the leading letters of a network's name."""
    letters = name.lower()
    for at, letter in enumerate(letters):
        if not letter.isalpha():
            return letters[:at] or letters
    return letters
