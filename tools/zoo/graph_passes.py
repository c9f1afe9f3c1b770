"""The exporter's own optimisation, less whatever would change the number of parameters or lose their names."""

import numpy
import onnx_ir as ir
from onnx_ir.passes import common
from onnxscript import rewriter
from onnxscript.optimizer._constant_folding import FoldConstantsPass
from onnxscript.rewriter.rules.common import _fuse_batchnorm

KIND = "pkg.torch.export.graph_signature.InputSpec.kind"
# The exporter's default limits: larger results stay as operators.
INPUT_LIMIT, OUTPUT_LIMIT = 8192, 512 * 512


def is_parameter(value: ir.Value | None) -> bool:
    return value is not None and value.metadata_props.get(KIND) == "PARAMETER"


def turn_weights(model: ir.Model) -> None:
    """Turns a weight of one use ahead of time, as the default optimiser does, and keeps its name, as that does not."""
    for node in list(model.graph):
        weight = node.inputs[0] if node.op_type == "Transpose" else None
        if is_parameter(weight) and len(weight.uses()) == 1:
            order = node.attributes["perm"].as_ints()
            weight.const_value = ir.tensor(numpy.transpose(weight.const_value.numpy(), order), name=weight.name)
            weight.shape = weight.const_value.shape
            node.outputs[0].replace_all_uses_with(weight)
            model.graph.remove(node, safe=True)


def fold(node: ir.Node) -> bool | None:
    """Never folds a parameter into a nameless constant; None leaves the rest to the default rules."""
    return False if any(is_parameter(value) for value in node.inputs) else None


def optimise(model: ir.Model) -> None:
    """The default pipeline without batch-norm fusion; equal constants are merged, parameters are all distinct."""
    turn_weights(model)
    rules = [rule for rule in rewriter._DEFAULT_REWRITE_RULES if rule not in _fuse_batchnorm.rules]
    clean_up = [common.RemoveUnusedNodesPass(), common.RemoveUnusedFunctionsPass(), common.RemoveUnusedOpsetsPass()]
    folding = FoldConstantsPass(shape_inference=True, input_size_limit=INPUT_LIMIT,
                                output_size_limit=OUTPUT_LIMIT, should_fold=fold)
    ir.passes.Sequential(
        common.InlinePass(),
        ir.passes.PassManager([folding, rewriter.RewritePass(rules), *clean_up], steps=2, early_stop=True),
        common.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        common.DeduplicateInitializersPass(),
        common.CommonSubexpressionEliminationPass(),
        common.OutputFixPass(),
        common.NameFixPass(),
    )(model)
