import math
import pathlib
import unittest

from alidade.capture.faults import CaptureError
from alidade.capture.quiet import quiet_libraries
from alidade.capture.sources import resolve
from alidade.capture.sources.hf import known_models
from alidade.capture.strategy import kept

NETS = pathlib.Path(__file__).with_name("nets.py")


def refusal(name: str, build: bool = False) -> str:
    try:
        source = resolve(name)
        if build:
            source.build()
    except CaptureError as fault:
        return str(fault)
    raise AssertionError(f"{name} was not refused")


def published(count) -> tuple[int, int]:
    """A published number of parameters and how exactly it is known: 86.6M stands for 86,550,000 to 86,650,000."""
    if isinstance(count, int):
        return count, 0
    digits = len(count.partition(".")[2]) - 1 if "." in count else 0
    power = {"M": 6, "T": 12}[count[-1]]
    return round(float(count[:-1]) * 10 ** power), round(0.5 * 10 ** (power - digits))


class Sources(unittest.TestCase):
    def test_a_record_names_no_folder_of_this_machine(self):
        for typed, expected in (("/a/b c/nets.py:Net", "nets.py:Net"), ("nets/nets.py:Net", "nets/nets.py:Net"),
                                ("hf:/a/b/", "hf:b"), ("hf:org/name", "hf:org/name"), ("/net.pt2", "net.pt2"),
                                ("torchvision:resnet18", "torchvision:resnet18")):
            self.assertEqual(kept(typed), expected)

    def test_mistakes_in_names_are_told_with_the_nearest_name(self):
        self.assertEqual(refusal("torchvison:resnet18"),
                         'torchvison:resnet18: there is no source "torchvison"; did you mean "torchvision"?; say '
                         "torchvision:NAME, timm:NAME, hf:NAME, ultralytics:NAME, keras:NAME, file.py:NAME, or a .pt2, "
                         ".pt, .onnx, .mlir or .mlirbc file")
        self.assertEqual(refusal("hf:bert-base-uncase"),
                         'hf:bert-base-uncase: the package has no config for "bert-base-uncase"; did you mean '
                         '"bert-base-uncased"?; alidade-capture list hf: shows all; a folder with the model\'s '
                         "config.json works as well")
        self.assertEqual(refusal("missing.pt2"),
                         "missing.pt2: there is no such file; give the path of a model file")
        self.assertEqual(refusal("net.py"),
                         "net.py: a Python file needs the name of the model in it; say net.py:MyModel")
        self.assertEqual(refusal("torchvision:resnet19", build=True),
                         'torchvision:resnet19: torchvision has no model "resnet19"; did you mean "resnet18"?; '
                         "alidade-capture list torchvision: shows all")

    def test_mistakes_in_python_files_are_told(self):
        self.assertEqual(refusal(f"{NETS}:Plian", build=True).partition(";")[0], f'{NETS}: the file has no "Plian"')
        self.assertIn('did you mean "Plain"?', refusal(f"{NETS}:Plian", build=True))
        self.assertEqual(refusal(f"{NETS}:needs_size", build=True),
                         f'{NETS}:needs_size: "needs_size" needs the argument "size"; name a function without '
                         "arguments that makes the model")
        self.assertEqual(refusal(f"{NETS}:no_model", build=True),
                         f'{NETS}:no_model: "no_model" makes an int, and a torch.nn.Module was expected')

    def test_the_table_of_transformers_has_the_published_numbers_of_parameters(self):
        import torch
        self.assertGreaterEqual(len(known_models()), 30)
        for name, entry in known_models().items():
            with self.subTest(name), quiet_libraries(), torch.device("meta"):
                model = resolve(f"hf:{name}").build()
                count, about = published(entry["parameters"])
                self.assertLessEqual(abs(sum(math.prod(p.shape) for p in model.parameters()) - count), about)

    def test_short_names_and_full_ones_are_the_same_model(self):
        for name in ("hf:detr-resnet-50", "hf:facebook/detr-resnet-50"):
            self.assertEqual(resolve(name).full, "facebook/detr-resnet-50")
        self.assertEqual(resolve("hf:llama-3-70b").full, "meta-llama/Meta-Llama-3-70B")


if __name__ == "__main__":
    unittest.main()
