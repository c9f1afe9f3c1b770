"""The verb cached, for the host's capture frontend: an archive per source, versions, shapes and route, made once."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import sys
import zlib

from alidade.capture.faults import CaptureError
from alidade.capture.imports import imported, unchanged
from alidade.capture.phases.source import in_phase
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.sources.archive_file import ArchiveFile
from alidade.capture.sources.source import Source
from alidade.capture.stablehlo.packages import installed

DEFAULTS = {"batch": 1, "seq": 128, "past": 128}
DATA_SIZE = re.compile(r"u\d+")  # what torch.export calls a size that depends on data


@dataclasses.dataclass(frozen=True)
class Entry:
    """One archive of the cache and what is known of it without opening it."""

    path: pathlib.Path
    symbols: tuple[str, ...]
    notes: tuple[str, ...]
    data_sizes: dict[str, int | None]


def folder() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "alidade/capture"


def answer(text: str, request: Request, binds: list[str], leave_open: bool, say) -> int:
    """With `leave_open`, sizes that nobody bound stay symbolic."""
    bindings = dict(parse_bind(bind) for given in binds for bind in given.split(","))
    source = resolve(text)
    if isinstance(source, ArchiveFile) and not request.phase:
        return print_line({"path": str(source.path.resolve()), "bindings": bindings, "notes": []})
    source = in_phase(source, request.phase)
    bindings.update({name: size for name, size in (("batch", request.batch), ("seq", request.seq)) if size})
    wanted = dataclasses.replace(request, batch=None, seq=None, **symbolic(source, request))
    entry = fitting(source, wanted, bindings, say)
    left = {name: bindings.get(name, None if leave_open else DEFAULTS.get(name)) for name in entry.symbols}
    left |= {name: bindings.get(name, size) for name, size in entry.data_sizes.items()}
    for name in bindings:
        if DATA_SIZE.fullmatch(name) and name not in left:
            raise unknown_name(name, source)
    return print_line({"path": str(entry.path), "bindings": {n: size for n, size in left.items() if size},
                       "notes": [*entry.notes, *note_of(entry.data_sizes, bindings)]})


def measured_answer(text: str, request: Request, binds: list[str], device: str, runs: int, say) -> int:
    """An archive with the times of its operators: sizes are numbers, and it is captured and run each time."""
    from alidade.capture.measure import record, times_of
    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.strategy import capture
    bindings = dict(parse_bind(bind) for given in binds for bind in given.split(","))
    source = resolve(text)
    if isinstance(source, ArchiveFile):
        raise CaptureError("this is a captured model, which has no code to run", text,
                           "name what it was captured from: torchvision:NAME, FILE.py:NAME")
    source = in_phase(source, request.phase)
    usual = {} if request.shapes else {name: DEFAULTS[name] for name in source.symbols if name in DEFAULTS}
    request = fixed(source, request, usual | bindings, set())
    say(f"running {source.name}")
    with quiet_libraries():
        done = capture(source, request, say)
        times = {} if runs_itself(done, device) else {"measured": record(times_of(done, device, runs), device, runs)}
        name = f"{source.title.replace('/', '_')}{done.captured.suffix}"
        path = folder() / "measured" / key_of(source, request) / name
        done.write(path, times)
    return print_line({"path": str(path), "bindings": {}, "notes": []})


def runs_itself(done, device: str) -> bool:
    """Whether who reads the file runs it: the program does so with files of TorchScript, on the CPU."""
    return done.captured.suffix == ".pt" and device == "cpu"


def note_of(data_sizes: dict[str, int | None], bindings: dict[str, int]) -> list[str]:
    """That some sizes are those of an example, where nobody bound them."""
    taken = {name: size for name, size in data_sizes.items() if size and name not in bindings}
    shown = ", ".join(f"{name} = {size}" for name, size in taken.items())
    return [f"sizes that depend on data are those of example_inputs: {shown}"] if shown else []


def parse_bind(text: str) -> tuple[str, int]:
    name, equals, size = text.partition("=")
    if not name or not size.isdigit() or not int(size):
        raise CaptureError(f'"{text}" binds nothing', "--bind", "write NAME=SIZE, as in batch=8")
    return name, int(size)


def symbolic(source: Source, request: Request) -> dict:
    """The members of a request that say which dimensions stay symbolic."""
    if request.phase and not request.dynamic:
        return {"left_open": source.symbols}
    return {"dynamic": dynamic_of(source, request)}


def dynamic_of(source: Source, request: Request) -> str:
    """What stays symbolic: as asked for, or what sources of this kind are known by, unless shapes are given."""
    if request.dynamic or request.shapes or request.via in ("trace", "onnx", "jax"):
        return request.dynamic
    axes = {"batch": 0, "seq": 1}
    return ",".join(f"{name}={axes[name]}" for name in source.symbols)


def fitting(source: Source, request: Request, bindings: dict[str, int], say) -> Entry:
    """The entry in which every bound name is a symbol or a size that it was captured with."""
    declared = {d.name for d in request.dimensions()}
    entry = found_or_made(source, fixed(source, request, bindings, declared), say)
    static = declared - set(entry.symbols)
    if not static:
        return entry
    return found_or_made(source, fixed(source, without(request, static), bindings, set(entry.symbols)), say)


def without(request: Request, names: set[str]) -> Request:
    """Dimensions that the model fixes are sizes of the capture."""
    kept = [part for part in request.dynamic.split(",") if part.partition("=")[0] not in names]
    left = tuple(name for name in request.left_open if name not in names)
    return dataclasses.replace(request, dynamic=",".join(kept), left_open=left)


def fixed(source: Source, request: Request, bindings: dict[str, int], symbols: set[str]) -> Request:
    static = {name: size for name, size in bindings.items() if name not in symbols}
    unknown = sorted(name for name in static.keys() - DEFAULTS.keys() if not DATA_SIZE.fullmatch(name))
    if unknown:
        raise unknown_name(unknown[0], source)
    return dataclasses.replace(request, batch=static.get("batch"), seq=static.get("seq"))


def unknown_name(name: str, source: Source) -> CaptureError:
    return CaptureError(f'nothing in this model is called "{name}"', source.name,
                        f"bind batch or seq, or name a dimension with --dynamic {name}=AXIS")


def found_or_made(source: Source, request: Request, say) -> Entry:
    key = key_of(source, request)
    return found(key) or made(source, request, key, say)


def key_of(source: Source, request: Request) -> str:
    """Equal when the same archive would be made."""
    parts = [source.name, source.fingerprint(), source.versions(), installed(), sys.version, request.key(), own_code()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def own_code() -> str:
    """This package's own files: another version of it may capture otherwise."""
    files = sorted(pathlib.Path(__file__).parent.rglob("*.py"))
    return ",".join(f"{file.name}:{file.stat().st_size}:{zlib.crc32(file.read_bytes())}" for file in files)


