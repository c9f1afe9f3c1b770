"""Inputs that are dicts, lists, caches, objects and plain values, from Python and from the command line."""

import contextlib
import copy
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import structured
import torch
from alidade import profile_model
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).parent
ones = torch.ones


def by_torch(model, args: tuple = (), kwargs: dict | None = None) -> int:
    """What torch counts while the model itself runs."""
    args, kwargs = copy.deepcopy((args, kwargs or {}))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(*args, **kwargs)
    return counter.get_total_flops() // 2


def macs(model, *args, **options) -> int:
    return profile_model(model, *args, show=False, **options)["totals"]["macs"]


def refusal(model, *args, **options) -> str:
    try:
        profile_model(model, *args, show=False, **options)
    except CaptureError as fault:
        return str(fault)
    raise AssertionError("this was not refused")


class Structured(unittest.TestCase):
    def test_every_structure_counts_as_torch_counts_the_model_that_runs(self):
        pair = structured.Pair(ones(4, 6), ones(3))
        cases = {
            "OfDict": (({"x": ones(2, 8, 6), "mask": ones(2, 8)},), {}),
            "OfNested": ((ones(5, 6), (ones(2, 6), ones(3)), [[ones(3)], {"z": ones(4)}]), {}),
            "OfPair": ((pair, ((ones(1, 6), ones(2)), (ones(7, 6), ones(2)))), {}),
            "OfDataclass": ((structured.Scaled(ones(4, 6), ones(3)),), {}),
            "OfBox": ((structured.Box(ones(4, 6)),), {}),
            "OfPlain": ((), {"x": ones(4, 6), "times": 3, "twice": True, "bias": None, "scale": ones(3)}),
            "OfMany": ((ones(2, 6), ones(3, 6)), {}),
            "OfManyByName": ((), {"one": ones(4, 6), "another": ones(7, 6)}),
        }
        for name, (args, kwargs) in cases.items():
            with self.subTest(name):
                model = getattr(structured, name.removesuffix("ByName"))()
                self.assertEqual(macs(model, inputs=kwargs or args), by_torch(model, args, kwargs))

    def test_shapes_are_nested_as_the_inputs_are(self):
        model = structured.OfNested()
        expected = by_torch(model, (ones(5, 6), (ones(2, 6), ones(3)), [[ones(3)], {"z": ones(4)}]))
        self.assertEqual(macs(model, [(5, 6), [(2, 6), (3,)], [[(3,)], {"z": (4,)}]]), expected)
        by_name = {"x": "5,6", "state": [(2, 6), "3:float32"], "extra": {"0": [(3,)], "1": {"z": (4,)}}}
        self.assertEqual(macs(model, by_name), expected)

    def test_a_dict_whose_names_forward_does_not_know_is_one_input(self):
        given = {"x": ones(2, 8, 6), "mask": ones(2, 8)}
        self.assertEqual(macs(structured.OfDict(), inputs=given), 2 * 8 * 6 * 3)

    def test_a_cache_is_read_and_stays_as_it_is(self):
        from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM
        config = LlamaConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
                             num_key_value_heads=2, vocab_size=100)
        model, cache, empty = LlamaForCausalLM(config).eval(), DynamicCache(config=config), DynamicCache()
        for layer in range(2):
            cache.update(torch.zeros(1, 2, 7, 8), torch.zeros(1, 2, 7, 8), layer)
        ids = {"input_ids": torch.ones(1, 1, dtype=torch.long), "use_cache": True}
        per_layer = 2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 64  # q and o, k and v, the three of the MLP
        for past, length in ((cache, 7), (empty, 0)):
            attention = 2 * 4 * 8 * (length + 1)  # four heads of 8: scores, and values
            self.assertEqual(macs(model, inputs={**ids, "past_key_values": past}),
                             2 * (per_layer + attention) + 32 * 100)
            self.assertEqual(past.get_seq_length(), length)
        self.assertNotIn(DynamicCache, torch.utils._pytree.SUPPORTED_NODES)

    def test_the_model_and_what_it_was_given_are_untouched(self):
        model, other, box = structured.InItself().train(), structured.OfBox(), structured.Box(ones(4, 6))
        before, generator = copy.deepcopy(model.state_dict()), torch.random.get_rng_state()
        macs(model, (5, 6))
        macs(other, inputs=box)
        self.assertEqual((model.calls, model.scale, model.training), ([], None, True))
        for name, value in model.state_dict().items():
            torch.testing.assert_close(value, before[name])
        self.assertEqual((box.seen, tuple(box.x.shape)), ([], (4, 6)))
        self.assertTrue(torch.equal(torch.random.get_rng_state(), generator))
        self.assertTrue(torch.backends.mha.get_fastpath_enabled())
        self.assertNotIn("HF_HUB_OFFLINE", os.environ)

    def test_values_that_decide_shapes_are_kept(self):
        x, lengths = ones(3, 9, 6), torch.tensor([5, 3, 2])
        self.assertEqual(macs(structured.ByLengths(), inputs=(x, lengths)), 3 * 5 * 6 * 3)
        mask = torch.arange(20).reshape(4, 5) % 3 == 0
        self.assertEqual(macs(structured.ByMask(), inputs=(ones(4, 5, 6), mask)), 7 * 6 * 3)
        self.assertEqual(macs(structured.ByMask(), inputs=(ones(4, 5, 6), mask), bind={"u0": 11}), 11 * 6 * 3)

    def test_values_are_repeated_where_another_size_is_asked_for(self):
        mask = torch.tensor([[True, False, False]])
        given = {"inputs": (ones(1, 3, 6), mask), "input_shape": {"x": (4, 6, 6), "mask": (4, 6)}}
        self.assertEqual(macs(structured.ByMask(), **given), 4 * 2 * 6 * 3)

    def test_mistakes_in_shapes_are_sentences(self):
        fc = torch.nn.Linear(4, 3)
        self.assertEqual(refusal(fc, 224), 'input_shape: 224 is no shape; write (1, 3, 224, 224) or "1,128:int64", a '
                         "list of such, or a dict by name")
        self.assertEqual(refusal(fc, {"inputs": (2, 4)}), '--input-shape: a shape was given for the input "inputs", '
                         'which the model does not take; did you mean "input"?; its inputs are input')
        self.assertEqual(refusal(fc, {"input": (2, 4)}, inputs=(ones(2, 4),), dynamic="n=y.0"),
                         '--dynamic: "n" names axis 0 of y, which there is not; the inputs are input [2, 4]')
        self.assertEqual(refusal(structured.OfDict(), (2, 6), inputs={"x": ones(2, 6), "mask": ones(2)},
                                 via="exprot"), 'via: there is no route "exprot"; did you mean "export"?; the routes '
                         "are export, strict, nonstrict, dynamo, trace, onnx, jax, fx")
        self.assertEqual(refusal(structured.OfDict(), {"batch": (2, 6)}, inputs={"x": ones(2, 6), "mask": ones(2)}),
                         '--input-shape: the input "batch" holds 2 tensors, and one shape was given for it; give each '
                         "its own, by name: batch.x, batch.mask")
        self.assertEqual(refusal(structured.OfPlain(), {"x": (4, 6), "scale": (3,)}),
                         'OfPlain.forward takes the input "times", and no shape was given for it; it is no tensor: '
                         "give its value by example_inputs() in the file (in Python inputs=...)")
        self.assertEqual(refusal(torch.nn.Linear),
                         "Linear: this is a class, and a model was expected; make it: Linear()")

    def test_bindings_that_bind_nothing_are_refused(self):
        fc = torch.nn.Linear(4, 3)
        self.assertEqual(refusal(fc, (2, 4), bind={"nonsense": 8}), 'bind: nothing in this model is called "nonsense"; '
                         'it has no symbolic dimension; dynamic="batch=0" keeps one when a model is captured')
        self.assertEqual(refusal(fc, (2, 4), bind={"bacth": 8}, dynamic="batch=0"), 'bind: nothing in this model is '
                         'called "bacth"; did you mean "batch"?; its symbolic dimensions are batch')
        self.assertEqual(refusal(fc, (2, 4), bind={"seq": 8}), 'Linear: no input of this model has a dimension "seq"; '
                         "name it with --dynamic seq=AXIS, or give the sizes with --input-shape")
        self.assertEqual(refusal(fc, (2, 4), bind={"batch": 0}),
                         'bind: "batch" is bound to 0, which is no size; give a whole number from 1')
        program = torch.export.export(fc, (ones(2, 4),))
        self.assertIn('nothing in this model is called "nonsense"', refusal(program, bind={"nonsense": 8}))
        self.assertIn("this is a captured model, whose inputs are fixed", refusal(program, inputs=(ones(2, 4),)))
        for dynamic in ("", "batch=0"):
            self.assertEqual(macs(fc, (2, 4), bind={"batch": 8}, dynamic=dynamic), 8 * 4 * 3)


