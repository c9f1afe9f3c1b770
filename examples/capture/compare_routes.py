"""Routes side by side: `compare_routes.py` for the models of this folder, `compare_routes.py SOURCE...` for others."""

import pathlib
import sys

from alidade.capture.cli import main

HERE = pathlib.Path(__file__).parent
OURS = ("simple_cnn.py:SimpleCNN", "control_flow.py:Gate", "loops.py:Unrolled", "loops.py:UntilSmall")

if __name__ == "__main__":
    for source in sys.argv[1:] or [str(HERE / name) for name in OURS]:
        print(f"{source}:")
        main(["compare", source])
        print()
