"""Runs a model with onnx's reference implementation and records what each contraction met on the way."""

import contextlib
import dataclasses

import loops
import numpy
import onnx
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from onnx.reference.ops import _op_list  # noqa: F401  # every operator is a subclass from the start


@dataclasses.dataclass
class Recording:
    """MACs by operator over one run, loops and branches as they were taken; and the model's outputs."""

    macs: dict[str, int]
    outputs: list


def run(model: onnx.ModelProto, feeds: dict) -> Recording:
    macs: dict[str, int] = {}
    with recording(macs):
        outputs = ReferenceEvaluator(model).run(None, feeds)
    return Recording(macs, outputs)


@contextlib.contextmanager
def recording(macs: dict[str, int]):
    inside = [0]
    originals = [(kind, kind.__dict__["run"]) for kind in [OpRun, *below(OpRun)] if "run" in kind.__dict__]
    for kind, original in originals:
        kind.run = recorded(original, macs, inside)
    try:
        yield
    finally:
        for kind, original in originals:
            kind.run = original


def below(kind: type) -> list[type]:
    return [found for direct in kind.__subclasses__() for found in [direct, *below(direct)]]


def recorded(original, macs: dict[str, int], inside: list[int]):
    def run(self, *args, **kwargs):
        domain, name = self.onnx_node.domain, self.onnx_node.op_type
        contraction = loops.counted(domain, name)
        inside[0] += contraction  # what an operator is made of is not counted again
        try:
            results = original(self, *args, **kwargs)
        finally:
            inside[0] -= contraction
        if contraction and not inside[0]:
            macs[name] = macs.get(name, 0) + loops.macs(
                domain, name, lambda key, default: looked_up(self, kwargs, key, default), shapes(args), shapes(results))
        return results

    return run


def looked_up(node: OpRun, kwargs: dict, key: str, default):
    linked = (kwargs.get("linked_attributes") or {}).get(key)
    value = linked if linked is not None else getattr(node, key, None)
    return default if value is None else value


def shapes(values) -> loops.Shapes:
    return [value.shape if isinstance(value, numpy.ndarray | numpy.generic) else None for value in values]
