"""Sizes that an exported program finds out as it runs (u0, of a mask or of lengths), for the inputs that were given."""


def names(captured) -> list[str]:
    """What those are called that a shape depends on; a bundle's parts have no such names outside of them."""
    programs = captured.programs() if captured.breaks() == 0 else []
    return [str(symbol) for program in programs for node in program.graph.nodes
            for symbol in node.meta.get("unbacked_bindings") or {} if symbol in in_shapes(program)]


def in_shapes(program) -> set:
    values = [node.meta.get("val") for node in program.graph.nodes]
    sizes = [size for value in values if hasattr(value, "shape") for size in value.shape]
    return {symbol for size in sizes if not isinstance(size, int) for symbol in size.node.expr.free_symbols}


def found(program, args: tuple, kwargs: dict) -> dict[str, int]:
    """Runs the program: the name of each such size, and what it is."""
    import torch
    from torch.utils import _pytree
    sizes: dict[str, int] = {}

    class Watch(torch.fx.Interpreter):
        def run_node(self, node):
            result = super().run_node(node)
            for symbol, path in (node.meta.get("unbacked_bindings") or {}).items():
                sizes[str(symbol)] = int(_pytree.key_get(result, path))
            return result

    with torch.no_grad():
        Watch(program.graph_module).run(*fed(program, _pytree.tree_leaves((args, kwargs))))
    return sizes


def fed(program, leaves: list) -> list:
    """The program's placeholders: its weights and constants by name, its inputs in order."""
    given = iter(leaves)
    stored = {**program.constants, **program.state_dict}
    return [next(given) if spec.kind.name == "USER_INPUT" else stored[spec.target]
            for spec in program.graph_signature.input_specs]
