"""The models of the pinned onnx package, with real inputs and outputs where it has them."""

import contextlib
import dataclasses
import importlib
import pathlib
import warnings

import numpy
import onnx
from onnx import numpy_helper


@dataclasses.dataclass
class Case:
    """A model and one example of what goes in and what comes out, in the order of the graph's inputs and outputs."""

    name: str
    model: onnx.ModelProto
    inputs: list | None
    outputs: list | None


def node_cases() -> list[Case]:
    """Those of onnx.backend.test.case.node, made anew; it seeds its random numbers."""
    return generated("onnx.backend.test.case.node", None)


def other_cases() -> list[Case]:
    """The package's whole models, and the files under onnx/backend/test/data."""
    return [dataclasses.replace(case, name=f"model/{case.name}")
            for case in generated("onnx.backend.test.case.model")] + stored()


def generated(module: str, *arguments) -> list[Case]:
    """Those that the package makes; where it names a file, that one is among the stored."""
    with warnings.catch_warnings(), numpy.errstate(all="ignore"), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        cases = importlib.import_module(module).collect_testcases(*arguments)
    return [Case(case.name, case.model, *example(case)) for case in cases if case.model is not None]


def example(case) -> tuple[list | None, list | None]:
    return case.data_sets[0] if case.data_sets else (None, None)


def stored() -> list[Case]:
    root = pathlib.Path(onnx.__file__).parent / "backend/test/data"
    return [read(file, root) for file in sorted(root.rglob("*.onnx"))]


def read(file: pathlib.Path, root: pathlib.Path) -> Case:
    model = onnx.load(file)
    name = str(file.relative_to(root)).removesuffix(".onnx").removesuffix("/model")
    folder = file.parent / "test_data_set_0"
    if not folder.is_dir():
        return Case(name, model, None, None)
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    return Case(name, model, tensors(folder, "input", inputs), tensors(folder, "output", model.graph.output))


def tensors(folder: pathlib.Path, kind: str, values: list) -> list:
    return [tensor(folder / f"{kind}_{number}.pb", value) for number, value in enumerate(values)]


def tensor(file: pathlib.Path, value: onnx.ValueInfoProto):
    kind = value.type.WhichOneof("value")
    proto = {"sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}.get(kind, onnx.TensorProto)()
    proto.ParseFromString(file.read_bytes())
    to_python = {"sequence_type": numpy_helper.to_list, "optional_type": numpy_helper.to_optional}
    return to_python.get(kind, numpy_helper.to_array)(proto)
