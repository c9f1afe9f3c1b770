"""Runs a model with onnxruntime and keeps the real shape of every tensor of its graph."""

import dataclasses
import json
import pathlib
import tempfile

import loops
import numpy
import onnx
import onnxruntime
import stated_types
from onnx import NodeProto, helper

NUMPY = {  # as onnxruntime writes the types of its inputs
    "tensor(float)": numpy.float32, "tensor(double)": numpy.float64, "tensor(float16)": numpy.float16,
    "tensor(int64)": numpy.int64, "tensor(int32)": numpy.int32, "tensor(int16)": numpy.int16,
    "tensor(int8)": numpy.int8, "tensor(uint8)": numpy.uint8, "tensor(uint16)": numpy.uint16,
    "tensor(uint32)": numpy.uint32, "tensor(uint64)": numpy.uint64, "tensor(bool)": numpy.bool_,
    "tensor(string)": numpy.str_,
}


@dataclasses.dataclass
class Ran:
    """Real shapes and values by tensor, those of the outermost graph."""

    values: dict[str, numpy.ndarray]

    def shape(self, name: str) -> tuple[int, ...] | None:
        return self.values[name].shape if name in self.values else None


def session(model: onnx.ModelProto | str, **options) -> onnxruntime.InferenceSession:
    settings = onnxruntime.SessionOptions()
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.log_severity_level = 4
    settings.intra_op_num_threads = 2
    settings.add_session_config_entry("session.disable_prepacking", "1")  # else a profile does not show weights
    for key, value in options.items():
        setattr(settings, key, value)
    source = model if isinstance(model, str) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, settings, providers=["CPUExecutionProvider"])


def outputs(model: onnx.ModelProto, feeds: dict) -> list:
    return session(model).run(None, feeds)


def everything(model: onnx.ModelProto, feeds: dict) -> Ran:
    """All tensors that nodes of the outermost graph make, the inputs and the weights."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    known = {value.name for value in copy.graph.output}
    names = [name for node in copy.graph.node for name in node.output if name and name not in known]
    copy.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    made = session(copy)
    wanted = [value.name for value in made.get_outputs()]
    values = dict(zip(wanted, made.run(wanted, feeds), strict=True))
    stored = {tensor.name: numpy.broadcast_to(numpy.int8(0), tuple(tensor.dims)) for tensor in model.graph.initializer}
    return Ran({**stored, **feeds, **{k: v for k, v in values.items() if isinstance(v, numpy.ndarray)}})


def macs(model: onnx.ModelProto, feeds: dict) -> dict[str, int]:
    """By operator: loops over the shapes that every contraction met while the model ran, in branches and loops too."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    nodes = {}
    for node in nodes_within(copy.graph):
        node.name = f"node {len(nodes)}"
        nodes[node.name] = node
    found: dict[str, int] = {}
    for event in executed(copy, feeds):
        node = nodes.get(event["name"].removesuffix("_kernel_time"))
        if node is not None and loops.counted(node.domain, node.op_type):
            inputs, outputs = event["args"]["input_type_shape"], event["args"]["output_type_shape"]
            found[node.op_type] = found.get(node.op_type, 0) + loops.macs(
                node.domain, node.op_type, lambda key, default, node=node: attribute(node, key, default),
                met(node.input, inputs), met(node.output, outputs))
    return found


def nodes_within(graph: onnx.GraphProto) -> list[NodeProto]:
    return [found for node in graph.node
            for found in [node, *(inner for body in bodies(node) for inner in nodes_within(body))]]


def bodies(node: NodeProto) -> list[onnx.GraphProto]:
    return [attribute.g for attribute in node.attribute if attribute.HasField("g")]


def executed(model: onnx.ModelProto, feeds: dict) -> list[dict]:
    """One event for each time that a node ran, as onnxruntime's profiler writes them."""
    with tempfile.TemporaryDirectory() as folder:
        made = session(model, enable_profiling=True, profile_file_prefix=f"{folder}/run")
        made.run(None, feeds)
        events = json.loads(pathlib.Path(made.end_profiling()).read_text())
    return [event for event in events if event.get("cat") == "Node" and event["name"].endswith("_kernel_time")]


def met(names, types: list[dict]) -> loops.Shapes:
    """Shapes in the node's order; those of operands that are left out are not in the list."""
    there = iter(types)
    return [tuple(next(iter(next(there).values()))) if name else None for name in names]


def attribute(node: NodeProto, key: str, default):
    for found in node.attribute:
        if found.name == key:
            return helper.get_attribute_value(found)
    return default


def random_inputs(made: onnxruntime.InferenceSession, sizes: dict[str, list[int]], seed: int) -> dict:
    """Small numbers of the right type; `sizes` gives the shape of every input."""
    random = numpy.random.default_rng(seed)
    return {value.name: random_array(random, NUMPY[value.type], sizes[value.name]) for value in made.get_inputs()}


def random_array(random: numpy.random.Generator, dtype, shape: list[int]) -> numpy.ndarray:
    if dtype is numpy.str_:
        return numpy.full(shape, "a text", dtype=object)
    if numpy.issubdtype(dtype, numpy.floating):
        return random.standard_normal(shape).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)


def real_type(ran: Ran, name: str) -> stated_types.Type:
    value = ran.values[name]
    return stated_types.Type(stated_types.of_numpy(value.dtype), list(value.shape))
