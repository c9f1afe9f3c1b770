"""Verifies the files of the zoo against the reference numbers, with nothing but python's onnx."""

import json
import math
import pathlib

import onnx
from onnx import TensorProto
from shapes import at, dims

LIMIT, VARIANT_LIMIT = 6_000_000, 150_000
FORBIDDEN = (b"/tmp", b"/root", b"/home", b"/work", b"site-packages", b"python3")
KIND = "pkg.torch.export.graph_signature.InputSpec.kind"


def external(tensor: TensorProto) -> bool:
    return tensor.data_location == TensorProto.EXTERNAL


def without_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """External initialisers as inputs: onnx.checker would look for their file."""
    sane = onnx.ModelProto()
    sane.CopyFrom(model)
    for tensor in [tensor for tensor in sane.graph.initializer if external(tensor)]:
        sane.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
        sane.graph.initializer.remove(tensor)
    known = {value.name for value in sane.graph.input}
    infos = [value for value in sane.graph.value_info if value.name not in known]
    del sane.graph.value_info[:]
    sane.graph.value_info.extend(infos)
    return sane


def parameters(model: onnx.ModelProto) -> int:
    """Elements of what the exporter calls a parameter; running statistics and constants are none."""
    kinds = {value.name: entry.value for value in model.graph.value_info
             for entry in value.metadata_props if entry.key == KIND}
    return sum(math.prod(tensor.dims) for tensor in model.graph.initializer if kinds.get(tensor.name) == "PARAMETER")


def node_macs(node: onnx.NodeProto, shape: dict[str, list[int]]) -> int:
    """Multiply-accumulates of one node, for the operators that the zoo multiplies with."""
    out = math.prod(shape[node.output[0]])
    if node.op_type == "Conv":
        return out * math.prod(shape[node.input[1]][1:])
    if node.op_type == "MatMul":
        return out * shape[node.input[0]][-1]
    if node.op_type == "Gemm":
        turned = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        return out * shape[node.input[0]][0 if turned else 1]
    if node.op_type == "Attention":
        query, key = shape[node.input[0]], shape[node.input[1]]
        return math.prod(query) * key[-2] + out * key[-2]
    return 0


def macs(model: onnx.ModelProto, point: dict[str, int]) -> int:
    shape = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    shape |= at(model, point)
    for value in (*model.graph.input, *model.graph.output):
        shape[value.name] = [point.get(dim.dim_param, dim.dim_value) for dim in dims(value)]
    return sum(node_macs(node, shape) for node in model.graph.node)


def unshaped(model: onnx.ModelProto) -> list[str]:
    """Values that carry no type, no shape, or a dimension without a size and a name."""
    graph = model.graph
    known = {value.name: value for value in (*graph.value_info, *graph.input, *graph.output)}
    complete = {name for name, value in known.items() if value.type.tensor_type.HasField("shape")
                and all(dim.HasField("dim_value") or dim.dim_param for dim in dims(value))}
    return [name for node in graph.node for name in node.output if name and name not in complete]


def faults_of(path: pathlib.Path) -> list[str]:
    """What is wrong with any file of ours, the zoo's or a variant."""
    data, model = path.read_bytes(), onnx.load(path, load_external_data=False)
    faults = [f"holds {word.decode()}" for word in FORBIDDEN if word in data]
    try:
        onnx.checker.check_model(without_weights(model), full_check=True)
    except Exception as reason:
        faults.append(str(reason).splitlines()[0])
    if not any(external(tensor) for tensor in model.graph.initializer):
        faults.append("leaves no weights out")
    return faults


def zoo_faults(path: pathlib.Path, reference: dict) -> list[str]:
    """What differs from the reference, and values without shapes."""
    model = onnx.load(path, load_external_data=False)
    faults = [f"no shape: {name}" for name in unshaped(model)]
    if parameters(model) != reference["params"]:
        faults.append(f"{parameters(model):,} parameters, expected {reference['params']:,}")
    for point in reference["points"]:
        counted = macs(model, point["bind"])
        if counted != point["macs"]:
            faults.append(f"{counted:,} MACs, expected {point['macs']:,} at {point['bind']}")
    return faults


def variant_faults(path: pathlib.Path, form: str, reference: dict) -> list[str]:
    """A variant computes what its model does; parameters have no kind there, so every left-out float counts."""
    model = onnx.load(path, load_external_data=False)
    expected = reference["params"] + reference["buffers"] if form == "noshapes" else reference["params_folded"]
    stored = sum(math.prod(tensor.dims) for tensor in model.graph.initializer if external(tensor))
    # A batch norm also counts its batches, a buffer of one element that inference never reads.
    tracked = sum(tensor.name.endswith("running_mean") for tensor in model.graph.initializer)
    faults = [] if stored + tracked == expected else [f"{stored:,} left-out elements, expected {expected:,}"]
    if macs(model, {}) != reference["points"][0]["macs"]:
        faults.append(f"{macs(model, {}):,} MACs")
    return faults + ([f"{path.stat().st_size:,} bytes"] if path.stat().st_size > VARIANT_LIMIT else [])


def report(path: pathlib.Path, faults: list[str]) -> bool:
    print(f"{'BAD' if faults else 'ok':4}{path.name}", *faults, sep="\n    ")
    return bool(faults)


def main(models: pathlib.Path, variants: pathlib.Path, forms: dict[str, tuple[str, str]]) -> int:
    """`forms` tells of each variant how it was made and from which model."""
    reference = json.loads((variants / "reference.json").read_text())["models"]
    bad = False
    for name, expected in reference.items():
        path = models / f"{name}.onnx"
        bad |= report(path, [*faults_of(path), *zoo_faults(path, expected)] if path.exists() else ["missing"])
    for stem, (form, name) in forms.items():
        path = variants / f"{stem}.onnx"
        bad |= report(path, [*faults_of(path), *variant_faults(path, form, reference[name])])
    total = sum(path.stat().st_size for path in models.glob("*.onnx"))
    return int(bad | report(models, [f"{total:,} bytes together"] if total > LIMIT else []))
