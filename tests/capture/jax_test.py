import importlib.util
import json
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

from alidade.capture.build import build
from alidade.capture.faults import CaptureError
from alidade.capture.quiet import quiet_libraries
from alidade.capture.reference import contractions, count, extras
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.strategy import capture
from alidade.native import profile_json, program

HERE = pathlib.Path(__file__).parent
MISSING = [name for name in ("jax", "flax", "keras", "torchax") if not importlib.util.find_spec(name)]


def nodes(path: pathlib.Path, *options: str) -> list[dict]:
    done = subprocess.run([program(), "profile", path, "--format", "json", *options], capture_output=True, text=True)
    return json.loads(done.stdout)["layers"]


class WithoutJax(unittest.TestCase):
    def test_what_is_missing_is_told_with_the_way_to_get_it(self):
        with mock.patch("importlib.util.find_spec", lambda name: None), self.assertRaises(CaptureError) as refused:
            resolve("keras:ResNet50").build()
        self.assertEqual(str(refused.exception), 'keras:ResNet50: the Python package "keras" is not installed; run '
                         './dev setup jax, or pip install "FOLDER[jax]", FOLDER being a checkout')

    def test_flax_has_no_models_by_name(self):
        with self.assertRaises(CaptureError) as refused:
            resolve("flax:resnet")
        self.assertEqual(str(refused.exception), "flax:resnet: flax has no models by name; say file.py:NAME, with a "
                         "module or a function in it")


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}; ./dev setup jax")
class Jax(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def captured(self, name: str, *shapes: str, **options):
        with quiet_libraries():
            return capture(resolve(f"{HERE}/{name}"), Request(shapes=shapes, **options), lambda line: None)

    def file(self, made, suffix: str = ".mlirbc", **more) -> pathlib.Path:
        return made.write(self.folder / f"{made.source.title}{suffix}", more)

    def totals(self, name: str, *shapes: str, **options) -> dict:
        return profile_json(self.file(self.captured(name, *shapes, **options)))["totals"]

    def test_the_example_is_captured_as_the_file_beside_it(self):
        example = HERE.parents[1] / "examples/jax"
        with quiet_libraries():
            asked = Request(dynamic="batch=x.0,seq=x.1")
            made = capture(resolve(f"{example}/block.py:block"), asked, lambda line: None)
        there, here = (nodes(path, "--bind", "batch=2,seq=16") for path in (example / "block.mlirbc", self.file(made)))
        self.assertEqual([(n["name"], n["flops"]) for n in here], [(n["name"], n["flops"]) for n in there])

    def test_a_module_of_linen_counts_what_is_in_its_layers(self):
        found = self.totals("jax_nets.py:Linen", "1,8,8,3")
        self.assertEqual((found["macs"], found["params"]), (64 * 27 * 8 + 8 * 5, 27 * 8 + 8 + 16 + 8 * 5 + 5))

    def test_a_module_in_training_mode_has_statistics_and_random_numbers_to_work_out(self):
        fixed, trained = (self.totals("jax_nets.py:Linen", "1,8,8,3", train=mode) for mode in (False, True))
        self.assertEqual(fixed["macs"], trained["macs"])
        self.assertGreater(trained["flops"], fixed["flops"] + 2 * 64 * 8)

    def test_a_module_of_nnx_takes_no_memory_and_keeps_its_modules(self):
        path = self.file(self.captured("jax_nets.py:Nnx", "2,4"))
        told = profile_json(path)["totals"]
        self.assertEqual((told["macs"], told["params"]), (2 * (4 * 8 + 2 * 64), 40 + 2 * 72 + 16))
        self.assertEqual([node["module"] for node in nodes(path) if node["macs"]], ["first", "layers.0", "layers.1"])

    def test_a_model_of_keras_is_captured_with_any_batch(self):
        path = self.file(self.captured("jax_nets.py:make_keras", dynamic="batch=0"))
        told = profile_json(path, "--bind", "batch=7")["totals"]
        self.assertEqual((told["macs"], told["params"]), (7 * 6 * 4, 6 * 4 + 4 + 8))

    def test_a_function_is_the_same_graph_as_text_and_as_artifact(self):
        made = self.captured("jax_functions.py:scaled")
        told = [profile_json(self.file(made, suffix)) for suffix in (".mlir", ".mlirbc")]
        self.assertEqual(told[0]["totals"], told[1]["totals"])
        self.assertEqual((told[0]["totals"]["macs"], told[0]["totals"]["params"]), (2 * 4 * 3, 12))
        self.assertEqual([value["name"] for value in told[0]["graph"]["inputs"]], ["x"])

    def test_a_model_of_torch_counts_the_same_by_this_route(self):
        built = build(resolve(f"{HERE}/nets.py:Plain"), Request(shapes=("1,3,16,16",)), "cpu")
        with quiet_libraries():
            macs = sum(contractions(built).values())
        path = self.file(self.captured("nets.py:Plain", "1,3,16,16", via="jax"))
        self.assertEqual(profile_json(path)["totals"]["macs"], macs)
        self.assertEqual(profile_json(path)["totals"]["params"], 3 * 8 * 9 + 8 + 16 + 8 * 5 + 5)
        line = (HERE / "nets.py").read_text().splitlines().index(
            "        return self.fc(self.bn(self.conv(x)).relu().mean((2, 3)))") + 1
        found = [(node["module"], node["source"]["line"]) for node in nodes(path) if node["macs"]]
        self.assertEqual(found, [("conv", line), ("fc", line)])

    def test_dimensions_of_a_model_of_torch_keep_their_names(self):
        path = self.file(self.captured("nets.py:Plain", "1,3,16,16", via="jax", dynamic="batch=0"))
        self.assertEqual(profile_json(path, "--bind", "batch=7")["totals"]["macs"], 7 * (256 * 27 * 8 + 40))

    def test_what_xla_counts_is_kept_in_the_file(self):
        made = self.captured("jax_functions.py:scaled", references=("xla",))
        found = count(made.source, made.request, "xla")
        self.assertEqual((found["total"], found["transcendentals"]), (2 * 24 + 6, 6))
        with quiet_libraries():
            path = self.file(made, ".mlir", **extras(made))
        self.assertEqual(self.crosscheck(path), 0)

    def test_what_xla_counts_in_models_is_what_the_program_counts_as_xla(self):
        for name, shapes in (("nets.py:Plain", ("1,3,16,16",)), ("jax_nets.py:Linen", ("1,8,8,3",))):
            with self.subTest(name), quiet_libraries():
                made = self.captured(name, *shapes, via="jax", references=("xla",))
                self.assertEqual(self.crosscheck(self.file(made, **extras(made))), 0)

    def crosscheck(self, path: pathlib.Path) -> int | str:
        done = subprocess.run([program(), "crosscheck", path], capture_output=True, text=True)
        return done.stderr if done.returncode else 0

    def test_what_cannot_be_captured_is_told(self):
        for name, options, said in (
                ("jax_functions.py:scaled", {"via": "onnx"}, "the route onnx captures models of PyTorch, and this is "
                 "one of JAX; leave out --via"),
                ("jax_functions.py:scaled", {"train_step": True}, "a training step is captured of models of PyTorch, "
                 "and this is one of JAX; name a function that computes the gradient (jax.grad)"),
                ("jax_nets.py:looks_at_values", {"shapes": ("2,3",)}, "TracerBoolConversionError")):
            with self.subTest(said), quiet_libraries(), self.assertRaises(CaptureError) as refused:
                capture(resolve(f"{HERE}/{name}"), Request(**options), lambda line: None)
            self.assertIn(said, str(refused.exception))


if __name__ == "__main__":
    unittest.main()
