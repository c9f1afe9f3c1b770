"""The command alidade-capture: `alidade-capture SOURCE -o FILE`, and its verbs."""

import argparse
import pathlib
import sys

from alidade.capture.faults import CaptureError, first_cause, last_place
from alidade.capture.interrupt import Interrupted, check, interruptible
from alidade.capture.losses import LOSSES
from alidade.capture.request import OPTIMIZERS, ROUTES, TRAINING_ROUTES, Request

EXIT_CHECK, EXIT_MODEL, EXIT_OURS = 1, 3, 70
SIGNAL_EXIT = 128  # and the signal's number, as shells have it


def main(arguments: list[str] | None = None) -> int:
    try:
        with interruptible():
            return run(arguments)
    except Interrupted as end:
        print("interrupted: nothing was written", file=sys.__stderr__, flush=True)
        return SIGNAL_EXIT + end.number


def run(arguments: list[str] | None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    verb = arguments[0] if arguments and arguments[0] in VERBS else ""
    options = VERBS[verb][0](arguments[1:] if verb else arguments)
    try:
        return VERBS[verb][1](options)
    except CaptureError as fault:
        return told(fault, verb, EXIT_CHECK if verb == "calibrate" else EXIT_MODEL)
    except Exception as reason:
        return told(own_fault(reason), verb, EXIT_OURS)


def told(fault: CaptureError, verb: str, code: int) -> int:
    if verb == "cached":
        from alidade.capture.cached import print_error
        print_error(fault)
    else:
        print(f"error: {fault}", file=sys.stderr)
    return code


def own_fault(reason: Exception) -> CaptureError:
    """What nobody foresaw: one sentence with the place in this package that it came from."""
    place = last_place(reason, str(pathlib.Path(__file__).parent))
    return CaptureError(f"alidade-capture failed with {first_cause(reason)}", place,
                        "this is a mistake in alidade-capture; please report it")


def say(line: str) -> None:
    check()
    print(f"  {line}", file=sys.__stderr__, flush=True)


def parser(verb: str, about: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"alidade-capture {verb}".strip(), description=about)
    made.add_argument("source", help="torchvision:NAME, timm:NAME, hf:NAME, ultralytics:NAME, keras:NAME, file.py:NAME "
                      "or a file")
    made.add_argument("--input-shape", action="append", default=[], metavar="[NAME=]SIZES[:DTYPE]", dest="shapes",
                      help="1,3,224,224 or ids=1,128:int64; once for each input")
    made.add_argument("--dynamic", default="", metavar="NAME=AXIS[:MOST],...", help="dimensions that stay symbolic")
    made.add_argument("--batch", type=positive, help="the size of the batch")
    made.add_argument("--seq", type=positive, help="the length of the sequence")
    made.add_argument("--train", action="store_true", help="in training mode")
    made.add_argument("--phase", default="", metavar="PHASE",
                      help="prefill or decode: a language model with its cache as outputs, or as inputs and outputs")
    made.add_argument("--train-step", action="store_true", help="forward and backward of one training step")
    made.add_argument("--loss", choices=LOSSES, default="", help="of a training step: the model's own first result, "
                      "the mean of its results (default), cross_entropy or mse with a target")
    made.add_argument("--optimizer", choices=OPTIMIZERS, default="", help="of a training step (default: sgd)")
    made.add_argument("--fullgraph", action="store_true", help="a graph break is a failure")
    made.add_argument("--via", choices=ROUTES, default="", help="this route and no other")
    made.add_argument("--reference", type=lambda text: tuple(text.split(",")), default=(), dest="references",
                      metavar="fvcore,torch,xla", help="store what these tools count in the archive")
    return made


def positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: a whole number from 1 is")
    return int(text)


def request_of(options: argparse.Namespace) -> Request:
    step = options.train_step
    for name in ("loss", "optimizer"):
        if getattr(options, name) and not step:
            raise CaptureError(f"--{name} is of a training step", f"--{name}", "add --train-step")
    if step and options.phase:
        raise CaptureError("a training step has no phase", "--phase", "leave out --phase or --train-step")
    if step and options.via not in ("", *TRAINING_ROUTES):
        raise CaptureError(f"the route {options.via} makes no backward pass", "--via",
                           f"a training step goes by {', '.join(TRAINING_ROUTES[:-1])} or {TRAINING_ROUTES[-1]}")
    return Request(shapes=tuple(options.shapes), dynamic=options.dynamic, batch=options.batch, seq=options.seq,
                   train=options.train or step, train_step=step, loss=options.loss,
                   optimizer=options.optimizer or ("sgd" if step else ""), fullgraph=options.fullgraph, via=options.via,
                   phase=options.phase,
                   with_weights=getattr(options, "with_weights", False),
                   references=options.references)


def capture_options(arguments: list[str]) -> argparse.Namespace:
    made = parser("", "Captures a model of PyTorch or JAX into a file that alidade reads. "
                      "Verbs: compare, inspect, list, measure, calibrate, cached.")
    made.add_argument("-o", "--output", type=pathlib.Path, help="the file to write (default: the model's name)")
    made.add_argument("--with-weights", action="store_true", help="write the weights, too")
    made.add_argument("--save-code", type=pathlib.Path, metavar="DIR", help="write each graph as a runnable .py file")
    return made.parse_args(arguments)


def run_capture(options: argparse.Namespace) -> int:
    from alidade.capture.command import capture_to_file
    return capture_to_file(options, request_of(options), say)


def cached_options(arguments: list[str]) -> argparse.Namespace:
    made = parser("cached", "Prints one line of JSON: the archive of a source, made once and kept.")
    made.add_argument("--bind", action="append", default=[], metavar="NAME=N", help="the size of a dimension")
    made.add_argument("--measure-runs", type=positive, metavar="N", help="run it so many times, and keep the times")
    made.add_argument("--device", default="cpu", help="that it runs on: cpu, cuda or cuda:N (default: cpu)")
    made.add_argument("--leave-open", action="store_true", help="sizes that are not bound stay symbolic")
    return made.parse_args(arguments)


def run_cached(options: argparse.Namespace) -> int:
    from alidade.capture.cached import answer, measured_answer
    if options.measure_runs:
        return measured_answer(options.source, request_of(options), options.bind, options.device, options.measure_runs,
                               say)
    return answer(options.source, request_of(options), options.bind, options.leave_open, say)


def compare_options(arguments: list[str]) -> argparse.Namespace:
    return parser("compare", "Captures a model by every route and says what each made of it.").parse_args(arguments)


def run_compare(options: argparse.Namespace) -> int:
    from alidade.capture.command import print_comparison
    return print_comparison(options.source, request_of(options), say)


def measure_options(arguments: list[str]) -> argparse.Namespace:
    made = parser("measure", "Runs a captured model with random weights, and writes what each operator takes as CSV.")
    made.add_argument("-o", "--output", type=pathlib.Path, help="the file to write (default: the model's name.csv)")
    made.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default: cpu)")
    made.add_argument("--runs", type=positive, default=20, help="runs, of which the median counts (default: 20)")
    return made.parse_args(arguments)


