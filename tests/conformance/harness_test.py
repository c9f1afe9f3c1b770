"""The harness itself, against numbers that were worked out by hand."""

import json
import pathlib
import tempfile
import unittest
from unittest import mock

import chains
import dependence
import known
import loops
import onnx
import stated_types
import text_form
import verdict
from onnx import TensorProto, helper, numpy_helper, parser
from stated_types import Type
from trial import Dice, whole


def macs(op: str, inputs: list, output: tuple, **attributes) -> int:
    return loops.macs("", op, lambda key, default: attributes.get(key, default), inputs, [output])


class Loops(unittest.TestCase):
    def test_a_convolution_meets_each_channel_of_its_group_at_each_tap(self):
        # 1 x 6 x 3 x 3 = 54 outputs, each of 2 channels x 2 x 2 taps
        self.assertEqual(macs("Conv", [(1, 4, 4, 4), (6, 2, 2, 2)], (1, 6, 3, 3), group=2), 54 * 8)

    def test_a_transposed_convolution_scatters_each_input_element(self):
        # 1 x 2 x 3 = 6 inputs, each to 5 filters x 4 taps
        self.assertEqual(macs("ConvTranspose", [(1, 2, 3), (2, 5, 4)], (1, 5, 6)), 6 * 20)

    def test_products_of_matrices_vectors_and_batches(self):
        self.assertEqual(macs("MatMul", [(2, 3), (3, 4)], (2, 4)), 24)
        self.assertEqual(macs("MatMul", [(3,), (3,)], ()), 3)
        self.assertEqual(macs("MatMul", [(5, 1, 2, 3), (7, 3, 4)], (5, 7, 2, 4)), 5 * 7 * 24)
        self.assertEqual(macs("Gemm", [(3, 2), (4, 3)], (2, 4), transA=1, transB=1), 24)

    def test_an_einsum_is_joined_from_left_to_right(self):
        self.assertEqual(macs("Einsum", [(2, 3), (3, 4), (4, 5)], (2, 5), equation=b"ij,jk,kl->il"), 24 + 40)
        self.assertEqual(macs("Einsum", [(2,), (3,)], (2, 3), equation="i,j->ij"), 0)
        self.assertEqual(macs("Einsum", [(7, 2, 3), (3, 4)], (7, 2, 4), equation="...ij,jk->...ik"), 7 * 24)
        self.assertEqual(macs("Einsum", [(2, 9), (2,)], (), equation="ij,i->"), 2)  # j is summed before

    def test_recurrent_layers_count_gates_and_directions(self):
        # 5 steps x 2 examples x 2 directions x 4 gates x 3 hidden x (6 + 3)
        self.assertEqual(macs("LSTM", [(5, 2, 6), (2, 12, 6), (2, 12, 3)], (5, 2, 2, 3)), 5 * 2 * 2 * 4 * 3 * 9)

    def test_attention_counts_both_products_and_what_is_cached(self):
        query, key, value, past = (1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 6), (1, 2, 7, 4)
        self.assertEqual(macs("Attention", [query, key, value, None, past], query), 2 * 3 * (7 + 5) * (4 + 6))
        flat = [(1, 3, 8), (1, 5, 8), (1, 5, 12)]
        self.assertEqual(macs("Attention", flat, (1, 3, 12), q_num_heads=2, kv_num_heads=2), 2 * 3 * 5 * (4 + 6))


class Chains(unittest.TestCase):
    def test_a_list_whose_doubled_elements_overflow_stays_stored(self):
        for least in (-(2**63), -(2**30) - 1, 2**30 + 1):
            model = parser.parse_model('<ir_version: 8, opset_import: ["" : 18]> g (float[3] x) => (float[N] y) '
                                       "{y = Slice (x, starts, ends)}")
            model.graph.initializer.extend([numpy_helper.from_array(whole([0]), "starts"),
                                            numpy_helper.from_array(whole([least]), "ends")])
            chains.works_out(Dice([1]), model)
            self.assertIn("ends", [tensor.name for tensor in model.graph.initializer])
            self.assertNotIn("starts", [tensor.name for tensor in model.graph.initializer])


