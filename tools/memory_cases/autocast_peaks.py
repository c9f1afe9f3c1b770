#!/usr/bin/env python3
"""Writes tests/data/memory/autocast/: a training step, and what live storages hold in PyTorch's own under autocast.

Autocast keeps the copies of weights that it multiplies in 16 bits until its block ends, and autograd saves those that
the backward pass reads: all but the first layer's, whose input has no gradient. `passes` is the most in both passes,
`turn` what the forward pass leaves, `step` the most in a whole second step with SGD, all that is stored counted.

Usage: autocast_peaks.py
"""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[1] / "tests/data/memory/autocast"
WIDTH, LAYERS = 256, 4


def net():
    """Weights make out nearly all; capture finds it by this name."""
    import torch

    layers = [torch.nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(LAYERS)]
    return torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.GELU())])


def measured() -> dict:
    sys.path.insert(0, str(HERE))
    import peaks
    import torch

    model, x = net(), torch.randn(4, WIDTH)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for stored in (peaks.stored_of(model), []):
        optimizer.zero_grad()
        with peaks.Live(stored) as live:
            live.add((x, [] if stored else peaks.stored_of(model)), "held")
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = model(x).mean()
            live.add(loss, "turn")
            turn = sum(size for _, size in live.known.values())
            loss.backward()
            passes = live.peak
            optimizer.step()
        if stored:
            found = {"turn": turn, "passes": passes}
    return {**found, "step": live.peak}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "alidade.capture",
            f"{__file__}:net",
            "--train-step",
            "--loss",
            "mean",
            "--optimizer",
            "sgd",
            "--input-shape",
            f"4,{WIDTH}",
            "-o",
            str(OUT / "mlp.pt2"),
        ],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1] / "python")},
        check=True,
    )
    (OUT / "peaks.json").write_text(json.dumps(measured(), indent=1) + "\n")


if __name__ == "__main__":
    main()
