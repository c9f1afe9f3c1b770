"""Writes each captured graph as a Python file that runs by itself, its weights random or from a state_dict."""

import pathlib
import re

from alidade.capture.faults import CaptureError

TEMPLATE = '''"""{title}: a graph of {source}, captured by alidade.

    python {file}                          # random weights, random inputs
    python {file} state_dict.pt            # the model's own weights
"""

import sys

import torch
from torch import device, inf, nan  # noqa: F401 - graphs name them

# argument of forward: name in the state_dict, shape, dtype
WEIGHTS = {{
{weights}}}
# argument of forward: shape, dtype
INPUTS = {{
{inputs}}}


{classes}

def made(shape, dtype):
    if dtype.is_floating_point:
        return torch.rand(shape, dtype=dtype)
    return torch.ones(shape, dtype=dtype)


def run(inputs=None, state_dict=None):
    """The graph's outputs for a list of inputs; what is not given is made up."""
    torch.manual_seed(0)
    given = dict(zip(INPUTS, inputs or [made(*about) for about in INPUTS.values()]))
    known = state_dict or {{}}
    weights = {{name: known[own] if own in known else made(shape, dtype)
               for name, (own, shape, dtype) in WEIGHTS.items()}}
    with torch.no_grad():
        return Graph()(**weights, **given)


if __name__ == "__main__":
    for output in run(state_dict=torch.load(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(tuple(output.shape), output.dtype)
'''


def save_code(programs: list, title: str, source: str, folder: pathlib.Path) -> list[pathlib.Path]:
    """One file for each program: NAME.py, or NAME_0.py and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    if not programs:
        raise CaptureError("this route makes no graph that can be written as Python", source,
                           "use --via export, dynamo or fx")
    stem = re.sub(r"\W", "_", title)
    paths = []
    for number, program in enumerate(programs):
        path = folder / (f"{stem}.py" if len(programs) == 1 else f"{stem}_{number}.py")
        path.write_text(text_of(program, path.stem, source, path.name))
        paths.append(path)
    return paths


def text_of(program, title: str, source: str, file: str) -> str:
    signature = program.graph_signature
    owners = {**signature.inputs_to_parameters, **signature.inputs_to_buffers,
              **signature.inputs_to_lifted_tensor_constants}
    tensors = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    weights = [f"    {name!r}: ({own!r}, {about(tensors[name])}),\n" for name, own in owners.items()]
    inputs = [f"    {name!r}: ({about(tensors[name])}),\n" for name in signature.user_inputs
              if hasattr(tensors.get(name), "shape")]
    return TEMPLATE.format(title=title, source=source, file=file, weights="".join(weights), inputs="".join(inputs),
                           classes=class_of(program.graph_module, "Graph"))


def about(tensor) -> str:
    sizes = tuple(size if isinstance(size, int) else size.node.hint for size in tensor.shape)
    return f"{sizes}, {tensor.dtype}"


def class_of(module, name: str) -> str:
    """The module as a class of its own, after those of the graphs inside it."""
    inner = {child: f"{name}_{child}" for child, _ in module.named_children()}
    before = "".join(class_of(getattr(module, child), own) + "\n" for child, own in inner.items())
    made = "".join(f"        self.{child} = {own}()\n" for child, own in inner.items())
    start = f"    def __init__(self):\n        super().__init__()\n{made}\n" if made else ""
    code = module.graph.python_code("self").src.replace("device(type='meta')", "device(type='cpu')")
    code = re.sub(r"(\n    def forward|^\s*def forward)", "\ndef forward", code, count=1).strip("\n")
    body = "\n".join(f"    {line}" if line.strip() else "" for line in code.splitlines())
    return f"{before}class {name}(torch.nn.Module):\n{start}{body}\n"