class Dependence(unittest.TestCase):
    def waiting(self, body: str, inputs: str = "float[2, 3] x, int64[2] s") -> set[str]:
        model = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 18]> g ({inputs}) => (float[N] y) {{{body}}}')
        return dependence.tensors_by_data(model)

    def test_a_shape_that_goes_in_is_data_and_one_that_is_read_from_a_tensor_is_not(self):
        self.assertEqual(self.waiting("y = Reshape(x, s)"), {"y"})
        self.assertEqual(self.waiting("n = Shape(x) y = Reshape(x, n)"), set())

    def test_what_follows_from_an_unknown_shape_waits_too(self):
        self.assertEqual(self.waiting("i = NonZero(x) n = Shape(i) y = Expand(x, n)"), {"i", "y"})

    def test_constants_decide(self):
        self.assertEqual(self.waiting("n = Constant <value_ints = [6]> () y = Reshape(x, n)"), set())


class TextForm(unittest.TestCase):
    def test_types_are_found_behind_attributes_and_between_quotes(self):
        text = "\n".join([
            'graph "g" {', '  input %x : f32[2,"Max(1, w)",?]', '  constant %"to shape" : i64[2] = [-1,64]',
            '  %c = conv(%x, %"to shape", _) {strides=[2,2], note=") : f32[1]"} : f32[2,3] named "/c : i8[9]"',
            "  (%top, %index) = topk(%c) {axes=[1]} : f32[2,5], i64[*]", "  %y = if(%f) : f32[4] {", "}"])
        self.assertEqual({name: str(found) for name, found in text_form.types(text).items()}, {
            "x": "f32[2,?,?]", "to shape": "i64[2]", "c": "f32[2,3]", "top": "f32[2,5]", "index": "i64[*]",
            "y": "f32[4]"})


class Verdicts(unittest.TestCase):
    def compared(self, stated: str, may_wait: bool, warned: bool) -> str:
        document = {"warnings": [{"code": "unknown-shape", "text": ""}] if warned else []}
        return verdict.compare(verdict.Judged(), document, "y", stated_types.parsed(stated), Type("f32", [2, 3]),
                               may_wait)

    def test_unknown_passes_only_where_data_decide_and_a_warning_says_so(self):
        self.assertEqual(self.compared("f32[2,3]", False, False), "")
        self.assertEqual(self.compared("f32[?,3]", True, True), "")
        self.assertEqual(self.compared("f32[2,4]", True, True), "y: f32[2,4] where f32[2,3] is true")
        self.assertEqual(self.compared("i64[2,3]", True, True), "y: i64[2,3] where f32[2,3] is true")
        self.assertEqual(self.compared("f32[?,3]", False, True),
                         "y: f32[?,3], not known, where the file decides f32[2,3]")
        self.assertEqual(self.compared("f32[*]", True, False),
                         "y: f32[*], which depends on data, and no warning says so")


class Known(unittest.TestCase):
    def test_a_new_failure_and_a_mended_one_are_both_told(self):
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(known, "FILE", pathlib.Path(folder, "known.json")):
            known.FILE.write_text(json.dumps({"suite": {"a cause": ["old", "mended", "elsewhere"]}}))
            failing = {"old": ["wrong"], "new": ["wrong", "and refused"]}
            self.assertEqual(known.compared("suite", failing, {"old", "mended", "new"}), [
                "new: wrong; and refused",
                "mended no longer fails (a cause): `./dev conformance --record` takes it out of known.json"])
            known.record("suite", failing, {"old", "mended", "new"}, lambda name, why: "another")
            self.assertEqual(known.listed(), {"suite": {"a cause": ["elsewhere", "old"], "another": ["new"]}})
            self.assertEqual(known.compared("suite", failing, {"old", "mended", "new"}), [])


class Types(unittest.TestCase):
    def test_every_element_type_of_onnx_has_a_name_here(self):
        tensors = set(TensorProto.DataType.values()) - {TensorProto.UNDEFINED}
        self.assertEqual(tensors - set(stated_types.NAMES), set())

    def test_types_inside_sequences_and_optionals(self):
        inner = helper.make_tensor_type_proto(TensorProto.FLOAT16, [1])
        nested = helper.make_optional_type_proto(helper.make_sequence_type_proto(inner))
        self.assertEqual(stated_types.of_tensor(nested), TensorProto.FLOAT16)
        self.assertEqual(stated_types.of_tensor(onnx.TypeProto()), TensorProto.UNDEFINED)


if __name__ == "__main__":
    unittest.main()
