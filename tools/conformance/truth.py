"""What is true of a case: its real outputs, and its multiply-accumulates as loops."""

import dataclasses

import loops
import onnx
import ort
import recorder
from cases import Case


@dataclasses.dataclass
class Truth:
    """`macs` by operator; None where neither implementation runs the model and it holds a contraction."""

    outputs: list
    macs: dict[str, int] | None
    why: str = ""


def of(case: Case) -> Truth:
    if case.inputs is None:
        return by_onnxruntime(case)
    try:
        ran = recorder.run(case.model, feeds(case))
    except Exception as reason:  # whatever the reference implementation cannot do
        return Truth(case.outputs, None if contracts(case.model.graph) else {}, str(reason).splitlines()[0])
    return Truth(case.outputs or ran.outputs, ran.macs)


def feeds(case: Case) -> dict:
    stored = {tensor.name for tensor in case.model.graph.initializer}
    names = [value.name for value in case.model.graph.input if value.name not in stored]
    return dict(zip(names, case.inputs, strict=True))


def given_sizes(model: onnx.ModelProto, data: dict) -> dict[str, list[int]]:
    """Sizes for the inputs that the file leaves open."""
    return {value.name: list(data[value.name].shape) for value in model.graph.input
            if is_open(value) and hasattr(data.get(value.name), "shape")}


def is_open(value: onnx.ValueInfoProto) -> bool:
    kind = value.type.tensor_type
    known = kind.HasField("shape") and all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in kind.shape.dim)
    return value.type.HasField("tensor_type") and not known


def by_onnxruntime(case: Case) -> Truth:
    made = ort.session(case.model)
    feeds = ort.random_inputs(made, {value.name: value.shape for value in made.get_inputs()}, 0)
    ran = ort.everything(case.model, feeds)
    return Truth([ran.values[value.name] for value in case.model.graph.output], ort.macs(case.model, feeds))


def contracts(graph: onnx.GraphProto) -> bool:
    return any(loops.counted(node.domain, node.op_type) or any(map(contracts, ort.bodies(node))) for node in graph.node)
