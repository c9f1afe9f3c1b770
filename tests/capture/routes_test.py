import contextlib
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import nets
import torch
from alidade import profile_model
from alidade.capture.archive import record_of
from alidade.capture.build import build
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError
from alidade.capture.quiet import quiet_libraries
from alidade.capture.reference import contractions, extras
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.strategy import capture
from alidade.native import profile_json, program

NETS = pathlib.Path(__file__).with_name("nets.py")


class Routes(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.said: list[str] = []

    def captured(self, name: str, *shapes: str, **options):
        with quiet_libraries():
            return capture(resolve(f"{NETS}:{name}"), Request(shapes=shapes, **options), self.said.append)

    def file(self, made, **more) -> pathlib.Path:
        return made.write(self.folder / f"{made.source.title}{made.captured.suffix}", more)

    def reference(self, name: str, *shapes: str) -> int:
        built = build(resolve(f"{NETS}:{name}"), Request(shapes=shapes), "cpu")
        with quiet_libraries():
            return sum(contractions(built).values())

    def test_a_plain_model_is_exported_on_the_meta_device_and_leaves_its_weights_out(self):
        made = self.captured("make_plain", "1,3,16,16")
        path = self.file(made)
        self.assertEqual((made.route, made.built.device, made.failures), ("nonstrict", "meta", []))
        self.assertLess(path.stat().st_size, 8000)
        totals = profile_json(path)["totals"]
        self.assertEqual(totals["macs"], self.reference("Plain", "1,3,16,16"))
        self.assertEqual(totals["params"], 3 * 8 * 9 + 8 + 16 + 8 * 5 + 5)
        self.assertEqual(record_of(path)["inputs"], [{"name": "x", "shape": [1, 3, 16, 16], "dtype": "float32"}])

    def test_every_route_gives_the_same_multiply_accumulates(self):
        macs = self.reference("Plain", "1,3,16,16")
        for route in ("nonstrict", "strict", "fx", "dynamo", "onnx"):
            with self.subTest(route):
                made = self.captured("Plain", "1,3,16,16", via=route)
                self.assertEqual(profile_json(self.file(made))["totals"]["macs"], macs)

    def test_a_traced_file_says_what_its_inputs_are(self):
        path = self.file(self.captured("Plain", "1,3,16,16", via="trace"))
        extra = {"alidade.json": ""}
        loaded = torch.jit.load(path, _extra_files=extra)
        self.assertEqual(json.loads(extra["alidade.json"])["inputs"][0]["shape"], [1, 3, 16, 16])
        self.assertEqual(sum(p.numel() for p in loaded.parameters()), sum(p.numel() for p in nets.Plain().parameters()))
        self.assertLess(path.stat().st_size, 20000)

    def test_every_module_of_a_model_that_breaks_inside_a_module_counts_as_torch_counts_it(self):
        made = self.captured("BrokenInside", "2,6", references=("torch",))
        self.assertEqual(made.route, "dynamo")
        with quiet_libraries():
            path = self.file(made, **extras(made))
        done = subprocess.run([program(), "crosscheck", path, "--format", "json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        tool = json.loads(done.stdout)["analyses"]["crosscheck"]["tools"][0]
        macs = 2 * (6 * 5 + 5 * 4 + 4 * 3)
        self.assertEqual((tool["tool"], tool["ours"], tool["theirs"]), ("torch", 2 * macs, 2 * macs))
        self.assertEqual((tool["modules"], tool["modules_compared"]), ([], 5))

    def test_graph_breaks_make_a_bundle_that_counts_as_the_model_does(self):
        made = self.captured("Broken", "2,6")
        path = self.file(made)
        told = profile_json(path)
        self.assertEqual((made.route, made.captured.graphs()), ("dynamo", 3))
        self.assertEqual([f["route"] for f in made.failures], ["warm-up", "nonstrict", "nonstrict", "strict"])
        self.assertEqual(told["totals"]["macs"], self.reference("Broken", "2,6"))
        self.assertEqual(told["totals"]["params"], 6 * 6 + 6 + 6 * 4)
        self.assertEqual([len(told["graph"][side]) for side in ("inputs", "outputs")], [1, 1])
        manifest = json.loads(zipfile.ZipFile(path).read("alidade_bundle.json"))
        line = NETS.read_text().splitlines().index('        print("between")') + 1
        self.assertEqual(manifest["partitions"][1]["file_line"].rpartition("/")[2], f"nets.py:{line}")
        self.assertIn("print", manifest["partitions"][1]["reason"])

    def test_a_bundle_can_be_refused(self):
        with self.assertRaises(CaptureError) as refused:
            self.captured("Broken", "2,6", via="dynamo", fullgraph=True)
        self.assertIn("no route captures this model (", refused.exception.what)

    def test_the_first_pass_is_told_where_it_mattered(self):
        made = self.captured("Lazy", "2,4", via="nonstrict")
        self.assertEqual(made.set_up, ["scale"])
        self.assertEqual(self.said, ["warm-up mattered: the model set up scale in its first pass"])

    def test_dimensions_keep_the_names_that_they_were_given(self):
        path = self.file(self.captured("Plain", "1,3,16,16", dynamic="batch=0"))
        told = profile_json(path, "--bind", "batch=7")
        self.assertEqual(told["totals"]["macs"], 7 * self.reference("Plain", "1,3,16,16"))

    def test_two_names_of_one_weight_are_one_parameter(self):
        path = self.file(self.captured("Tied", "ids=2,3:int64"))
        self.assertEqual(profile_json(path)["totals"]["params"], 40)

    def test_what_the_model_raises_is_told_once(self):
        with self.assertRaises(CaptureError) as refused:
            self.captured("Raises", "1,3")
        self.assertEqual(str(refused.exception), f"{NETS}:Raises: the model's forward raised ValueError: no such luck; "
                         "look at its inputs: --input-shape gives them by name or in order (numbers are f32, ids are "
                         "said: ids=1,128:int64), parts of one by its name "
                         "and theirs (batch.ids=1,128:int64), and example_inputs() in a file gives values")

    def test_an_input_without_a_shape_is_named(self):
        with self.assertRaises(CaptureError) as refused:
            self.captured("Two", "x=2,3")
        self.assertEqual(str(refused.exception), 'Two.forward takes the input "y", and no shape was given for it; say '
                         '--input-shape y=1,3,224,224 (in Python input_shape={"y": (1, 3, 224, 224)}), with the sizes '
                         "that it has; ids are whole numbers: y=1,128:int64")

    def test_saved_code_runs_and_gives_what_the_model_gives(self):
        for name, shape in (("Plain", (1, 3, 16, 16)), ("Choice", (2, 3))):
            with self.subTest(name):
                out = self.folder / name
                text = ",".join(map(str, shape))
                self.assertEqual(main([f"{NETS}:{name}", "--input-shape", text, "--save-code", str(out), "-o",
                                       str(out / "model.pt2")]), 0)
                spec = importlib.util.spec_from_file_location(name, out / f"{name}.py")
                code = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(code)
                model, x = getattr(nets, name)().eval(), torch.randn(shape)
                torch.testing.assert_close(code.run([x], model.state_dict())[0], model(x))

    def test_inspect_shows_modules_functions_and_every_value(self):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            main(["inspect", f"{NETS}:Plain", "--input-shape", "1,3,16,16", "--via", "fx", "--values"])
        lines = [line.split() for line in shown.getvalue().splitlines()]
        self.assertIn(["call_module", "3"], lines)
        self.assertIn(["conv", "call_module", "Conv2d", "float32[1,8,16,16]"], lines)

    def test_a_module_that_is_there_is_profiled_and_left_as_it_was(self):
        model = nets.Plain().train()
        before = {name: value.clone() for name, value in model.state_dict().items()}
        told = profile_model(model, input_shape=(1, 3, 16, 16), model_name="MyModel", show=False)
        self.assertEqual(told["model"], "MyModel")
        self.assertEqual(told["totals"]["macs"], self.reference("Plain", "1,3,16,16"))
        self.assertTrue(model.training)
        for name, value in model.state_dict().items():
            torch.testing.assert_close(value, before[name])
        program = torch.export.export(model.eval(), (torch.zeros(1, 3, 16, 16),))
        self.assertEqual(profile_model(program, show=False)["totals"]["macs"], told["totals"]["macs"])


if __name__ == "__main__":
    sys.exit(unittest.main())
