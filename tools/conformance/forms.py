"""The forms that each model is read in."""

import numpy
import onnx
from cases import Case
from onnx import numpy_helper

NAMES = AS_IT_IS, STRIPPED, CONSTANTS = "as it is", "stripped", "inputs as constants"


def forms(case: Case) -> dict[str, onnx.ModelProto]:
    made = {AS_IT_IS: case.model, STRIPPED: stripped(case.model)}
    if case.inputs is not None and (constant := with_constants(case)) is not None:
        made[CONSTANTS] = stripped(constant)
    return made


def stripped(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without what the file says of shapes behind its inputs, in graphs and in the graphs of attributes."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    strip_graph(copy.graph)
    for function in copy.functions:
        del function.value_info[:]
    return copy


def strip_graph(graph: onnx.GraphProto) -> None:
    del graph.value_info[:]
    for output in graph.output:
        strip_type(output.type)
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs] if attribute.HasField("g") else attribute.graphs:
                strip_graph(inner)


def strip_type(type_proto: onnx.TypeProto) -> None:
    kind = type_proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        getattr(type_proto, kind).ClearField("shape")
    elif kind in ("sequence_type", "optional_type"):
        strip_type(getattr(type_proto, kind).elem_type)


def with_constants(case: Case) -> onnx.ModelProto | None:
    """Every tensor that goes in as an initializer; sequences and optionals stay inputs. None where nothing changes."""
    copy = onnx.ModelProto()
    copy.CopyFrom(case.model)
    copy.ir_version = max(copy.ir_version, 4)  # before, an initializer had to be an input as well
    stored = {tensor.name for tensor in copy.graph.initializer}
    left = [value for value in copy.graph.input if value.name not in stored]
    for value, data in zip(list(left), case.inputs, strict=False):
        if value.type.WhichOneof("value") == "tensor_type" and data is not None:
            copy.graph.initializer.append(initializer(value, data))
            left.remove(value)
    changed = len(left) < len(copy.graph.input)
    del copy.graph.input[:]
    copy.graph.input.extend(left)
    return copy if changed else None


def initializer(value: onnx.ValueInfoProto, data) -> onnx.TensorProto:
    if isinstance(data, onnx.TensorProto):
        tensor = onnx.TensorProto()
        tensor.CopyFrom(data)
    else:
        tensor = numpy_helper.from_array(numpy.asarray(data))
    tensor.name = value.name
    return tensor
