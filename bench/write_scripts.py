"""Writes torchvision models as TorchScript, random weights and all: write_scripts.py FOLDER MODEL..."""

import sys
from pathlib import Path

import torch
from peer_fvcore import build

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.backends.mha.set_fastpath_enabled(False)
    for name in sys.argv[2:]:
        path = folder / f"{name}.pt"
        if not path.exists():
            with torch.no_grad():
                torch.jit.trace(build(name), torch.zeros(1, 3, 224, 224), check_trace=False).save(path)
