"""What the verbs do, once their options are read."""

import argparse
import dataclasses
import pathlib
import shutil

from alidade.capture.archive import whole_or_absent
from alidade.capture.compare import compare, table
from alidade.capture.faults import CaptureError
from alidade.capture.inspect import text_of
from alidade.capture.listing import missing, sources
from alidade.capture.measure import WHOLE, busy, measure_to_file
from alidade.capture.phases.source import in_phase
from alidade.capture.quiet import quiet_libraries
from alidade.capture.reference import extras
from alidade.capture.request import Request
from alidade.capture.save_code import save_code
from alidade.capture.sources import resolve
from alidade.capture.sources.archive_file import ArchiveFile
from alidade.capture.sources.source import Source
from alidade.capture.strategy import Say, capture


def capture_to_file(options: argparse.Namespace, request: Request, say: Say) -> int:
    source = resolve(options.source)
    if isinstance(source, ArchiveFile) and not request.phase:
        return pass_through(source, options.output, say)
    source = in_phase(source, request.phase)
    request = with_open_sizes(source, request)
    with quiet_libraries():
        made = capture(source, request, say)
        path = made.write(options.output or pathlib.Path(source.title + made.captured.suffix), extras(made))
        codes = save_code(made.captured.programs(), source.title, source.name, options.save_code) if options.save_code \
            else []
    say(told(made, path))
    for code in codes:
        say(f"{code}: run it with python")
    return 0


def with_open_sizes(source: Source, request: Request) -> Request:
    """A phase leaves its batch and its lengths symbolic where they are not given."""
    if not request.phase or request.dynamic:
        return request
    given = {"batch": request.batch, "seq": request.seq}
    return dataclasses.replace(request, left_open=tuple(name for name in source.symbols if not given.get(name)))


def print_comparison(name: str, request: Request, say: Say) -> int:
    source = by_name(name, request)
    with quiet_libraries():
        text = table(compare(source, with_open_sizes(source, request), say))
    print(text, end="")
    return 0


def print_graphs(name: str, request: Request, values: bool, say: Say) -> int:
    with quiet_libraries():
        source = by_name(name, request)
        made = capture(source, with_open_sizes(source, request), say)
        text = text_of(made.captured.views(), values)
    if not text:
        raise CaptureError(f"the route {made.route} makes no torch.fx graph", name, "use --via export, dynamo or fx")
    print(text, end="")
    return 0


def measure(options: argparse.Namespace, request: Request, say: Say) -> int:
    source = by_name(options.source, request)
    path = options.output or pathlib.Path(source.title + ".csv")
    if why := busy(options.device):
        say(why)
    with quiet_libraries():
        times = measure_to_file(capture(source, request, say), options.device, options.runs, path)
    say(f"{path}: {1e3 * times[WHOLE]:.3g} ms on {options.device}, {len(times) - 1} operators; beside an estimate: "
        f"alidade estimate {source.name} --on DEVICE --measured {path}")
    return 0


def print_sources(wanted: str, say: Say) -> int:
    with quiet_libraries():
        found = sources(wanted)
    for package in missing():
        say(f"{package} is not installed: its models are not listed")
    if not found:
        raise CaptureError(f'no source is called anything like "{wanted}"', "list", "list without a filter shows all")
    print("\n".join(found))
    return 0


def by_name(name: str, request: Request) -> Source:
    source = resolve(name)
    if isinstance(source, ArchiveFile):
        raise CaptureError("this is a captured model already", name, f"alidade inspect {name} shows what is in it")
    return in_phase(source, request.phase)


def pass_through(source: ArchiveFile, output: pathlib.Path | None, say: Say) -> int:
    if output and output.resolve() != source.path.resolve():
        with whole_or_absent(output) as partial:
            shutil.copyfile(source.path, partial)
    say(f"{output or source.path}: captured already")
    return 0


def told(made, path: pathlib.Path) -> str:
    """`resnet18.pt2: nonstrict on meta, 69 operators, 61 kB, 0.9 s`."""
    graphs = made.captured.graphs()
    parts = f"{graphs} graphs, {made.captured.breaks()} breaks, " if graphs > 1 else ""
    size = path.stat().st_size
    shown = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
    return (f"{path}: {made.route} on {made.built.device}, {parts}{made.captured.operators()} operators, {shown}, "
            f"{sum(made.seconds.values()):.1f} s")
