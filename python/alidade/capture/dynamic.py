"""`--dynamic`: dimensions that stay symbolic."""

import dataclasses
import re

from alidade.capture.faults import CaptureError
from alidade.capture.inputs import Inputs, TensorSpec

# Sizes that no weight of a model has, so that no symbol is taken for a constant or for another symbol.
HINTS = {"batch": 3, "seq": 37, "past": 43}
DYNAMIC = re.compile(r"([A-Za-z_]\w*)=(?:([^=:,]+)\.)?(\d+)(?::(\d+))?")


@dataclasses.dataclass(frozen=True)
class Dynamic:
    """A dimension that stays symbolic: its name, the input and axis that it is, and its largest size. Without an axis
    it is whatever the source of the model calls so."""

    name: str
    input: str
    axis: int | None
    most: int | None

    def size(self) -> int:
        """The size to trace with."""
        hint = HINTS.get(self.name, 41 + 2 * (self.axis or 0))
        return min(hint, self.most) if self.most else hint


def parse_dynamic(text: str) -> list[Dynamic]:
    """`batch=0,seq=1:512` or `height=x.2`: a name, the axis (of one input or of all), and the largest size."""
    found = []
    for part in filter(None, text.replace(" ", "").split(",")):
        match = DYNAMIC.fullmatch(part)
        if not match:
            raise CaptureError(f'"{part}" names no dimension', "--dynamic",
                               "write NAME=AXIS, NAME=AXIS:LARGEST or NAME=INPUT.AXIS, as in batch=0,seq=1:512")
        found.append(Dynamic(match[1], match[2] or "", int(match[3]), int(match[4]) if match[4] else None))
    return found


def with_axes(inputs: Inputs, dynamic: list[Dynamic]) -> Inputs:
    """The inputs with these dimensions named, in place of the names that they had; an axis that had one of these names
    and is not meant has none any more."""
    specs, given = inputs.specs(), {one.name for one in dynamic if one.axis is not None}
    for one in dynamic:
        if one.axis is not None and not any(names(one, spec) for spec in specs):
            raise CaptureError(f'"{one.name}" names axis {one.axis} of {one.input or "any input"}, which there is not',
                               "--dynamic", "the inputs are " + ", ".join(f"{s.name} {list(s.shape)}" for s in specs))

    def change(spec: TensorSpec) -> TensorSpec:
        own = [(one.axis, one.name) for one in dynamic if names(one, spec)]
        return dataclasses.replace(spec, axes=tuple(own or [axis for axis in spec.axes if axis[1] not in given]))
    return inputs.mapped(change)


def names(one: Dynamic, spec: TensorSpec) -> bool:
    return one.axis is not None and one.input in ("", spec.name) and one.axis < len(spec.shape)
