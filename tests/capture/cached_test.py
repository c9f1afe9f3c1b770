import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

NETS = pathlib.Path(__file__).with_name("nets.py")


class Cached(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def ask(self, *words: str) -> tuple[int, dict, str]:
        command = [sys.executable, "-m", "alidade.capture", "cached", *words]
        done = subprocess.run(command, capture_output=True, text=True,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        return done.returncode, json.loads(lines[0]), done.stderr

    def test_the_second_answer_comes_from_the_cache_and_a_broken_entry_is_made_anew(self):
        words = (f"{NETS}:Broken", "--input-shape", "2,6")
        code, first, said = self.ask(*words)
        self.assertEqual((code, first["bindings"]), (0, {}))
        self.assertIn("capturing", said)
        path = pathlib.Path(first["path"])
        self.assertTrue(path.is_absolute() and path.is_relative_to(self.folder / "alidade/capture"))
        started = time.monotonic()
        self.assertEqual(self.ask(*words), (0, first, ""))
        self.assertLess(time.monotonic() - started, 1)  # importing torch alone takes longer
        path.write_bytes(path.read_bytes()[:100])
        code, again, said = self.ask(*words)
        self.assertEqual((code, again["path"]), (0, first["path"]))
        self.assertIn("capturing", said)
        self.assertGreater(path.stat().st_size, 100)

    def test_a_model_is_made_anew_where_what_its_file_imports_has_changed(self):
        (self.folder / "own").mkdir()
        (self.folder / "own/sizes.py").write_text("WIDTH = 4\n")
        (self.folder / "layers.py").write_text("from own.sizes import WIDTH\n")
        (self.folder / "net.py").write_text("import torch\nfrom layers import WIDTH\n\n"
                                            "def net():\n    return torch.nn.Linear(2, WIDTH)\n")
        words = (f"{self.folder / 'net.py'}:net", "--input-shape", "1,2")
        _, first, _ = self.ask(*words)
        self.assertEqual(self.ask(*words), (0, first, ""))
        small = pathlib.Path(first["path"]).read_bytes()
        (self.folder / "own/sizes.py").write_text("WIDTH = 512\n")
        _, second, said = self.ask(*words)
        self.assertIn("capturing", said)
        self.assertNotEqual(pathlib.Path(second["path"]).read_bytes(), small)
        (self.folder / "own/sizes.py").unlink()
        self.assertEqual(self.ask(*words)[1]["error"]["what"],
                         "the file raised ModuleNotFoundError: No module named 'own.sizes'")

    def test_symbols_are_bound_and_other_sizes_are_captured_anew(self):
        words = (f"{NETS}:Plain", "--input-shape", "1,3,16,16")
        _, one, _ = self.ask(*words, "--dynamic", "batch=0")
        _, eight, said = self.ask(*words, "--dynamic", "batch=0", "--bind", "batch=8")
        self.assertEqual((one["bindings"], eight["bindings"]), ({"batch": 1}, {"batch": 8}))
        self.assertEqual((one["path"], said), (eight["path"], ""))
        _, fixed, said = self.ask(*words, "--bind", "batch=8")
        self.assertNotEqual(fixed["path"], eight["path"])
        self.assertEqual((fixed["bindings"], said.split()[0]), ({}, "capturing"))

    def test_mistakes_are_one_line_of_json_and_exit_3(self):
        self.assertEqual(self.ask("nothing:here")[:2], (3, {"error": {
            "what": 'there is no source "nothing"', "where": "nothing:here",
            "fix": "say torchvision:NAME, timm:NAME, hf:NAME, ultralytics:NAME, keras:NAME, file.py:NAME, or a .pt2, "
                   ".pt, .onnx, .mlir or .mlirbc file"}}))
        self.assertEqual(self.ask(f"{NETS}:Plain", "--bind", "depth=3")[:2], (3, {"error": {
            "what": 'nothing in this model is called "depth"', "where": f"{NETS}:Plain",
            "fix": "bind batch or seq, or name a dimension with --dynamic depth=AXIS"}}))
        code, told, _ = self.ask(f"{NETS}:Raises", "--input-shape", "1,3")
        self.assertEqual((code, told["error"]["what"]), (3, "the model's forward raised ValueError: no such luck"))


if __name__ == "__main__":
    unittest.main()
