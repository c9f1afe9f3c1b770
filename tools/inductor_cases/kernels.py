#!/usr/bin/env python3
"""Writes tests/data/inductor/kernels.json: which operators of a model torch.compile puts into one kernel.

The models are those of tests/frontends/data, exported as there, so that the names of operators are those of the .pt2
files. Inductor (torch's CPU backend, without freezing) lowers and schedules them; nothing is compiled or run.

Usage: kernels.py [NAME...]      (all of MODELS when none is named)
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests/data/inductor/kernels.json"
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tools/frontend_cases")]

import torch  # noqa: E402
from alidade.capture import routes  # noqa: E402
from alidade.capture.quiet import quiet_libraries  # noqa: E402
from alidade.capture.request import Request  # noqa: E402
from alidade.capture.sources import resolve  # noqa: E402
from alidade.capture.strategy import Attempt  # noqa: E402
from make_cases import CASES, located  # noqa: E402
from torch._inductor import scheduler, utils  # noqa: E402

MODELS = (
    "resnet18", "mobilenet_v3_small", "efficientnet_b0", "shufflenet_v2_x0_5", "squeezenet1_1", "convnext_atto",
    "vit_tiny", "swin_t", "mixer_s32", "pvt_v2_b0", "mobilevit_xxs", "bert", "t5", "bart", "clip",
    "llama", "qwen2", "gemma", "phi", "gpt2", "opt", "detr", "yolos", "unet", "segformer", "lraspp",
    "whisper", "wav2vec2", "keyword_spotter", "vocoder")


def exported(name: str):
    """The model as an exported program, and its example inputs."""
    _, source, shapes = CASES[name]
    attempt = Attempt(resolve(located(source)), Request(shapes=shapes), lambda line: None)
    built = attempt.built("cpu")
    with built.where():
        return routes.take("nonstrict", built, attempt.request).programs()[0], built.tensors()


def schedule(module, args, kwargs) -> list:
    """Inductor's kernels after fusion: for each the operators that its buffers come from, and the one each returns.
    What get_code() hands back in place of a compiled program fails after that: it has too few results."""
    kernels = []
    codegen = scheduler.Scheduler.codegen

    def recording(self):
        for node in self.nodes:
            buffers = [part.node for part in node.get_nodes() if part.node is not None]
            extern = isinstance(node, scheduler.ExternKernelSchedulerNode)
            kernels.append((extern, [(buffer.origin_node, list(buffer.origins)) for buffer in buffers]))
        return codegen(self)

    scheduler.Scheduler.codegen = recording
    torch._inductor.config.force_disable_caches = True
    try:
        with torch.no_grad():
            utils.get_code(torch.compile(module, fullgraph=True), *args, **kwargs)
    except Exception:
        if not kernels:
            raise
    finally:
        scheduler.Scheduler.codegen = codegen
    return kernels


def source_name(node) -> str:
    """The operator of the exported program that a lowered one was made for."""
    chain = node.meta.get("from_node") or []
    return chain[0].name if chain else ""


def kernels_of(scheduled: list) -> list[list[str]]:
    """Names of the exported program's operators, kernel by kernel. A buffer's origins name what it reads, too: an
    operator belongs to the first kernel that has it. One that became several kernels belongs to the last call of a
    library among them (the product, not its bias), else to the last. A kernel that only lays out a library's operand
    has none."""
    library = {origin for extern, buffers in scheduled if extern for origin, _ in buffers if origin is not None}
    owner = {}
    for at, (extern, buffers) in enumerate(scheduled):
        lays_out = not extern and all(origin is None for origin, _ in buffers) and any(
            node in library for _, origins in buffers for node in origins)
        for origin, origins in [] if lays_out else buffers:
            for node in [origin] if extern else origins:
                if node is not None and (extern or node not in library):
                    owner.setdefault(node, at)
    last = {}
    for node, at in sorted(owner.items(), key=lambda item: (item[0] in library, item[1])):
        if name := source_name(node):
            last[name] = at
    made = [[] for _ in scheduled]
    for name, at in last.items():
        made[at].append(name)
    return [sorted(names) for names in made if names]


def main() -> None:
    known = json.loads(OUT.read_text())["models"] if OUT.exists() else {}
    for name in sys.argv[1:] or MODELS:
        torch._dynamo.reset()
        with quiet_libraries():
            program, (args, kwargs) = exported(name)
            kernels = kernels_of(schedule(program.module(), args, kwargs))
        known[name] = {"family": CASES[name][0], "kernels": kernels}
        print(name, len(kernels), flush=True)
        how = "Inductor's schedule after fusion, CPU backend, inference, no freezing: operators of one kernel by name"
        models = {each: known[each] for each in MODELS if each in known}
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(json.dumps({"how": how, "torch": torch.__version__.split("+")[0], "models": models}, indent=1))


if __name__ == "__main__":
    main()
