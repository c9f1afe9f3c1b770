import contextlib
import io
import pathlib
import tempfile
import unittest

import torch
from alidade.capture.archive import record_of
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError
from alidade.capture.quiet import quiet_libraries
from alidade.capture.reference import extras
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.strategy import capture
from alidade.native import profile_json

NETS = pathlib.Path(__file__).with_name("trained.py")


class TrainSteps(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.said: list[str] = []

    def captured(self, name: str, *shapes: str, **options):
        request = Request(shapes=shapes, train=True, train_step=True, references=("torch",), **options)
        with quiet_libraries():
            made = capture(resolve(f"{NETS}:{name}"), request, self.said.append)
            return made, made.write(self.folder / f"{name}.pt2", extras(made))

    def refusal(self, name: str, *shapes: str, **options) -> str:
        with self.assertRaises(CaptureError) as refused:
            self.captured(name, *shapes, **options)
        return str(refused.exception).replace(f"{NETS}:", "")

    def test_both_passes_count_what_flop_counter_mode_counts(self):
        for name, shape, loss in (("make_small", "2,3,20,20", "cross_entropy"), ("make_attending", "2,5,8", "own")):
            with self.subTest(name):
                _, path = self.captured(name, shape, loss=loss)
                reference = record_of(path)["references"][0]
                totals = profile_json(path)["totals"]
                self.assertEqual(totals["by_convention"]["torch"]["counted"], reference["total"])
                self.assertEqual(totals["opaque_ops"], 0)

    def test_the_record_says_how_the_model_is_trained_and_targets_are_inputs(self):
        made, path = self.captured("make_small", "2,3,20,20", loss="cross_entropy", optimizer="adamw")
        record = record_of(path)
        self.assertEqual(record["train_step"], {"loss": "cross_entropy", "optimizer": "adamw", "untrained": []})
        self.assertEqual([(one["name"], one["shape"]) for one in record["inputs"]],
                         [("x", [2, 3, 20, 20]), ("target", [2])])
        kinds = [spec.kind.name for spec in made.captured.program.graph_signature.output_specs]
        self.assertEqual(kinds.count("GRADIENT_TO_PARAMETER"), len(list(made.built.model.parameters())))

    def test_gradients_stand_in_the_modules_of_their_forward(self):
        made, _ = self.captured("make_small", "2,3,20,20")
        modules = {str(node.target): [path for path, _ in node.meta["nn_module_stack"].values()][-1]
                   for node in made.captured.program.graph.nodes if node.meta.get("nn_module_stack")}
        self.assertEqual(modules["aten.native_group_norm_backward.default"], "norm")
        self.assertEqual(modules["aten.native_batch_norm_backward.default"], "bn")

    def test_without_a_word_the_loss_is_the_models_own_or_the_mean(self):
        for name, shape, loss in (("make_attending", "2,5,8", "own"), ("make_vector", "2,4", "mean")):
            made, _ = self.captured(name, shape)
            self.assertEqual(made.record()["train_step"]["loss"], loss)

    def test_the_batch_stays_symbolic(self):
        made, path = self.captured("make_attending", "2,5,8", dynamic="batch=0")
        self.assertEqual(list(made.captured.symbols.values()), ["batch"])
        self.assertEqual(profile_json(path, "--bind", "batch=6")["totals"]["by_convention"]["torch"]["counted"],
                         3 * profile_json(path, "--bind", "batch=2")["totals"]["by_convention"]["torch"]["counted"])

    def test_parameters_that_the_loss_does_not_depend_on_are_left_out_and_said(self):
        made, path = self.captured("make_spare", "2,4")
        self.assertEqual(made.record()["train_step"]["untrained"], ["spare.weight", "spare.bias"])
        self.assertEqual(self.said, ["the loss does not depend on spare.weight, spare.bias: they are not trained"])
        counted = profile_json(path)["totals"]["by_convention"]["torch"]["counted"]
        dead = 2 * 2 * 4 * 4  # torch runs the layer, whose result nobody reads; the graph does not hold it
        self.assertEqual(counted, record_of(path)["references"][0]["total"] - dead)

    def test_two_names_of_one_parameter_have_one_gradient(self):
        made, _ = self.captured("make_tied", "2,4")
        specs = made.captured.program.graph_signature.output_specs
        self.assertEqual([spec.target for spec in specs if spec.kind.name == "GRADIENT_TO_PARAMETER"], ["first.weight"])

    def test_a_caller_s_module_is_as_it_was(self):
        from alidade.capture.sources.live import LiveModule
        module = torch.nn.Linear(4, 3).eval()
        request = Request(example=(torch.zeros(2, 4),), train=True, train_step=True)
        with quiet_libraries():
            capture(LiveModule(module), request, lambda line: None)
        self.assertFalse(module.training)
        self.assertTrue(module.weight.requires_grad)
        self.assertEqual(tuple(module(torch.zeros(2, 4)).shape), (2, 3))

    def test_what_cannot_be_trained_is_said(self):
        self.assertEqual(
            self.refusal("make_vector", "2,4", loss="own"),
            "make_vector: the loss is not a scalar: the model's first result has the shape [2, 4]; let its forward "
            "return the loss first, or choose --loss mean, cross_entropy or mse")
        self.assertEqual(
            self.refusal("make_writing", "2,4"),
            'make_writing: the model writes into its input "x", and a backward pass needs inputs as they were; '
            "copy it first in forward: x = x.clone()")
        self.assertEqual(
            self.refusal("make_frozen", "2,4"),
            "make_frozen: no parameter of the model takes a gradient, so there is nothing to train; "
            "leave requires_grad as it is")
        self.assertEqual(
            self.refusal("make_counting", "2,4"),
            "make_counting: the model gives out no floating-point tensor, so it has no loss; "
            "let its forward return what a loss is made of")
        self.assertEqual(
            self.refusal("make_attending", "2,5,8", loss="cross_entropy"),
            "make_attending: cross entropy needs classes: the model's first result has the shape []; choose --loss own "
            "or mean")

        self.assertEqual(
            self.refusal("make_constant", "2,4"),
            "make_constant: the loss depends on no parameter of the model, so there is nothing to train; "
            "let its forward return what the parameters change")

    def test_options_of_a_training_step_want_one(self):
        for arguments, said in (
                (["--optimizer", "adamw"], "error: --optimizer: --optimizer is of a training step; add --train-step\n"),
                (["--train-step", "--phase", "decode"],
                 "error: --phase: a training step has no phase; leave out --phase or --train-step\n"),
                (["--train-step", "--via", "onnx"],
                 "error: --via: the route onnx makes no backward pass; a training step goes by export, nonstrict or "
                 "strict\n"),
                (["--train-step", "--reference", "fvcore", "-o", str(self.folder / "x.pt2")],
                 "error: --reference: fvcore counts no backward pass; torch does\n")):
            heard = io.StringIO()
            with contextlib.redirect_stderr(heard):
                code = main([f"{NETS}:make_vector", "--input-shape", "2,4", *arguments])
            self.assertEqual((code, heard.getvalue()), (3, said))


if __name__ == "__main__":
    unittest.main()
