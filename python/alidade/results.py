"""What was found out, as objects. Figures that take a look at every operator are made when they are asked for."""

import dataclasses
import functools
import html
import json
import pathlib
from collections.abc import Callable
from typing import Any, overload

from alidade.errors import AlidadeError, CheckFailed, of_fault
from alidade.tables import Table, fields_of

MOST_SHOWN = 8  # estimates by which a list of them shows itself


@dataclasses.dataclass(frozen=True)
class Layer:
    """One operator; of figures that are not exact the least, see `certainty`."""

    name: str
    type: str
    op: str
    node: str
    module: str
    dtype: str | None
    shape: list[int] | None
    macs: int
    flops: int
    params: int
    memory: int  # bytes moved
    input_bytes: int
    output_bytes: int
    weight_bytes: int
    arithmetic_intensity: float | None  # FLOPs for each byte
    bottleneck: str
    certainty: str
    runs: int


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One model on one device. Four of five measured times lie between `band_low_s` and `band_high_s`."""

    model: str
    target: str
    device: str
    component: str
    backend: str
    precision: str
    batch: int
    time_s: float
    time_s_upper: float | None
    band_low_s: float | None
    band_high_s: float | None
    per_second: float | None  # in the longest time that it may take
    energy_j: float | None
    memory_bytes: int
    fits: bool | None
    bound: str
    unpriced_ops: int


@dataclasses.dataclass(frozen=True)
class PlacedOperator:
    """Where an operator runs, and what speaks against the device that is wanted."""

    operator: str
    framework_op: str
    device: str
    partition: int
    placed_time_s: float
    verdict: str
    reason: str
    margin_s: float | None


class Answered:
    """What every answer of the host has."""

    def __init__(self, answer: Any):
        self._answer = answer

    @property
    def warnings(self) -> list[str]:
        return [text for _, text in self._answer.warnings]

    @functools.cached_property
    def document(self) -> Any:
        """All of it, as `--format json` of the program prints it; schema/ describes its members."""
        return json.loads(self._answer.json())

    @overload
    def to_json(self) -> str: ...
    @overload
    def to_json(self, path: str | pathlib.Path) -> None: ...
    def to_json(self, path: str | pathlib.Path | None = None) -> str | None:
        return told_or_kept(self._answer.json(2), path)


def told_or_kept(text: str, path: str | pathlib.Path | None) -> str | None:
    """As pandas does: the text, or nothing where it has gone into a file."""
    if path is None:
        return text
    pathlib.Path(path).write_text(text, encoding="utf-8")
    return None


class Profile(Answered, Table[Layer]):
    """What a model's operators do, counted."""

    row_type = Layer

    def __init__(self, answer: Any, name: str, again: Callable[..., Any]):
        super().__init__(answer)
        self._again = again
        self.name = name
        totals = answer.totals
        self.macs: int = totals["macs"]
        self.flops: int = totals["flops"]
        self.params: int = totals["params"]
        self.bytes: int = totals["bytes"]  # moved
        self.counted: int = totals["counted"]  # under the convention
        self.operators: int = totals["ops"]
        self.exact: bool = totals["exact"]  # else the figures are the least that they may be

    def __repr__(self) -> str:
        return (f"<alidade.Profile of {self.name}: {self.macs:,} MACs, {self.params:,} parameters, "
                f"{self.operators:,} operators{'' if self.exact else ', at least'}>")

    def __str__(self) -> str:
        return self.text("table")

    @property
    def layers(self) -> list[Layer]:
        return self.rows

    @functools.cached_property
    def rows(self) -> list[Layer]:
        return [fields_of(Layer, one) for one in self.document["layers"]]

    @property
    def modules(self) -> list[dict[str, Any]]:
        """Sums by module, as the document has them."""
        found: list[dict[str, Any]] = self.document["analyses"]["cost"]["modules"]
        return found

    @property
    def analyses(self) -> dict[str, Any]:
        """What every analysis found, by name, as the document has it."""
        found: dict[str, Any] = self.document["analyses"]
        return found

    def text(self, report: str = "table", **options: Any) -> str:
        """What a report writes of it: table (show_shape, fold, verbose, top), brief, csv, json, html, dot, mermaid."""
        made: str = self._again(report=report, report_options=list(options.items())).text
        return made

    @overload
    def to_html(self) -> str: ...
    @overload
    def to_html(self, path: str | pathlib.Path) -> None: ...
    def to_html(self, path: str | pathlib.Path | None = None) -> str | None:
        """A page for a browser, with everything in it: the modules, operators, graph, roofline and memory."""
        return told_or_kept(self.text("html"), path)

    def _repr_html_(self) -> str:
        return framed(self.to_html(), self.name)


def framed(page: str, title: str) -> str:
    """A page inside of a notebook's page."""
    return (f'<iframe title="{html.escape(title)}" style="width:100%;height:720px;border:1px solid #8884" '
            f'sandbox="allow-scripts" srcdoc="{html.escape(page)}"></iframe>')


class Estimates(Answered, Table[Estimate]):
    """A model's estimates, one for each batch and device."""

    row_type = Estimate

    @functools.cached_property
    def rows(self) -> list[Estimate]:
        return [fields_of(Estimate, one) for one in self.document]

    def __repr__(self) -> str:
        shown = [f"{one.target}, batch {one.batch}: {1e3 * one.time_s:.4g} ms" for one in self.rows[:MOST_SHOWN]]
        more = [f"{len(self.rows) - MOST_SHOWN} more"] if len(self.rows) > MOST_SHOWN else []
        return f"<alidade.Estimates: {'; '.join(shown + more)}>"


class Placement(Answered, Table[PlacedOperator]):
    """Which operators run where, and what that takes."""

    row_type = PlacedOperator

    def __init__(self, answer: Any):
        super().__init__(answer)
        self.figures: dict[str, Any] = self.document[0]
        self.summary: str = self.figures["summary"]
        self.advice: str = self.figures["advice"]
        self.time_s: float = self.figures["time_s"]
        self.devices: list[str] = self.figures["devices"]
        self.partitions: list[dict[str, Any]] = self.figures["partitions"]
        self.transfers: list[dict[str, Any]] = self.figures["transfers"]
        self.log: list[str] = self.figures["log"]

    def __repr__(self) -> str:
        return f"<alidade.Placement: {self.summary}>"

    @functools.cached_property
    def rows(self) -> list[PlacedOperator]:
        return [fields_of(PlacedOperator, one) for one in self.figures["operators"]]


class Outcome(Answered):
    """What became of a pipeline: `document` has every model."""

    @property
    def models(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document.get("models") or [self.document]
        return found

    @property
    def errors(self) -> list[AlidadeError]:
        """Of what failed while the rest did not."""
        return [of_fault(*error) for error in self._answer.errors]

    @property
    def exit_code(self) -> int:
        """With which the program would have ended."""
        code: int = self._answer.exit_code
        return code

    def check(self) -> "Outcome":
        """Raises where anything failed, or a test does not hold."""
        if self.exit_code == 0:
            return self
        if len(self.errors) == 1:
            raise self.errors[0]
        failed = [str(error) for error in self.errors] or self.failed_tests()
        raise CheckFailed("\n".join(failed))

    def failed_tests(self) -> list[str]:
        return [text for code, text in self._answer.warnings if code == "test" and ": does not hold: " in text]
