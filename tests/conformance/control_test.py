"""Random loops, scans and branches: what onnx's reference implementation does is what is counted, or lies between."""

import pathlib
import tempfile
import unittest

import program
import random_control
import recorder
import verdict
from trial import Dice
from truth import Truth

COUNT, SEED = 120, 5


def runs(count: int, seed: int) -> dict[str, tuple]:
    """Models that run, with what their run has shown."""
    found = {}
    for number in range(count):
        made = random_control.made(Dice([seed, number]))
        try:
            recording = recorder.run(random_control.conditions_stated(made.model), made.feeds)
        except Exception:  # tensors that do not fit each other, or a loop without rows to stack
            continue
        found[f"control {number}"] = (made, recording)
    return found


def misses(made: random_control.Made, recording: recorder.Recording, document: dict) -> list[str]:
    names = {made.model.graph.output[0].name} if made.by_data else set()
    found = verdict.judge(document, made.model, Truth(recording.outputs, recording.macs), names).failures
    totals = document.get("totals", {})
    if not made.by_data and totals.get("macs_upper") != sum(recording.macs.values()):
        found.append(f"at most {totals.get('macs_upper')} MACs, where nothing depends on data")
    return found


class Control(unittest.TestCase):
    def test_random_loops_scans_and_branches_count_what_runs(self):
        found = runs(COUNT, SEED)
        self.assertGreater(len(found), COUNT // 2)
        self.assertGreater(sum(made.by_data for made, _ in found.values()), 10)
        self.assertGreater(sum(not made.by_data for made, _ in found.values()), 20)
        with tempfile.TemporaryDirectory() as folder:
            asked = []
            for number, (made, _) in enumerate(found.values()):
                file = pathlib.Path(folder, f"{number}.onnx")
                file.write_bytes(made.model.SerializeToString())
                asked.append(program.Asked(file))
            documents = program.profiles(asked)
        problems = [f"{name}: {problem}" for (name, one), document in zip(found.items(), documents, strict=True)
                    for problem in misses(*one, document)]
        self.assertEqual(problems, [], "\n".join(problems))


if __name__ == "__main__":
    unittest.main()
