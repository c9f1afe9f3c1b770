"""Models of the libraries; the numbers are those that their own counters gave on another machine."""

import unittest

from alidade.capture.build import build
from alidade.capture.quiet import quiet_libraries
from alidade.capture.reference import count
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.strategy import capture


class Libraries(unittest.TestCase):
    def test_references_are_what_the_tools_say_of_resnet18(self):
        source, request = resolve("torchvision:resnet18"), Request()
        with quiet_libraries():
            fvcore, torch = count(source, request, "fvcore"), count(source, request, "torch")
        self.assertEqual((fvcore["total"], torch["total"]), (1_819_065_856, 3_628_146_688))
        self.assertEqual(fvcore["by_operator"]["conv"], 1_813_561_344)
        self.assertEqual(torch["by_module"]["layer1.0.conv1"], 2 * 115_605_504)
        self.assertEqual(fvcore["by_module"]["layer1.0.conv1"], 115_605_504)

    def test_seventy_billion_parameters_take_no_memory(self):
        with quiet_libraries():
            built = build(resolve("hf:llama-3-70b"), Request(), "meta")
        self.assertEqual(sum(p.numel() for p in built.model.parameters()), 70_553_706_496)

    def test_a_model_of_transformers_keeps_batch_and_sequence_symbolic(self):
        with quiet_libraries():
            made = capture(resolve("hf:distilbert-base-uncased"), Request(dynamic="batch=0,seq=1"), lambda line: None)
        self.assertEqual(set(made.captured.symbols.values()), {"batch", "seq"})


if __name__ == "__main__":
    unittest.main()