class Files(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def file(self, text: str) -> pathlib.Path:
        path = self.folder / f"net_{len(list(self.folder.iterdir()))}.py"
        path.write_text(text)
        return path

    def told(self, text: str, *options: str) -> tuple[int, str]:
        path = self.file(text)
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code = main([f"{path}:Net", "-o", str(self.folder / "out.pt2"), *options])
        return code, said.getvalue().replace(str(path), path.name).splitlines()[-1] if said.getvalue() else ""

    def test_files_that_import_torchvision_timm_and_transformers_are_captured(self):
        nets = {"torchvision": "def Net(): return torchvision.ops.MLP(6, [3])",
                "timm": "def Net(): return timm.layers.Mlp(6, 4, 3)",
                "transformers": "from transformers import AutoImageProcessor\ndef Net(): return torch.nn.Linear(6, 3)"}
        for package, text in nets.items():
            with self.subTest(package):
                path = self.file(f"import {package}\nimport torch\n{text}\n")
                done = subprocess.run([sys.executable, "-W", "ignore", "-m", "alidade.capture", f"{path}:Net",
                                       "--input-shape", "2,6", "-o", str(self.folder / "out.pt2")],
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_a_file_does_wrong_is_one_sentence(self):
        net = "import torch\nNet = lambda: torch.nn.Linear(3, 2)\n"
        self.assertEqual(self.told(net + "def example_inputs(): raise ValueError('no data')\n"),
                         (3, "error: net_0.py:3: example_inputs raised ValueError: no data"))
        self.assertEqual(self.told("import sys\nsys.exit(3)\n"),
                         (3, "error: net_1.py:2: the file raised SystemExit: 3"))
        self.assertEqual(self.told("def f(:\n"),
                         (3, "error: net_2.py: the file raised SyntaxError: invalid syntax (net_2.py, line 1)"))
        way_out = f"models are captured by {sys.executable}; what they import is installed for it: " \
                  f"{sys.executable} -m pip install einops_of_mine"
        self.assertEqual(self.told("import einops_of_mine.layers\n"),
                         (3, "error: net_3.py:1: the file raised ModuleNotFoundError: No module named "
                         f"'einops_of_mine'; {way_out}"))
        self.assertEqual(self.told("def Net():\n    import einops_of_mine\n"),
                         (3, "error: net_4.py:Net: building the model raised ModuleNotFoundError: No module named "
                         f"'einops_of_mine'; {way_out}"))
        code, said = self.told(net, "--input-shape", "x.0=1,3", "--input-shape", "x.0=1,3")
        self.assertEqual((code, said), (3, 'error: --input-shape: a shape was given for the input "x.0", which the '
                                        "model does not take; its inputs are input"))
        code, said = self.told(net, "--input-shape", "input.0=1,3", "--input-shape", "input.0=1,3")
        self.assertEqual((code, said),
                         (3, 'error: --input-shape: two shapes were given for the input "input.0"; give one'))


if __name__ == "__main__":
    unittest.main()
