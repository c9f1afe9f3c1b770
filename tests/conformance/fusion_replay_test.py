"""What fused groups of stored models and of random graphs move, whole and by tiles, and the peak of memory, worked out
anew in numpy: every figure agrees, and few are not known."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "fusion_replay"))

import replay  # noqa: E402

PROGRAM = os.environ["ALIDADE_BIN"]
MODELS = ["models/*.onnx", "tests/data/torchvision/*.pt2", "tests/frontends/data/*.onnx"]

whole = replay.Tally()
for model in sorted(path for pattern in MODELS for path in ROOT.glob(pattern)):
    found = replay.of_model(PROGRAM, model, ["pattern"])
    assert not isinstance(found, str), f"{model}: {found}"
    for way, tally in found.items():
        whole.add(tally, f"{model} {way}")
tiled = replay.of_model(PROGRAM, ROOT / "models" / "resnet18.onnx", ["tiles"])
whole.add(tiled["tiles"], "resnet18 in tiles")

drawn = replay.Tally()
for way, tally in replay.of_random(PROGRAM, 100).items():
    drawn.add(tally, way)

for name, tally in {"stored models": whole, "random graphs": drawn}.items():
    print(f"{name}: {tally.agree} figures agree, {len(tally.differ)} differ, {len(tally.skipped)} unknown")
    print(*tally.differ[:20], sep="\n")
assert not whole.differ and not drawn.differ
assert whole.agree > 4000 and len(whole.skipped) < whole.agree / 20
assert drawn.agree > 4000 and not drawn.skipped
