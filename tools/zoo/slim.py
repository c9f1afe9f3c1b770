"""Takes out of an ONNX file what describes no graph: the weights, long stack traces, paths of the exporting machine."""

import math
import pathlib
import re

import onnx
from onnx import TensorProto

INLINE_INTEGERS = 64
INTEGERS = {TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}
TRACE = "pkg.torch.onnx.stack_trace"
# fx_node repeats what the node says already, the signature repeats the initialisers, and the range constraints speak
# of symbols by names that are not in the file.
DROPPED = {"pkg.torch.onnx.fx_node", "pkg.torch.onnx.original_node_name",
           "pkg.torch.export.graph_signature.InputSpec.persistent",
           "pkg.torch.export.ExportedProgram.graph_signature",
           "pkg.torch.export.ExportedProgram.range_constraints"}
FRAME = re.compile(r'File "([^"]*)", line (\d+), in (\S+)\n(.*)')
REPOSITORY = f"{pathlib.Path(__file__).resolve().parents[2]}/"


def stays_inline(tensor: TensorProto) -> bool:
    """Small integers may be shapes, a lone float may be a scale: a reader needs their values."""
    count = math.prod(tensor.dims)
    return count <= INLINE_INTEGERS if tensor.data_type in INTEGERS else count == 1


def leave_out(tensor: TensorProto, location: str, offset: int) -> int:
    """Makes `tensor` a reference into a file that is not shipped; returns its length there."""
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    length = math.prod(tensor.dims) * dtype.itemsize
    kept = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims,
                       data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        kept.external_data.add(key=key, value=str(value))
    tensor.CopyFrom(kept)
    return length


def leave_weights_out(model: onnx.ModelProto, name: str) -> None:
    offset = 0
    for tensor in model.graph.initializer:
        if not stays_inline(tensor):
            offset += leave_out(tensor, f"{name}.weights", offset)


def relative(path: str) -> str:
    """A path as every machine sees it: below site-packages, or below this repository."""
    return path.split("/site-packages/")[-1].removeprefix(REPOSITORY)


def last_own_frame(trace: str) -> str:
    """The innermost frame outside torch, in the exporter's own format; a trace without frames becomes empty."""
    frames = [(relative(path), line, where, code.strip()) for path, line, where, code in FRAME.findall(trace)]
    own = [frame for frame in frames if not frame[0].startswith("torch/")] or frames
    return 'File "{}", line {}, in {}\n    {}'.format(*own[-1]) if own else ""


def trim(entries) -> None:
    """Shortens one list of metadata in place."""
    kept = [(e.key, last_own_frame(e.value) if e.key == TRACE else e.value) for e in entries if e.key not in DROPPED]
    del entries[:]
    for key, value in kept:
        if value:
            entries.add(key=key, value=value)


def trim_metadata(model: onnx.ModelProto) -> None:
    graph = model.graph
    for holder in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        trim(holder.metadata_props)


def slim(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """The same graph, alone."""
    leave_weights_out(model, name)
    trim_metadata(model)
    model.graph.name = name
    # "+cpu" says which build of torch exported, and every build writes the same graph.
    model.producer_version = model.producer_version.split("+")[0]
    return model
