"""The command without a verb: captures a model into a file."""

import argparse
import pathlib
import shutil

from alidade.capture.archive import whole_or_absent
from alidade.capture.quiet import quiet_libraries
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.sources.archive_file import ArchiveFile
from alidade.capture.strategy import Say, capture


def capture_to_file(options: argparse.Namespace, request: Request, say: Say) -> int:
    source = resolve(options.source)
    if isinstance(source, ArchiveFile):
        return pass_through(source, options.output, say)
    with quiet_libraries():
        made = capture(source, request, say)
        path = made.write(options.output or pathlib.Path(source.title + made.captured.suffix))
    say(told(made, path))
    return 0


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
