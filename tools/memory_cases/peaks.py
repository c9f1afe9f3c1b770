#!/usr/bin/env python3
"""Writes tests/data/memory/peaks.json: the most bytes that live storages of PyTorch hold while a model runs on a CPU.

The models are those of tests/frontends/data. Every storage that an operator returns is followed by a weak reference;
parameters, buffers and constants are left out, inputs count. `exported` runs the operators of the exported program one
by one and lets go of each value after its last use; `eager` calls the module.

Usage: peaks.py [NAME...]      (all of MODELS when none is named)
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests/data/memory/peaks.json"
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tools/frontend_cases")]

import torch  # noqa: E402
from alidade.capture import routes  # noqa: E402
from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import Attempt  # noqa: E402
from make_cases import CASES, located  # noqa: E402
from torch.multiprocessing.reductions import StorageWeakRef  # noqa: E402
from torch.utils import _pytree as pytree  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

MODELS = (
    "resnet18", "vgg11", "mobilenet_v3_small", "efficientnet_b0", "shufflenet_v2_x0_5", "squeezenet1_1", "mnasnet0_5",
    "regnet_y_400mf", "convnext_atto", "r3d_18", "vit_tiny", "swin_t", "mixer_s32", "pvt_v2_b0", "mobilevit_xxs",
    "bert", "albert", "electra", "t5", "bart", "clip", "llama", "qwen2", "gemma", "phi", "gpt2", "opt",
    "unet", "segformer", "lraspp", "deeplabv3", "whisper", "wav2vec2", "keyword_spotter", "vocoder",
    "speech_to_text", "tagger", "forecaster")

# A recurrent layer of 3 layers on 50 steps of 4 sequences: 64 numbers wide.
LAYERS = {f"{kind}_{directions}": (kind, directions) for kind in ("RNN", "GRU", "LSTM") for directions in (1, 2)}


class Live(TorchDispatchMode):
    """The storages that operators have returned and somebody still holds."""

    def __init__(self, stored):
        super().__init__()
        self.stored = {storage_of(t) for t in stored}
        self.known, self.peak, self.at = {}, 0, ""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        self.add(out, str(func))
        return out

    def add(self, values, what: str) -> None:
        for t in pytree.tree_leaves(values):
            if isinstance(t, torch.Tensor) and (key := storage_of(t)) not in self.stored:
                storage = t.untyped_storage()
                self.known[key] = (StorageWeakRef(storage), storage.nbytes())
        self.known = {key: each for key, each in self.known.items() if not each[0].expired()}
        live = sum(size for _, size in self.known.values())
        if live > self.peak:
            self.peak, self.at = live, what


def storage_of(t) -> int:
    return t.untyped_storage()._cdata


def stored_of(module) -> list:
    return [*module.parameters(), *module.buffers(),
            *(v for m in module.modules() for v in vars(m).values() if isinstance(v, torch.Tensor))]


def exported_peak(program, args, kwargs) -> Live:
    """Operators one by one, each value until its last use."""
    module = program.module()
    given, _ = pytree.tree_flatten((args, kwargs))
    given = [t.clone() if isinstance(t, torch.Tensor) else t for t in given]
    last = {}
    for node in module.graph.nodes:
        for used in node.all_input_nodes:
            last[used] = node
    ends = {}
    for used, node in last.items():
        ends.setdefault(node, []).append(used)
    values = {}
    with torch.no_grad(), Live(stored_of(module)) as live:
        live.add(given, "inputs")
        for node in module.graph.nodes:
            if node.op == "placeholder":
                values[node] = given.pop(0)
            elif node.op == "get_attr":
                values[node] = attribute(module, node.target)
            elif node.op == "output":
                break
            else:
                values[node] = call(module, node, values)
            live.add(values[node] if node.op == "call_function" else [], node.name)
            for used in ends.get(node, []) + ([node] if node not in last else []):
                values.pop(used, None)
    return live


def attribute(module, path: str):
    for name in path.split("."):
        module = getattr(module, name)
    return module


def call(module, node, values):
    args, kwargs = torch.fx.node.map_arg((node.args, node.kwargs), lambda used: values[used])
    target = attribute(module, node.target) if node.op == "call_module" else node.target
    return target(*args, **kwargs)


def eager_peak(model, args, kwargs) -> Live:
    given = pytree.tree_map(lambda t: t.clone() if isinstance(t, torch.Tensor) else t, (args, kwargs))
    with torch.no_grad(), Live(stored_of(model)) as live:
        live.add(given, "inputs")
        model(*given[0], **given[1])
    return live


def peaks(name: str) -> dict:
    _, source, shapes = CASES[name]
    attempt = Attempt(resolve(located(source)), Request(shapes=shapes), lambda line: None)
    built = attempt.built("cpu")
    with built.where():
        program = routes.take("nonstrict", built, attempt.request).programs()[0]
        args, kwargs = built.tensors()
        exported = exported_peak(program, args, kwargs)
        eager = eager_peak(built.model.eval(), args, kwargs)
    print(name, exported.peak, exported.at, eager.peak, eager.at, file=sys.__stdout__, flush=True)
    return {"exported": exported.peak, "eager": eager.peak}


def layer_peak(kind: str, directions: int) -> int:
    layer = getattr(torch.nn, kind)(64, 64, 3, bidirectional=directions == 2).eval()
    return eager_peak(layer, (torch.randn(50, 4, 64),), {}).peak


def main() -> None:
    known = json.loads(OUT.read_text())["models"] if OUT.exists() else {}
    for name in sys.argv[1:] or MODELS:
        with quiet_libraries():
            known[name] = peaks(name)
    how = "most bytes of live storages after any operator, CPU, inference; weights left out, inputs counted"
    told = {"how": how, "torch": torch.__version__.split("+")[0],
            "layers": {name: layer_peak(*layer) for name, layer in LAYERS.items()},
            "models": {each: known[each] for each in MODELS if each in known}}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
