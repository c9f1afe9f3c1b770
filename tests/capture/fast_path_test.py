"""What other tools count when torch takes the fast path of attention under torch.no_grad(), and what we say of it."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import structured
import torch
from alidade.capture.quiet import quiet_libraries
from alidade.capture.request import Request
from alidade.capture.sources.live import LiveModule
from alidade.capture.strategy import capture
from alidade.native import program
from torch.utils.flop_counter import FlopCounterMode


def by_fvcore(model, x) -> dict:
    from fvcore.nn import FlopCountAnalysis
    analysis = FlopCountAnalysis(model, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {"tool": "fvcore", "total": analysis.total(), "by_operator": analysis.by_operator(),
            "by_module": analysis.by_module(), "unsupported": analysis.unsupported_ops()}


def by_torch(model, x) -> dict:
    with FlopCounterMode(display=False) as counter:
        model(x)
    by_operator = {str(op): flops for op, flops in counter.get_flop_counts()["Global"].items()}
    return {"tool": "torch", "total": counter.get_total_flops(), "by_operator": by_operator}


class FastPath(unittest.TestCase):
    def checked(self, model, count) -> tuple[int, dict]:
        """Their counts on the fast path, beside ours."""
        x = torch.ones(2, 5, 8)
        with tempfile.TemporaryDirectory() as name, quiet_libraries():
            folder = pathlib.Path(name)
            made = capture(LiveModule(model), Request(shapes=("2,5,8",)), lambda line: None)
            file = made.write(folder / "m.pt2")
            with torch.no_grad():
                self.assertTrue(torch.backends.mha.get_fastpath_enabled())
                (folder / "r.json").write_text(json.dumps(count(model, x)))
            words = [program(), "crosscheck", file, "--references", folder / "r.json", "--format", "json"]
            done = subprocess.run(words, capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout)["analyses"]["crosscheck"]["tools"][0]

    def test_what_it_hides_is_a_cause_to_the_integer(self):
        projections, head = 2 * 5 * 8 * (24 + 8), 2 * 5 * 8 * 3
        attention, mlp = 2 * 2 * 2 * 5 * 5 * 4, 2 * (2 * 5 * 8 * 16)
        said = "{} was led into the fast path of nn.{}, under torch.no_grad(), which hides what is inside"
        code, tool = self.checked(structured.Attended().eval(), by_fvcore)
        self.assertEqual((code, tool["ours"], tool["theirs"]), (0, projections + head, head))
        self.assertEqual([(row["name"], row["cause"]) for row in tool["modules"]],
                         [("attention", said.format("fvcore", "MultiheadAttention"))])
        code, tool = self.checked(structured.Attended().eval(), by_torch)
        self.assertEqual((code, tool["ours"], tool["theirs"]), (0, 2 * (projections + attention + head), 2 * head))
        code, tool = self.checked(structured.Encoded().eval(), by_torch)
        self.assertEqual((code, tool["ours"]), (0, 2 * (projections + attention + mlp + head)))
        self.assertIn("the fast path of nn.", tool["classes"][0]["cause"])


if __name__ == "__main__":
    unittest.main()
