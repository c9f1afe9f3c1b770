"""torch.onnx.export, without its own optimisation, which merges equal weights and loses their names."""

import dataclasses
import io
import json
import pathlib
import re

from alidade.capture.archive import below
from alidade.capture.build import Built
from alidade.capture.request import Request
from alidade.capture.routes.trace import only_tensors

KEPT = ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy",
        "pkg.torch.export.graph_signature.InputSpec.kind")
FRAME = re.compile(r'File "([^"]*)"(, line \d+, in \S+\n.*)')
TRACE = "pkg.torch.onnx.stack_trace"
INLINE = 64  # elements: small tensors may be shapes or scales, whose values a reader needs
OPSET = 20


@dataclasses.dataclass
class Onnx:
    """An ONNX model, its weights in memory."""

    model: object  # onnx_ir.Model
    symbols: dict[str, str] = dataclasses.field(default_factory=dict)
    suffix = ".onnx"

    def graphs(self) -> int:
        return 1

    def operators(self) -> int:
        return sum(1 for _ in self.model.graph)

    def breaks(self) -> int:
        return 0

    def programs(self) -> list:
        return []

    def views(self) -> list[tuple[str, object]]:
        return []

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        import onnx_ir
        self.model.metadata_props["alidade.json"] = json.dumps(record)
        self.model.graph.name = name
        trim(self.model)
        if not with_weights:
            leave_out(self.model, f"{name}.weights")
        onnx_ir.save(self.model, path)


def capture(built: Built, request: Request, route: str) -> Onnx:
    try:
        return Onnx(by_export(built))
    except Exception as reason:
        try:
            return Onnx(by_trace(built))
        except Exception:
            raise reason from None


def by_export(built: Built):
    import torch
    args, kwargs = built.tensors()
    with torch.no_grad():
        return torch.onnx.export(built.model, args, kwargs=kwargs, dynamo=True, optimize=False, opset_version=OPSET,
                                 verbose=False).model


def by_trace(built: Built):
    """The exporter that goes by torch.jit.trace."""
    import onnx_ir
    import torch
    args, kwargs = built.tensors()
    written = io.BytesIO()
    with torch.no_grad(), only_tensors(built.model):
        torch.onnx.export(built.model, args, written, kwargs=kwargs, dynamo=False, opset_version=17,
                          input_names=[spec.name for spec in built.inputs.specs()], do_constant_folding=False)
    return onnx_ir.from_proto(parsed(written.getvalue()))


def parsed(data: bytes):
    import onnx
    return onnx.load_from_string(data)


def trim(model) -> None:
    """Of the notes on nodes and values stays what names modules; of a stack, its innermost line outside torch."""
    graph = model.graph
    graph.metadata_props.clear()
    for holder in (*graph, *graph.initializers.values(), *graph.inputs, *(v for n in graph for v in n.outputs)):
        notes = holder.metadata_props
        kept = {key: notes[key] for key in KEPT if key in notes}
        if own := own_frame(notes.get(TRACE, "")):
            kept[TRACE] = own
        notes.clear()
        notes.update(kept)


def own_frame(trace: str) -> str:
    """The innermost frame that is not torch's own, its path as every machine sees it."""
    frames = FRAME.findall(trace)
    own = [frame for frame in frames if "/site-packages/torch/" not in frame[0]] or frames
    if not own:
        return ""
    path, place = own[-1]
    return f'File "{below(path)}"{place.rstrip()}'


def leave_out(model, location: str) -> None:
    """Large weights become references into a file that is not written."""
    import onnx_ir
    offset = 0
    for name, value in model.graph.initializers.items():
        tensor = value.const_value
        if tensor is None or tensor.size <= INLINE:
            continue
        value.const_value = onnx_ir.ExternalTensor(location, offset, tensor.nbytes, tensor.dtype, shape=tensor.shape,
                                                   name=name)
        offset += tensor.nbytes
