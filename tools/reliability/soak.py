"""Many analyses in one process, by the program tests/reliability/soak.cpp: what each leaves behind in memory.

soak.py --program build/release/bin/soak [--analyses 10000] [--threads 1] [--json FILE]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from trials import SOURCE

MODELS = ["mlp_sort", "resnet18", "mobilenet_v2"]
MOST_BYTES = 1024  # of memory that an analysis may keep
FEW = 2000  # analyses: with fewer, what the allocator keeps for the largest model is most of the slope
MOST_BYTES_OF_FEW = 16 * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--analyses", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1, help="that carry them out together")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    args = parser.parse_args()
    models = [str(SOURCE / f"models/{name}.onnx") for name in MODELS]
    words = [args.program, str(args.analyses), str(args.threads), *models]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    figures = json.loads(ran.stdout)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(ran.stdout, end="")
    most = MOST_BYTES_OF_FEW if args.analyses < FEW else MOST_BYTES
    if figures["bytes_each"] <= most and figures["differ"] == 0:
        return 0
    print(f"at most {most} bytes each are allowed, and no answer that differs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
