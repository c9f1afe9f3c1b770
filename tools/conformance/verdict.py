"""What the program said of one file, judged."""

import dataclasses

import onnx
import stated_types
from stated_types import Type
from truth import Truth

NAMED = ("unknown-shape", "depends-on-data")  # warnings that name what is not known


@dataclasses.dataclass
class Judged:
    """One file in one form. `failures` are sentences, one for each thing that is wrong."""

    read: bool = False
    outputs: int = 0
    equal: int = 0
    by_data: int = 0
    macs: int | None = None
    macs_equal: bool | None = None
    failures: list[str] = dataclasses.field(default_factory=list)


def judge(document: dict, model: onnx.ModelProto, known: Truth, by_data: set[str], outputs: bool = True) -> Judged:
    """`by_data` names the outputs that may be unknown; without `outputs` they are left to the caller."""
    judged = Judged()
    if "died" in document or "error" in document:
        judged.failures.append("not read: " + reason(document))
        return judged
    judged.read = True
    if outputs:
        judge_outputs(judged, document, model, known, by_data)
    judge_macs(judged, document, None if known.macs is None else sum(known.macs.values()), bool(by_data))
    return judged


def reason(document: dict) -> str:
    return document["died"] if "died" in document else document["error"]["what"]


def judge_outputs(judged: Judged, document: dict, model: onnx.ModelProto, known: Truth, by_data: set[str]) -> None:
    stated = {value["name"]: value["type"] for value in document["graph"]["outputs"]}
    for output, value in zip(model.graph.output, known.outputs, strict=True):
        real = real_type(output, value)
        if real is None:
            continue
        if output.name not in stated:
            judged.failures.append(f"{output.name}: not among the graph's outputs")
            continue
        sentence = compare(judged, document, output.name, stated_types.parsed(stated[output.name]), real,
                           output.name in by_data)
        judged.failures += [sentence] if sentence else []


def compare(judged: Judged, document: dict, name: str, stated: Type, real: Type, may_wait: bool) -> str:
    """Counts one tensor; a sentence where it is not right."""
    judged.outputs += 1
    if not stated_types.agree(stated, real):
        return f"{name}: {stated} where {real} is true"
    if stated.known() or (real.of_many and stated.dtype == real.dtype):
        judged.equal += 1
    elif not may_wait or stated.dtype == "?":
        return f"{name}: {stated}, not known, where the file decides {real}"
    elif not is_named(document):
        return f"{name}: {stated}, which depends on data, and no warning says so"
    else:
        judged.by_data += 1
    return ""


def is_named(document: dict) -> bool:
    return any(warning["code"] in NAMED for warning in document["warnings"])


def real_type(output: onnx.ValueInfoProto, value) -> Type | None:
    """Of a tensor as it came out; of a sequence what its elements share. None where there is nothing to compare."""
    if value is None:
        return None
    declared = stated_types.NAMES.get(stated_types.of_tensor(output.type))
    if isinstance(value, list):
        return shared(declared, value)
    sizes = list(value.dims) if isinstance(value, onnx.TensorProto) else list(getattr(value, "shape", ()))
    return Type(declared or stated_types.of_numpy(value.dtype), sizes)


def shared(dtype: str | None, elements: list) -> Type | None:
    """Of a sequence: its element type, and the elements' sizes where all have the same."""
    shapes = [list(getattr(element, "shape", ())) for element in elements if element is not None]
    if not dtype or not shapes:
        return None
    same = all(len(shape) == len(shapes[0]) for shape in shapes)
    sizes = [common(each) for each in zip(*shapes, strict=True)] if same else None
    return Type(dtype, sizes, of_many=True)


def common(sizes: tuple[int, ...]) -> int | None:
    return sizes[0] if len(set(sizes)) == 1 else None


def judge_macs(judged: Judged, document: dict, macs: int | None, may_wait: bool) -> None:
    judged.macs = document["totals"]["macs"]
    if macs is None or (may_wait and judged.macs < macs and is_named(document)):
        return
    # An if whose condition the inputs decide counts from its cheaper branch to its costlier one.
    upper = document["totals"].get("macs_upper")
    bounded = upper is not None or not may_wait  # a loop that only the data end has no bound
    judged.macs_equal = judged.macs == macs or (judged.macs < macs and (not bounded or macs <= (upper or 0)))
    if not judged.macs_equal:
        judged.failures.append(f"{judged.macs} MACs where loops count {macs}")
