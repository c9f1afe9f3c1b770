import unittest

from alidade.capture.dynamic import Dynamic, parse_dynamic, with_axes
from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.shapes import Asked, parse_shape


class Shapes(unittest.TestCase):
    def test_a_shape_has_a_name_sizes_and_a_dtype(self):
        self.assertEqual(parse_shape("1,3,224,224"), Asked("", (1, 3, 224, 224), None))
        self.assertEqual(parse_shape("x=1x128:int64"), Asked("x", (1, 128), "int64"))
        self.assertEqual(parse_shape("mask=:bool"), Asked("mask", None, "bool"))
        self.assertEqual(parse_shape("batch.ids=1,8"), Asked("batch.ids", (1, 8), None))

    def test_what_is_no_shape_is_refused_with_the_way_to_write_one(self):
        with self.assertRaises(CaptureError) as refused:
            parse_shape("1,3,q")
        self.assertEqual(str(refused.exception),
                         '--input-shape: "1,3,q" is no shape; write 1,3,224,224 or NAME=1,128:int64')

    def test_a_dtype_that_does_not_exist_gets_the_nearest_one(self):
        with self.assertRaises(CaptureError) as refused:
            parse_shape("1,3:float23")
        self.assertEqual(refused.exception.what, 'there is no dtype "float23"; did you mean "float32"?')

    def test_an_axis_of_one_input_is_no_axis_of_the_others(self):
        inputs = Inputs((), {name: TensorSpec(name, (4, 8), "float32", axes=((0, "batch"),)) for name in ("w", "x")})
        named = {spec.name: spec.axes for spec in with_axes(inputs, parse_dynamic("batch=x.0,seq=x.1")).specs()}
        self.assertEqual(named, {"w": (), "x": ((0, "batch"), (1, "seq"))})

    def test_dynamic_dimensions_are_axes_of_all_inputs_or_of_one(self):
        self.assertEqual(parse_dynamic("batch=0,seq=1:512,height=x.2"),
                         [Dynamic("batch", "", 0, None), Dynamic("seq", "", 1, 512), Dynamic("height", "x", 2, None)])
        with self.assertRaises(CaptureError) as refused:
            parse_dynamic("batch")
        self.assertEqual(str(refused.exception), '--dynamic: "batch" names no dimension; write NAME=AXIS, '
                         "NAME=AXIS:LARGEST or NAME=INPUT.AXIS, as in batch=0,seq=1:512")

    def test_a_batch_of_images_in_a_list_is_a_longer_list(self):
        images = Inputs(([TensorSpec("images.0", (3, 8, 8), axes=())],)).sized(batch=3)
        self.assertEqual([spec.shape for spec in images.specs()], [(3, 8, 8)] * 3)
        tokens = Inputs((), {"ids": TensorSpec("ids", (1, 16), "int64", ((0, "batch"), (1, "seq")))})
        self.assertEqual(tokens.sized(batch=4, seq=9).specs()[0].shape, (4, 9))

    def test_a_name_that_begins_alike_is_nearer_than_one_with_the_same_letters(self):
        self.assertEqual(did_you_mean("vit_smal", ["gcvit_small", "vit_small_patch16"]),
                         '; did you mean "vit_small_patch16"?')
        self.assertEqual(did_you_mean("qqq", ["resnet18"]), "")


if __name__ == "__main__":
    unittest.main()
