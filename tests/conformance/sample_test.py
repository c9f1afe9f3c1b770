"""A representative part of ./dev conformance: the models of all operators of ONNX's suite, and a few random ones."""

import types
import unittest

import known
import node_suite
import random_suite

EVERY = 12  # one of so many models of the suite, beside the first of each operator
COUNT = 4  # random configurations of each operator, the first of those that the whole run tries
SEED = 1


class Sample(unittest.TestCase):
    def assert_as_known(self, suites: dict) -> None:
        problems = []
        for title, found in suites.items():
            failing = {name: judged.failures for name, judged in found.items() if judged.failures}
            problems += [f"{title}: {problem}" for problem in known.compared(title, failing, set(found))]
        self.assertEqual(problems, [], "\n".join(problems))

    def test_models_of_every_operator_are_read_and_their_shapes_and_macs_are_true(self):
        suites = node_suite.sample(EVERY)
        self.assertGreater(len(suites["ONNX node suite, as it is"]), 350)
        self.assert_as_known(suites)

    def test_random_configurations_have_the_shapes_that_onnxruntime_gives(self):
        suites = random_suite.suites(types.SimpleNamespace(count=COUNT, seed=SEED))
        self.assertGreater(sum(map(len, suites.values())), 150)
        self.assert_as_known(suites)


if __name__ == "__main__":
    unittest.main()
