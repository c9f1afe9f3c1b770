"""Runs the program on many files: a few processes, each with a pipeline of many models."""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

FILES_A_PROCESS = 60
SECONDS_A_FILE = 60


def binary() -> str:
    return os.environ["ALIDADE_BIN"]


@dataclasses.dataclass
class Asked:
    """One file, and what its symbolic sizes are bound to."""

    file: pathlib.Path
    bind: dict[str, int] = dataclasses.field(default_factory=dict)
    inputs: dict[str, list[int]] = dataclasses.field(default_factory=dict)


def profiles(asked: list[Asked]) -> list[dict]:
    """What the json report says of each file, in order; {"died": why} where the process ended without a report."""
    parts = [asked[at : at + FILES_A_PROCESS] for at in range(0, len(asked), FILES_A_PROCESS)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [document for part in pool.map(profile_part, parts) for document in part]


def profile_part(part: list[Asked]) -> list[dict]:
    """One process; where it dies, each half alone, so that one bad file costs itself only."""
    documents, why = run_pipeline(part)
    if documents is not None:
        return documents
    if len(part) == 1:
        return [{"died": why}]
    middle = len(part) // 2
    return profile_part(part[:middle]) + profile_part(part[middle:])


def run_pipeline(part: list[Asked]) -> tuple[list[dict] | None, str]:
    with tempfile.TemporaryDirectory() as folder:
        pipeline, report = pathlib.Path(folder, "pipeline.toml"), pathlib.Path(folder, "report.json")
        pipeline.write_text(written(part, report))
        try:
            done = subprocess.run([binary(), "run", pipeline], capture_output=True, text=True,
                                  timeout=SECONDS_A_FILE * len(part))
        except subprocess.TimeoutExpired:
            return None, f"no end after {SECONDS_A_FILE} s"
        if not report.exists():
            return None, first_error(done.stderr) or f"exit status {done.returncode}"
        read = json.loads(report.read_text())
    return (read["models"] if len(part) > 1 else [read]), ""


def first_error(told: str) -> str:
    """The sentence behind "error:"; else the last line."""
    lines = told.strip().splitlines()
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return (errors + lines[-1:] + [""])[0]


def written(part: list[Asked], report: pathlib.Path) -> str:
    """The pipeline file. A JSON string is a TOML string, and a list of numbers is one in both."""
    quoted = json.dumps
    lines = []
    for number, one in enumerate(part):
        lines += ["[[model]]", f"path = {quoted(str(one.file))}", f'id = "m{number}"', 'frontend = ["onnx"]']
        if one.bind:
            lines.append("bind = { " + ", ".join(f"{quoted(k)} = {v}" for k, v in one.bind.items()) + " }")
        if one.inputs:
            lines.append("inputs = { " + ", ".join(f"{quoted(k)} = {v}" for k, v in one.inputs.items()) + " }")
    lines += ["[[analysis]]", 'use = "cost"', "[[report]]", 'use = "json"', "indent = 0",
              f"path = {quoted(str(report))}"]
    return "\n".join(lines) + "\n"


def text_form(one: Asked) -> str | None:
    """The graph as `inspect --text` prints it; nothing where the file is refused."""
    flags = [f"--bind={name}={size}" for name, size in one.bind.items()]
    flags += [f"--input-shape={name}={','.join(map(str, sizes))}" for name, sizes in one.inputs.items()]
    done = subprocess.run([binary(), "inspect", one.file, "--text", *flags], capture_output=True, text=True,
                          timeout=600)
    return done.stdout if done.returncode == 0 else None
