"""Zip archives, wrong ones too, and models of the tests with one thing changed."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from paths import SOURCE


@dataclass(frozen=True)
class Entry:
    """A file in an archive; what is not None is stated in place of the truth."""

    name: bytes
    data: bytes
    deflated: bool = False
    flags: int = 0
    local_name: bytes | None = None
    size: int | None = None
    crc: int | None = None
    header: int | None = None


def archive(*entries: Entry) -> bytes:
    out, directory = b"", b""
    for e in entries:
        packed = zlib.compress(e.data, 9, -15) if e.deflated else e.data
        crc = zlib.crc32(e.data) if e.crc is None else e.crc
        size = len(e.data) if e.size is None else e.size
        facts = struct.pack("<HHHHHIII", 20, e.flags, 8 if e.deflated else 0, 0, 0, crc, len(packed), size)
        own = e.name if e.local_name is None else e.local_name
        at = len(out) if e.header is None else e.header
        out += b"PK\3\4" + facts + struct.pack("<HH", len(own), 0) + own + packed
        directory += (
            b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<HHHHHII", len(e.name), 0, 0, 0, 0, 0, at) + e.name
        )
    count = len(entries)
    return out + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)


def entries_of(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(SOURCE / "tests/data" / path) as file:
        return {name: file.read(name) for name in file.namelist()}


def repacked(entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return out.getvalue()


def program(json: bytes) -> bytes:
    """An exported program of this JSON text."""
    return repacked({"m/models/model.json": json}, zipfile.ZIP_DEFLATED)


def exported(old: str, new: str, name: str = "linears") -> Callable[[], bytes]:
    """A program of the tests with one text of its JSON exchanged."""

    def make() -> bytes:
        json = entries_of(f"dynamo/{name}.pt2")[f"{name}/models/model.json"].decode()
        if old not in json:
            raise ValueError(f"{name}.pt2 does not hold {old!r}")
        return program(json.replace(old, new, 1).encode())

    return make


def script(name: str = "linears", **changed: bytes | Callable[[bytes], bytes] | None) -> Callable[[], bytes]:
    """A TorchScript file of the tests: entries whose names end so are changed, or left out where None; _ is a dot."""

    def make() -> bytes:
        entries = entries_of(f"torchscript/{name}.pt")
        for ending, data in changed.items():
            found = [entry for entry in entries if entry.endswith("/" + ending.replace("_", "."))]
            if not found:
                raise ValueError(f"{name}.pt has no entry {ending}")
            for entry in found:
                if data is None:
                    del entries[entry]
                else:
                    entries[entry] = data(entries[entry]) if callable(data) else data
        return repacked(entries)

    return make