def found(key: str) -> Entry | None:
    """The entry, if it is there, whole, and made of the code that is there now."""
    try:
        about = json.loads((folder() / key / "about.json").read_text())
        path = folder() / key / about["file"]
        if zlib.crc32(path.read_bytes()) != about["crc32"] or not unchanged(about["imports"]):
            return None
        return Entry(path, tuple(about["symbols"]), tuple(about["notes"]), about["data_sizes"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def made(source: Source, request: Request, key: str, say) -> Entry:
    from alidade.capture.archive import whole_or_absent
    from alidade.capture.quiet import quiet_libraries
    from alidade.capture.reference import extras
    from alidade.capture.strategy import capture
    say(f"capturing {source.name}")
    with quiet_libraries():
        done = capture(source, request, say)
        path = done.write(folder() / key / f"{source.title.replace('/', '_')}{done.captured.suffix}", extras(done))
    symbols = sorted(set(done.captured.symbols.values()))
    notes = [f"captured by {done.route} on the {done.built.device} device"]
    about = {"file": path.name, "crc32": zlib.crc32(path.read_bytes()), "symbols": symbols, "notes": notes,
             "data_sizes": done.data_sizes, "imports": imported()}
    with whole_or_absent(folder() / key / "about.json") as partial:
        partial.write_text(json.dumps(about))
    say(f"captured in {sum(done.seconds.values()):.1f} s")
    return Entry(path, tuple(symbols), tuple(notes), done.data_sizes)


def print_line(line: dict) -> int:
    print(json.dumps(line), flush=True)
    return 0


def print_error(fault: CaptureError) -> None:
    print_line({"error": fault.as_json()})
