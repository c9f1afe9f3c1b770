"""The scores of serving as a section of docs/accuracy.md, which can be written by itself."""

import collectives
import serving_energy
import serving_memory
from page import aligned, markdown_table
from rows import stored
from score_lines import NUMBERS, table
from serving_runs import FILE, Runs

HEADING = "## Serving"
FILES = (FILE, serving_memory.FILE, serving_energy.FILE, *map(collectives.file_of, collectives.TABLES))

TEXT = """{heading}

What `alidade serve-plan` says of language models beside measured runs. Written by `{command}` on {date} at commit
{commit}; do not edit.

- **error** is the mean of abs(estimated / measured - 1) in percent, **median** its median, **bias** the geometric mean
  of estimated / measured. Graphs are captured from configurations of transformers; kernels are those of the backend
  `tensorrt`, as engines fuse them by hand. The first rows are of all runs, then of every model, device and engine.
- **Runs** of Kimi K2.5 are InferenceX's: each client asks ten times, and lengths are drawn evenly from 80 to 100 % of
  those that a row names. All others are NVIDIA's for aiconfigurator, whose evaluation has all clients begin at once and
  ask ten times, and whose generator gives a step of vLLM and of TensorRT-LLM the tokens of the batch, of one prompt and
  1,500 more, and lets SGLang read prompts and make tokens in one step.
- **Learnt** from one half of the settings of these runs (a hash of model, devices, prompt and answer) are figures of
  engines: what a request takes to the queue, what a token takes to its client, of TensorRT-LLM what its host takes for
  a prompt, and of InferenceX's runs what a request takes to the queue, with a tokenizer in Python. From one half of
  ML.ENERGY's models and tasks are the host of vLLM before 0.14 and the energy of an H100 and a B200.
- Kernels of experts are those of vLLM 0.24. Caches of nvfp4 checkpoints, and of those in fp8 that TensorRT-LLM runs,
  are in 8 bits, as these name them. Links of the B200, B300 and GB200 are not measured.
- **Weights and caches**: what vLLM up to 0.16 holds for scores was found on Qwen3 14B, and what 0.19 does on one of the
  runs whose pool is scored. **Collectives**: the tables have every second size; those between are scored.
- **ML.ENERGY**: runs on one H100 or B200, with prompts of 512 tokens and the host of vLLM before 0.14, which it does
  not say.
"""


class ServingScorer:
    """Scores of what files there are of the set."""

    def __init__(self, plans, data):
        has = [file for file in FILES if stored(data / file)]
        self.runs = Runs(plans, data) if FILE in has else None
        self.scores = [] if self.runs is None else list(self.runs.scores())
        for part in (serving_energy, serving_memory):
            if part.FILE in has:
                self.scores += part.scores(plans, data)
        self.scores += [collectives.score(data, gpu) for gpu in collectives.TABLES if collectives.file_of(gpu) in has]


def lost(scorer):
    """Why runs are not scored."""
    for why, count in [] if scorer.runs is None else scorer.runs.lost.most_common():
        yield f"{count} of {len(scorer.runs.rows)} runs of engines are not scored: {why}."


def terminal(scorer):
    return ["", *aligned(table(scorer.scores), NUMBERS), "", *lost(scorer)]


def section(scorer, command, date, commit):
    lines = [TEXT.format(heading=HEADING, command=command, date=date, commit=commit)]
    return "\n".join([*lines, *markdown_table(table(scorer.scores)), "", *(f"- {line}" for line in lost(scorer)), ""])
