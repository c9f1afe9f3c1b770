"""Runs every command of the README as it stands there, and its lines of Python in an environment that `pip install .`
fills; then looks at every page that they wrote: each chart has the marks that the page's JSON demands.

    python3 tools/readme/try.py         in a clone, on a machine that may be fresh; needs an hour, and a network
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
OWN_MODEL = '''import torch

class MyModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3)

    def forward(self, x):
        return self.conv(x).relu()
'''


def blocks(*kinds: str) -> list[tuple[str, str]]:
    """Blocks of these kinds, in the order of the README."""
    return re.findall(rf"^```({'|'.join(kinds)})\n(.*?)^```$", (PROJECT / "README.md").read_text(), re.M | re.S)


def commands() -> list[str]:
    """What stands behind # is for the reader."""
    out = []
    for kind, block in blocks("console", "sh"):
        lines = block.splitlines()
        out += lines if kind == "sh" else [line[2:] for line in lines if line.startswith("$ ")]
    return [re.sub(r"\s+#.*", "", line) for line in out]


def carried_out(command: str) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, shell=True, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 and "this machine is busy" in done.stdout:  # it says what to do, and --force is that
        print(f"busy   {command}", flush=True)
        return carried_out(f"{command} --force")
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {time.monotonic() - began:6.1f} s  {command}", flush=True)
    if done.returncode != 0:
        print(f"exit code {done.returncode}:\n" + "\n".join(done.stdout.splitlines()[-20:]), flush=True)
    return done.returncode == 0


def python_lines() -> bool:
    """The README's Python, where a model of one's own is one that comes with Alidade."""
    with tempfile.TemporaryDirectory() as folder:
        lines = "".join(block for _, block in blocks("python"))
        (pathlib.Path(folder) / "lines.py").write_text(f"model, inputs = 'resnet18', None\n{lines}")
        python = f"{folder}/venv/bin/python"
        return (carried_out(f"python3 -m venv {folder}/venv && {python} -m pip install --quiet '.[tables]'")
                and carried_out(f"cd {folder} && {python} lines.py"))


def main() -> int:
    (PROJECT / "my_model.py").write_text(OWN_MODEL)
    todo = commands()
    pages = [words[-1] for command in todo if (words := command.split())[-1].endswith(".html")]
    steps = ["./dev setup capture", "./dev setup jax", *todo, "./dev setup page"]
    held = [carried_out(command) for command in steps]
    held.append(python_lines())
    held.append(carried_out(f"node web/tests/marks.mjs {' '.join(pages)}"))
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
