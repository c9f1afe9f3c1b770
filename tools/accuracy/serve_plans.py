"""What serve-plan and train-plan say of captured models, as JSON."""

import json
import pathlib
import re
import subprocess
import tempfile

from devices import ROOT
from rows import UnreadableRow, UnreadableSet

# Models of the measured sets, and those of transformers that have their shapes.
MODELS = {"meta-llama/Llama-3.1-8B-Instruct": "llama-3-8b", "Llama-3.1-8B": "llama-3-8b", "Qwen/Qwen3-32B": "Qwen3-32B",
          "Qwen3-32B": "Qwen3-32B", "Qwen/Qwen3-235B-A22B-FP8": "Qwen3-235B-A22B", "Qwen/Qwen3-14B": "Qwen3-14B",
          "Qwen/Qwen2.5-7B-Instruct": "Qwen2-7B", "Qwen/Qwen3-8B": "Qwen3-8B", "moonshotai/Kimi-K2.5": "kimi-k2",
          "Qwen/Qwen3-30B-A3B-Instruct-2507": "Qwen3-30B-A3B", "Qwen/Qwen3-Coder-30B-A3B-Instruct": "Qwen3-30B-A3B",
          "Qwen/Qwen3-30B-A3B-Thinking-2507": "Qwen3-30B-A3B",
          "Qwen/Qwen3-235B-A22B-Instruct-2507": "Qwen3-235B-A22B",
          "Qwen/Qwen3-235B-A22B-Thinking-2507": "Qwen3-235B-A22B"}


class Plans:
    """Answers of the program. Graphs are captured where they are not at hand."""

    def __init__(self, program, graphs, scratch):
        self.program, self.graphs, self.scratch = program, graphs, pathlib.Path(scratch)

    def serving(self, model, device, engine, *words):
        """One target of a plan, with kernels as engines fuse them by hand."""
        if model not in MODELS:
            raise UnreadableRow(f"no configuration of {model}")
        graph = found(lambda: self.graphs.phases("hf:" + MODELS[model]))
        return self._said("serve-plan", graph, "--on", device, "--set", f"hardware.{device}.backend=tensorrt",
                          "--engine", self._engine(*engine), *words)["targets"][0]

    def training(self, model, sizes, device, *words):
        graph = found(lambda: self.graphs.training_step(f"tools/accuracy/llama_training.py:{model}", sizes))
        return self._said("train-plan", graph, "--on", device, *words)["models"][0]["targets"][0]

    def _engine(self, name, figures=()):
        """The name of an engine, or a copy of its file with other figures."""
        if not figures:
            return name
        file = self.scratch / ("-".join([name, *(f"{key}_{value}" for key, value in figures)]) + ".toml")
        text = (ROOT / f"config/engines/{name}.toml").read_text(encoding="utf-8")
        for key, value in figures:
            text, count = re.subn(rf"^{key} = [\d.a-z]+$", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
            assert count == 1, f"{name} has no {key}"
        with tempfile.NamedTemporaryFile("w", dir=self.scratch, delete=False, encoding="utf-8") as made:
            made.write(text)
        pathlib.Path(made.name).rename(file)  # whole, for calls that read it at the same time
        return file

    def _said(self, *words):
        call = [self.program, *map(str, words), "--format", "json"]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise UnreadableRow(done.stderr.splitlines()[0])
        return json.loads(done.stdout)


def found(graph):
    """A capture that is missing costs the rows of its model, not the set."""
    try:
        return graph()
    except UnreadableSet as why:
        raise UnreadableRow(str(why)) from why
