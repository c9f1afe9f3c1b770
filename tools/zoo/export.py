"""Exports one model of the zoo, in one of the forms that files of it come in."""

import io
import warnings

import onnx
import torch
import zoo_models
from graph_passes import optimise
from shapes import complete
from slim import slim

warnings.filterwarnings("ignore")
# Sizes that no dimension of a model has, so that the exporter takes neither symbol for a constant or for the other.
TRACED = {"batch": 2, "seq": 17}


def example(entry: zoo_models.Entry) -> dict[str, torch.Tensor]:
    return entry.inputs(**TRACED) if entry.dynamic_shapes else entry.inputs()


def exported(name: str, optimize: bool) -> torch.onnx.ONNXProgram:
    entry = zoo_models.ZOO[name]
    return torch.onnx.export(zoo_models.built(name), (), kwargs=example(entry), dynamo=True, optimize=optimize,
                             opset_version=entry.opset, dynamic_shapes=entry.dynamic_shapes, verbose=False)


def dynamo(name: str) -> onnx.ModelProto:
    """The zoo's own form: every parameter whole and named as in PyTorch, every value with its shape."""
    program = exported(name, optimize=False)
    optimise(program.model)
    model = slim(program.model_proto, name)
    complete(model)
    return model


def folded(name: str) -> onnx.ModelProto:
    """What the exporter writes when nobody asks for anything: batch norms inside the convolutions."""
    return slim(exported(name, optimize=True).model_proto, f"{name}_folded")


def without_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    del model.graph.value_info[:]
    return model


def noshapes(name: str) -> onnx.ModelProto:
    """No shapes, and no `namespace`, which only joins two other keys."""
    model = without_shapes(dynamo(name))
    model.graph.name = f"{name}_noshapes"
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "namespace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    return model


def legacy(name: str) -> onnx.ModelProto:
    """The TorchScript exporter's form, opset 13: scopes in the node names, weights under numbers, no shapes."""
    inputs, written = example(zoo_models.ZOO[name]), io.BytesIO()
    torch.onnx.export(zoo_models.built(name), tuple(inputs.values()), written, dynamo=False, opset_version=13,
                      input_names=list(inputs), output_names=["output"])
    model = onnx.load_from_string(written.getvalue())
    return without_shapes(slim(model, f"{name}_legacy_noshapes"))
