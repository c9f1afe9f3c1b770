"""The verb measure: what every operator of a captured model takes on a device that is here, and the whole model."""

import csv
import io
import os
import pathlib
import statistics
import time

from alidade.capture.archive import whole_or_absent
from alidade.capture.faults import CaptureError, first_cause

WHOLE = "(whole model)"
WARM_UP = 3


class Clock:
    """Seconds of pieces of work on the CPU, which is done when a call returns."""

    def __init__(self):
        self.spans = []

    def run(self, work):
        started = time.perf_counter()
        done = work()
        self.spans.append(time.perf_counter() - started)
        return done

    def seconds(self) -> list[float]:
        spans, self.spans = self.spans, []
        return spans


class DeviceClock:
    """The same on a GPU, which goes on working after a call: by its own events."""

    def __init__(self):
        self.events = []

    def run(self, work):
        import torch
        pair = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        pair[0].record()
        done = work()
        pair[1].record()
        self.events.append(pair)
        return done

    def seconds(self) -> list[float]:
        import torch
        torch.cuda.synchronize()
        spans, self.events = [begin.elapsed_time(end) / 1e3 for begin, end in self.events], []
        return spans


def clock_of(device: str) -> Clock | DeviceClock:
    return DeviceClock() if device.startswith("cuda") else Clock()


def checked_device(device: str) -> str:
    import torch
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as reason:
        raise CaptureError(f"there is no such device here: {first_cause(reason)}", f"--device {device}",
                           "cpu is always there; GPUs of NVIDIA and AMD are cuda or cuda:N") from reason
    return device


def example(value, device: str):
    """Seeded random numbers of a tensor's kind; whole numbers are 0, which every table has a row for."""
    import torch
    if not isinstance(value, torch.Tensor):
        return value
    sizes = [int(size) for size in value.shape]
    if value.dtype.is_floating_point or value.dtype.is_complex:
        drawn = torch.float32 if not value.dtype.is_complex else value.dtype
        return (0.1 * torch.randn(sizes, dtype=drawn)).to(value.dtype).to(device)
    return torch.zeros(sizes, dtype=value.dtype, device=device)


def moved(program, device: str):
    """The program's graph, which makes on the device what it makes inside."""
    import torch
    target = torch.device(device)
    graph = torch.fx.Graph()
    output = graph.graph_copy(program.graph_module.graph, {})
    graph.output(output)
    for node in graph.nodes:
        node.kwargs = {name: target if isinstance(value, torch.device) else value
                       for name, value in node.kwargs.items()}
        node.args = tuple(target if isinstance(value, torch.device) else value for value in node.args)
    return torch.fx.GraphModule(program.graph_module, graph)


def arguments(program, device: str) -> list:
    import torch
    torch.manual_seed(0)
    lifted = {spec.arg.name: program.constants[spec.target] for spec in program.graph_signature.input_specs
              if spec.target in program.constants}
    given = [node for node in program.graph_module.graph.nodes if node.op == "placeholder"]
    return [lifted[node.name].to(device) if isinstance(lifted.get(node.name), torch.Tensor)
            and lifted[node.name].device.type != "meta" else example(node.meta["val"], device) for node in given]


def measured(program, device: str, runs: int) -> dict[str, float]:
    """Median seconds by operator, and of the whole; operators that do nothing of their own among them."""
    import torch
    clock = clock_of(device)

    class Timed(torch.fx.Interpreter):
        def run_node(self, n):
            if n.op != "call_function":
                return super().run_node(n)
            return clock.run(lambda: super(Timed, self).run_node(n))

    module = moved(program, device)
    given = arguments(program, device)
    names = [node.name for node in module.graph.nodes if node.op == "call_function"]
    with torch.no_grad():
        for _ in range(WARM_UP):
            Timed(module).run(*given)
        clock.seconds()
        spans = [by_run(lambda: Timed(module).run(*given), clock) for _ in range(runs)]
        for _ in range(WARM_UP):
            module(*given)
        wholes = [by_run(lambda: clock.run(lambda: module(*given)), clock)[0] for _ in range(runs)]
    out = {name: statistics.median(each) for name, each in zip(names, zip(*spans, strict=True), strict=True)}
    return {WHOLE: statistics.median(wholes)} | out


def by_run(work, clock) -> list[float]:
    work()
    return clock.seconds()


def table(times: dict[str, float]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("node", "time_s"))
    rows.writerows((name, f"{seconds:.9f}") for name, seconds in times.items())
    return out.getvalue()


def busy(device: str) -> str:
    """What a person has to know before they trust times of this machine; empty where nothing else runs."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    if device != "cpu" or load < 0.3 * cores:
        return ""
    return f"other programs keep {load:.1f} of {cores} cores busy: the times are theirs, too"


def times_of(made, device: str, runs: int) -> dict[str, float]:
    programs = made.captured.programs()
    if len(programs) != 1:
        graphs = f"{len(programs)} graphs" if programs else "no graph that PyTorch runs"
        raise CaptureError(f"the route {made.route} makes {graphs} of this model, and one can be measured",
                           made.source.name,
                           "take another route: --via export (of alidade measure: --set frontend.capture.via=export)")
    checked_device(device)
    try:
        return measured(programs[0], device, runs)
    except Exception as reason:
        raise CaptureError(f"running the captured graph raised {first_cause(reason)}", made.source.name,
                           "random inputs may be none that it takes: look at --input-shape") from reason


def record(times: dict[str, float], device: str, runs: int) -> dict:
    """What is kept of them beside the graph."""
    import torch
    threads = {"threads": torch.get_num_threads()} if device == "cpu" else {}
    operators = {name: seconds for name, seconds in times.items() if name != WHOLE}
    return {"device": device, **threads, "runs": runs, "whole_s": times[WHOLE], "operators": operators}


def measure_to_file(made, device: str, runs: int, path: pathlib.Path) -> dict[str, float]:
    times = times_of(made, device, runs)
    with whole_or_absent(path) as partial:
        partial.write_text(table(times), encoding="utf-8")
    return times
