"""Shares of layers beside numbers counted by hand, networks beside their authors' figures, and the section that is
written by itself."""

import os
import pathlib
import tempfile
import unittest

import image_networks
import placement_page
from networks import Graphs
from placements import Placed, PlacementScorer, share_of, summary_of
from program import Program
from qualcomm import Layers, graph_of, layers
from rows import UnreadableRow
from sections import behind, replaced

BIN = os.environ["ALIDADE_BIN"]


def row(model, npu, total, runtime="onnx", precision="w8a8"):
    return Layers(model, model, runtime, precision, "QCS8550 (Proxy)", total, npu)


def operator(name, verdict="native"):
    return {"framework_op": name, "verdict": verdict}


class Shares(unittest.TestCase):
    def test_a_layer_of_the_processor_counts_twice_where_numbers_are_quantised(self):
        layer_list = [operator("aten::conv2d"), operator("aten::clamp", "unsupported"), operator("aten::conv2d")]
        self.assertAlmostEqual(share_of(layer_list, True), 2 / 4)
        self.assertAlmostEqual(share_of(layer_list, False), 2 / 3)

    def test_what_is_inside_of_the_layer_before_is_none(self):
        block = [operator("aten::conv2d"), operator("aten::batch_norm"), operator("aten::relu"),
                 operator("aten::sort", "unsupported")]
        self.assertAlmostEqual(share_of(block, True), 1 / 3)  # a convolution; a sort and its conversion
        self.assertAlmostEqual(share_of(block, False), 2 / 3)  # the ReLU is a layer of its own
        alone = [operator("aten::cat"), operator("aten::batch_norm"), operator("aten::relu")]
        self.assertAlmostEqual(share_of([*alone, operator("aten::sort", "unsupported")], False), 3 / 4)

    def test_a_summary_counts_split_and_whole_rows_apart(self):
        s = summary_of([Placed(row("a", 5, 10), 0.6), Placed(row("b", 8, 10), 0.8), Placed(row("c", 4, 4), 1.0),
                        Placed(row("d", 4, 4), 0.9)])
        self.assertEqual((s.split, s.whole, s.called_split), (2, 2, 1))
        self.assertAlmostEqual(s.error, 0.05)
        self.assertAlmostEqual(s.baseline, 0.35)
        self.assertTrue(s.halved)
        self.assertFalse(s.few_called_split)


class Networks(unittest.TestCase):
    def test_written_networks_have_the_weights_that_are_published(self):
        # Millions of parameters by the pages of the models; and how many ReLU6 and convolutions the layer lists have.
        for name, millions, clips, products in (("deeplabv3_plus_mobilenet", 5.80, 34, 61), ("midas", 16.6, 48, 97),
                                                ("posenet_mobilenet", 3.31, 27, 31)):
            text = image_networks.WRITTEN[name]()
            weights = 0
            for line in text.splitlines():
                if line.startswith("  parameter"):
                    sizes = line.partition("[")[2].rstrip("]").split(",")
                    count = 1
                    for size in sizes:
                        count *= int(size)
                    weights += count
            self.assertAlmostEqual(weights / 1e6, millions, delta=0.005 * millions)
            self.assertEqual((text.count(" = clip("), text.count(" = conv(")), (clips, products))

    def test_a_network_that_nobody_has_is_named(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(UnreadableRow, "no graph of eyegaze"):
            graph_of("eyegaze", Graphs(None), pathlib.Path(folder))

    def test_rows_without_layers_are_left_out(self):
        record = {"model": "a", "component": "A", "runtime": "onnx", "precision": "float", "device": "d",
                  "layers_total": "", "layers_npu": ""}
        self.assertEqual(list(layers([record])), [])


class Program_(unittest.TestCase):
    def test_the_program_places_what_is_published(self):
        """PoseNet: 43 of 97 layers on the NPU, measured; everything where its ReLU6 are taken."""
        with tempfile.TemporaryDirectory() as folder:
            scorer = PlacementScorer(Program(BIN, folder), Graphs(None))
            scorer.add([row("posenet_mobilenet", 43, 97), row("posenet_mobilenet", 69, 69, "qnn_dlc"),
                        row("posenet_mobilenet", 0, 97), row("eyegaze", 3, 4)])
            self.assertEqual([round(one.share, 2) for one in scorer.placed], [0.37, 1.0])
            self.assertEqual(len(scorer.elsewhere), 1)
            self.assertEqual(dict(scorer.lost), {"no graph of eyegaze": 1})
            text = placement_page.section(scorer, "COMMAND", "DATE", "COMMIT")
            self.assertIn("| posenet_mobilenet | w8a8 | onnx | held out | 1 | 43 of 97, 44.3 % | 37.2 % |", text)


class Page(unittest.TestCase):
    def test_a_section_is_replaced_and_no_other(self):
        new = "## Placement\n\nnew\n"
        first = "# A\n\n## Goals\n\nx\n"
        self.assertEqual(replaced(first, "## Placement", new), first + "\n" + new)
        old = "# A\n\n## Placement\n\nold\n\n### in it\n\n## Behind\n\ny\n"
        self.assertEqual(replaced(old, "## Placement", new), "# A\n\n" + new + "\n## Behind\n\ny\n")
        self.assertEqual(behind(first + "\n" + old[5:]), old[5:])
        self.assertEqual(behind(first), "")


if __name__ == "__main__":
    unittest.main()