def run_measure(options: argparse.Namespace) -> int:
    from alidade.capture.command import measure
    return measure(options, request_of(options), say)


def calibrate_options(arguments: list[str]) -> argparse.Namespace:
    made = argparse.ArgumentParser(prog="alidade calibrate", description="Measures this machine with PyTorch's own "
                                   "kernels and writes its device file.")
    made.add_argument("target", choices=("cpu",), help="what of this machine")
    made.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE.toml",
                      help="the file to write (default: this machine's own, the device this_cpu)")
    made.add_argument("--force", action="store_true", help="on a busy machine, too, its constants as uncertain")
    return made.parse_args(arguments)


def run_calibrate(options: argparse.Namespace) -> int:
    from alidade.capture.calibrate.cpu import run
    return run(options, say)


def inspect_options(arguments: list[str]) -> argparse.Namespace:
    made = parser("inspect", "Shows the graphs of a model as torch.fx has them: node kinds, operators, values.")
    made.add_argument("--values", action="store_true", help="every value with its shape and type")
    return made.parse_args(arguments)


def run_inspect(options: argparse.Namespace) -> int:
    from alidade.capture.command import print_graphs
    return print_graphs(options.source, request_of(options), options.values, say)


def list_options(arguments: list[str]) -> argparse.Namespace:
    made = argparse.ArgumentParser(prog="alidade-capture list", description="Lists what can be captured by name.")
    made.add_argument("filter", nargs="?", default="", help="a part of the name, or a pattern with * and ?")
    return made.parse_args(arguments)


def run_list(options: argparse.Namespace) -> int:
    from alidade.capture.command import print_sources
    return print_sources(options.filter, say)


VERBS = {"": (capture_options, run_capture), "compare": (compare_options, run_compare),
         "inspect": (inspect_options, run_inspect),
         "measure": (measure_options, run_measure), "calibrate": (calibrate_options, run_calibrate),
         "list": (list_options, run_list), "cached": (cached_options, run_cached)}
