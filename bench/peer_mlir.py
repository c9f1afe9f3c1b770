"""The MLIR process: peer_mlir.py FILE reads StableHLO, text or portable artifact, with the library of jaxlib."""

import sys
from pathlib import Path

from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

if __name__ == "__main__":
    path = Path(sys.argv[1])
    with ir.Context() as context:
        stablehlo.register_dialect(context)
        if path.suffix == ".mlir":
            context.allow_unregistered_dialects = True
            ir.Module.parse(path.read_text())
        else:
            stablehlo.deserialize_portable_artifact(context, path.read_bytes())
