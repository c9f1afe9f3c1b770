"""The verb compare: one model through every route, and what each made of it."""

import dataclasses
import pathlib
import tempfile
import time

from alidade.capture.faults import CaptureError, first_cause
from alidade.capture.request import Request
from alidade.capture.sources.source import Source
from alidade.capture.stablehlo.packages import installed
from alidade.capture.strategy import Attempt, Say
from alidade.native import NativeError, profile_json

ROUTES = {"fx": "torch.fx.symbolic_trace", "nonstrict": "torch.export", "strict": "torch.export, strict",
          "dynamo": "torch.compile, with graph breaks", "trace": "torch.jit.trace", "onnx": "torch.onnx.export",
          "jax": "jax.export, through torchax"}
HEAD = ("Route", "", "Seconds", "Graphs", "Operators", "Breaks", "MACs", "Parameters", "Opaque")


@dataclasses.dataclass
class Row:
    """One route; `why` says why it did not work."""

    route: str
    why: str = ""
    seconds: float = 0.0
    graphs: int = 0
    operators: int = 0
    breaks: int = 0
    macs: str = "-"
    params: str = "-"
    opaque: str = "-"


def compare(source: Source, request: Request, say: Say) -> list[Row]:
    rows = []
    for route in ROUTES if "torchax" in installed() else (route for route in ROUTES if route != "jax"):
        say(f"{route} ...")
        rows.append(by_route(source, dataclasses.replace(request, via=route), route))
    return rows


def by_route(source: Source, request: Request, route: str) -> Row:
    started = time.monotonic()
    attempt = Attempt(source, request, lambda line: None)
    try:
        made = attempt.run()
    except CaptureError as reason:
        why = next((f["why"] for f in reversed(attempt.failures) if f["route"] == route), first_cause(reason))
        return Row(route, why, time.monotonic() - started)
    row = Row(route, "", time.monotonic() - started, made.captured.graphs(), made.captured.operators(),
              made.captured.breaks())
    with tempfile.TemporaryDirectory() as folder:
        return counted(row, made.write(pathlib.Path(folder) / f"{source.title}{made.captured.suffix}"))


def counted(row: Row, file: pathlib.Path) -> Row:
    """The native program's counts, where it reads such files."""
    try:
        totals = profile_json(file)["totals"]
    except NativeError as reason:
        first = str(reason).splitlines()[0].removeprefix("error: ")
        return dataclasses.replace(row, why=f"not counted: {first}")
    return dataclasses.replace(row, macs=f"{totals['macs']:,}", params=f"{totals['params']:,}",
                               opaque=str(totals["opaque_ops"]))


def table(rows: list[Row]) -> str:
    cells = [HEAD, *(cells_of(row) for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD))]
    lines = ["  ".join(line[i].ljust(w) if i < 2 else line[i].rjust(w) for i, w in enumerate(widths)) for line in cells]
    notes = [f"{row.route} ({ROUTES[row.route]}): {row.why}" for row in rows if row.why]
    return "\n".join([lines[0].rstrip(), "-" * len(lines[0]), *lines[1:], *([""] if notes else []), *notes]) + "\n"


def cells_of(row: Row) -> tuple[str, ...]:
    return row.route, "failed" if failed(row) else "works", f"{row.seconds:.1f}", *numbers(row)


def failed(row: Row) -> bool:
    return not row.graphs


def numbers(row: Row) -> tuple[str, ...]:
    if failed(row):
        return ("-",) * 6
    return str(row.graphs), str(row.operators), str(row.breaks), row.macs, row.params, row.opaque
