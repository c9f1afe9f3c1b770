"""torch.compile as a recorder: every graph between two breaks becomes a partition, joined by the tensors they share."""

import dataclasses
import pathlib

from alidade.capture.archive import SCHEMA, below, bundled, graph_only
from alidade.capture.build import Built
from alidade.capture.bundle import Partition, Recording, manifest
from alidade.capture.request import Request


@dataclasses.dataclass
class Bundle:
    """What one pass through a compiled model recorded."""

    recording: Recording
    model: str
    outside: float
    without_outputs: int
    symbols: dict[str, str] = dataclasses.field(default_factory=dict)
    suffix = ".pt2"

    def graphs(self) -> int:
        return len(self.recording.partitions)

    def operators(self) -> int:
        graphs = (part.program.graph for part in self.recording.partitions)
        return sum(node.op == "call_function" for graph in graphs for node in graph.nodes)

    def breaks(self) -> int:
        return max(0, self.graphs() - 1)

    def programs(self) -> list:
        return list({id(part.program): part.program for part in self.recording.partitions}.values())

    def views(self) -> list[tuple[str, object]]:
        last = self.graphs() - 1
        return [(f"partition {i}" + (f", ends at {part.place}: {part.reason}" if i < last else ""), part.program.graph)
                for i, part in enumerate(self.recording.partitions)]

    def write(self, path: pathlib.Path, name: str, record: dict, with_weights: bool) -> None:
        """Weights are never part of a bundle."""
        files, parts = {}, []
        for part in self.recording.partitions:
            if id(part.program) not in files:
                files[id(part.program)] = f"partitions/{len(files)}.pt2"
                data = graph_only(part.program, f"partition_{len(parts)}", {"schema": SCHEMA})
                parts.append((files[id(part.program)], data))
        names = [files[id(part.program)] for part in self.recording.partitions]
        record |= {"outside_of_graphs": self.outside, "graphs_without_outputs": self.without_outputs}
        path.write_bytes(bundled(manifest(self.recording, self.model, names), parts, record))


def capture(built: Built, request: Request, route: str) -> Bundle:
    import torch
    torch._dynamo.reset()
    args, kwargs = built.tensors()
    recorder = Recorder(built, (args, kwargs))
    compiled = torch.compile(built.model, backend=recorder.backend, dynamic=False, fullgraph=request.fullgraph)
    with torch.no_grad(), torch._dynamo.config.patch(recompile_limit=4096, accumulated_recompile_limit=65536):
        recorder.outputs(compiled(*args, **kwargs))
    torch._dynamo.reset()
    if not recorder.recording.partitions:
        raise RuntimeError("Dynamo found no graph in the model")
    return Bundle(recorder.recording, built.source.title, recorder.outside(*built.tensors()), recorder.without_outputs)


class Recorder:
    """A backend of torch.compile that runs each graph as it is and writes down what went in and came out."""

    def __init__(self, built: Built, given: tuple):
        from torch.utils.flop_counter import FlopCounterMode
        self.model, self.flops, self.without_outputs = built.model, 0, 0
        inputs = dict(zip(map(id, tensors_in(given)), (s.name for s in built.inputs.specs()), strict=False))
        weights = {id(p): (name, "parameter") for name, p in built.model.named_parameters()}
        weights |= {id(b): (name, "buffer") for name, b in built.model.named_buffers()}
        self.recording = Recording(inputs, weights)
        self.programs: dict[int, object] = {}
        self.kept: list[object] = [given]  # an id stays that of its tensor only while that lives
        self.counter = FlopCounterMode

    def backend(self, module, example):
        reason, place = why(module)

        def run(*args):
            result, flops = self.counted(lambda: module(*args))
            self.flops += flops
            self.kept.append((args, result))
            if not tensors_in(result):  # nothing reads it, and torch cannot write a program without outputs
                self.without_outputs += 1
                return result
            self.recording.add(Partition(self.exported(module, args), reason, place), args, result)
            return result

        return run

    def exported(self, module, args):
        import torch
        if id(module) not in self.programs:
            self.kept.append(module)
            with torch.no_grad():
                self.programs[id(module)] = torch.export.export(module, args, strict=False)
        return self.programs[id(module)]

    def outputs(self, result) -> None:
        self.recording.ends_with(tensors_in(result))

    def counted(self, call):
        with self.counter(display=False) as counter:
            result = call()
        return result, counter.get_total_flops()

    def outside(self, args, kwargs) -> float:
        """The share of the floating-point work that Python did between the graphs."""
        import torch
        with torch.no_grad():
            _, flops = self.counted(lambda: self.model(*args, **kwargs))
        return round(max(0.0, 1 - self.flops / flops), 4) if flops else 0.0


def tensors_in(value) -> list:
    import torch
    leaves, _ = torch.utils._pytree.tree_flatten(value)
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def why(module) -> tuple[str, str]:
    """Why and where the graph ended."""
    found = getattr(module, "compile_subgraph_reason", None)
    if not found:
        return "", ""
    frame = found.user_stack[-1] if found.user_stack else None
    reason = spoken(found.reason) if found.graph_break else "the function returned to Python"
    return reason, f"{below(frame.filename)}:{frame.lineno}" if frame else ""


def spoken(reason: str) -> str:
    """The headline of Dynamo's report and its explanation, in one line."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    explained = [line.removeprefix("Explanation: ") for line in lines if line.startswith("Explanation: ")]
    return ": ".join(lines[:1] + explained[:1])
