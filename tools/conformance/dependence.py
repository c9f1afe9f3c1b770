"""Which outputs of a model may have a shape that only the data decide, as the specification of its operators says."""

import onnx
import ort
from onnx import NodeProto

# Inputs whose values decide the shape of a result. Every other operator's shape follows from shapes and attributes.
BY_VALUE = {
    "Reshape": [1], "Expand": [1], "Tile": [1], "Slice": [1, 2, 3, 4], "Pad": [1, 3], "Resize": [2, 3],
    "Upsample": [1], "ConstantOfShape": [0], "Range": [0, 1, 2], "OneHot": [1], "TopK": [1], "Split": [1],
    "Squeeze": [1], "Unsqueeze": [1], "MaxUnpool": [2], "CenterCropPad": [1], "Col2Im": [1, 2], "DFT": [1, 2],
    "STFT": [1, 3], "MelWeightMatrix": [0, 1], "BlackmanWindow": [0], "HannWindow": [0], "HammingWindow": [0],
    "AffineGrid": [1], "If": [0], "Loop": [0, 1], "SplitToSequence": [1], "SequenceAt": [1], "SequenceErase": [1],
    "SequenceInsert": [2], "ReduceSum": [1], "ReduceMean": [1], "ReduceMax": [1], "ReduceMin": [1], "ReduceProd": [1],
    "ReduceL1": [1], "ReduceL2": [1], "ReduceLogSum": [1], "ReduceLogSumExp": [1], "ReduceSumSquare": [1],
    "OptionalGetElement": [0],
}
# What these give has a length that is a property of the data itself.
BY_DATA = {"NonZero", "Unique", "Compress", "NonMaxSuppression", "StringSplit", "StringNormalizer", "ImageDecoder"}
# These read a tensor's shape and not its values.
SHAPE_READERS = {"Shape", "Size"}


def tensors_by_data(model: onnx.ModelProto) -> set[str]:
    """Names of the tensors whose shape is not decided by what the file says, its inputs' shapes included."""
    graph = model.graph
    valued = {tensor.name for tensor in [*graph.initializer]} | {""}
    shaped = valued | {value.name for value in graph.input}
    for node in graph.node:
        if is_shaped(node, shaped, valued):
            shaped.update(node.output)
        if is_valued(node, shaped, valued):
            valued.update(node.output)
    return {name for node in graph.node for name in node.output} - shaped


def is_shaped(node: NodeProto, shaped: set[str], valued: set[str]) -> bool:
    if node.op_type in SHAPE_READERS:
        return True
    deciding = [node.input[at] for at in BY_VALUE.get(node.op_type, ()) if at < len(node.input)]
    own = node.op_type not in BY_DATA and shaped.issuperset(node.input) and valued.issuperset(deciding)
    return own and all(map(is_decided, ort.bodies(node)))


def is_decided(graph: onnx.GraphProto) -> bool:
    """Nothing in a body, seen alone, waits for data: a value from outside it counts as data."""
    return not any(node.op_type in BY_DATA or node.op_type in BY_VALUE for node in graph.node)


def is_valued(node: NodeProto, shaped: set[str], valued: set[str]) -> bool:
    if node.op_type in SHAPE_READERS:
        return shaped.issuperset(node.input)
    return node.op_type == "Constant" or (bool(node.input) and valued.issuperset(node.input) and not ort.bodies(node)
                                          and shaped.issuperset(node.output))
