"""The examples do what their pages say."""

import pathlib
import unittest

from alidade.capture.quiet import quiet_libraries
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.strategy import capture

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples/capture"


class Examples(unittest.TestCase):
    def test_each_model_takes_the_route_that_its_page_names(self):
        expected = {"simple_cnn.py:SimpleCNN": ("nonstrict", 1), "control_flow.py:Gate": ("dynamo", 2),
                    "loops.py:Unrolled": ("nonstrict", 1), "loops.py:UntilSmall": ("dynamo", 4)}
        for name, route in expected.items():
            with self.subTest(name), quiet_libraries():
                made = capture(resolve(f"{EXAMPLES}/{name}"), Request(), lambda line: None)
                self.assertEqual((made.route, made.captured.graphs()), route)


if __name__ == "__main__":
    unittest.main()
