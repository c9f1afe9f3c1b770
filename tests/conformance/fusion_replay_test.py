"""What fused groups of stored models move, worked out anew in numpy: every group agrees, and few are not known."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "fusion_replay"))

import replay  # noqa: E402

MODELS = ["models/*.onnx", "tests/data/torchvision/*.pt2", "tests/frontends/data/*.onnx"]

agree, differ, skipped = 0, [], 0
for model in sorted(path for pattern in MODELS for path in ROOT.glob(pattern)):
    answer = replay.run(os.environ["ALIDADE_BIN"], model, "pattern")
    assert not isinstance(answer, str), f"{model}: {answer}"
    same, other, unknown = replay.compared(*answer)
    agree += same
    differ += [f"{model}: {line}" for line in other]
    skipped += len(unknown)

print(f"{agree} groups agree, {len(differ)} differ, {skipped} unknown")
print(*differ[:20], sep="\n")
assert not differ
assert agree > 4000 and skipped < agree / 20
