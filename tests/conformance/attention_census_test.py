"""Attention written as products around a softmax, in every stored model: a walk of its own finds the places, and the
analysis fusion makes a unit of each."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "fusion_replay"))

import attention_census  # noqa: E402

MODELS = ["models/*.onnx", "tests/frontends/data/*.onnx", "tests/frontends/data/*.pt2", "tests/frontends/data/*.pt"]

total, missed, unread = 0, [], []
for model in sorted(path for pattern in MODELS for path in ROOT.glob(pattern)):
    answer = attention_census.found(os.environ["ALIDADE_BIN"], model)
    if isinstance(answer, str):
        unread.append(f"{model}: {answer}")
        continue
    found, others = answer
    total += len(found) + len(others)
    missed += [f"{model.name}: {name}: {why}" for name, why in others.items()]
    if found or others:
        print(f"{model.name}: {len(found)} found, {len(others)} not found")

print(f"{total - len(missed)} of {total} found")
print(*missed, *unread, sep="\n")
assert all(".pt: " in line for line in unread)  # TorchScript needs libtorch, which not every build has
assert total >= (155 if not unread else 143)
assert len(missed) <= 5

# Of places that are none, the reason is given.
WRITTEN = '''graph "census" format "text" {
  input %q : f32[2,8,4]
  input %k : f32[2,8,4]
  input %v : f32[2,8,4]
  input %at : i64[3]
  %m = matmul(%q, %k) {transpose_b=1} : f32[2,8,8]
  %p = softmax(%m) {axes=[2]} : f32[2,8,8]
MORE
  return %o, %w
}
'''
REASONS = {
    "%o = matmul(%p, %v) : f32[2,8,4]\n %w = reduce_mean(%p) {axes=[0]} : f32[8,8]": "near miss: fork at o",
    "%o = matmul(%p, %v) : f32[2,8,4]\n %w = relu(%v) : f32[2,8,4]": None,
}
for more, why in REASONS.items():
    found, others = attention_census.of_text(os.environ["ALIDADE_BIN"], WRITTEN.replace("MORE", more))
    assert (found, others) == ((["p"], {}) if why is None else ([], {"p": why})), (more, found, others)
