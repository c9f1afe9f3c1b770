"""What XLA takes out of a program before it counts: sums with 0, products with 1, and what constants alone make."""

import functools

NEUTRAL = {"stablehlo.add": (0, 0), "stablehlo.multiply": (1, 1), "stablehlo.subtract": (None, 0)}  # on either side
COUNTED = ("abs", "add", "and", "ceil", "clamp", "compare", "convert", "divide", "floor", "maximum", "minimum",
           "multiply", "negate", "not", "or", "remainder", "select", "sign", "subtract", "xor")
VIEWS = ("broadcast_in_dim", "reshape", "transpose")


def simplified(module) -> int:
    """How many results that is, calls written out and bodies of loops once."""
    functions = {str(op.attributes["sym_name"]).strip('"'): op for op in module.body.operations
                 if op.operation.name == "func.func"}

    @functools.cache
    def of_function(name: str) -> int:
        return of_block(functions[name].regions[0].blocks[0])

    def of_block(block) -> int:
        return sum(of_operation(op.operation) for op in block.operations)

    def of_operation(op) -> int:
        if op.name == "func.call":
            return of_function(str(op.attributes["callee"]).lstrip("@"))
        inside = sum(of_block(block) for region in op.regions for block in region.blocks) if is_control(op) else 0
        return inside + (elements(op) if is_removed(op) else 0)

    return of_function("main")


def is_control(op) -> bool:
    return op.name in ("stablehlo.while", "stablehlo.case", "stablehlo.if")


def is_removed(op) -> bool:
    if op.name.partition(".")[2] not in COUNTED:
        return False
    sides = NEUTRAL.get(op.name, ())
    neutral = any(side is not None and splat(value) == side for side, value in zip(sides, op.operands, strict=False))
    return neutral or all(is_constant(value) for value in op.operands)


def maker(value):
    """The operator that makes a value; None for an argument."""
    return getattr(value.owner, "operation", None)


def splat(value) -> float | None:
    """The one number that all elements are, where a constant says so."""
    from jax.extend.mlir import ir
    op = maker(value)
    if op is not None and op.name.removeprefix("stablehlo.") in VIEWS:
        return splat(op.operands[0])
    if op is None or op.name != "stablehlo.constant":
        return None
    dense = ir.DenseElementsAttr(op.attributes["value"])
    return float(str(ir.Attribute(dense.get_splat_value())).partition(" ")[0]) if dense.is_splat else None


def is_constant(value) -> bool:
    op = maker(value)
    known = op is not None and op.name.removeprefix("stablehlo.") in (*VIEWS, *COUNTED)
    return op is not None and (op.name == "stablehlo.constant" or (known and all(map(is_constant, op.operands))))


def elements(op) -> int:
    from math import prod
    return prod(op.results[0].type.shape)
