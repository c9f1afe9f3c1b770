"""Which concatenations are never done, as those who make the parts write them where they belong."""

import text_graph

VIEWS = {"reshape", "identity", "dropout", "expand", "slice", "split", "sequence", "shape_of", "dequantize"}
NO_WRITERS = VIEWS | {"if", "loop", "scan", "call", "opaque", "constant", "range", "random"}


def is_cut(graph: text_graph.Graph, value: str) -> bool:
    """Whether a slice of it is read, behind views."""
    for node in graph.nodes:
        if value not in node.operands:
            continue
        if node.op in ("slice", "split"):
            return True
        if node.op in VIEWS - {"shape_of", "dequantize"} and any(is_cut(graph, result) for result in node.results):
            return True
    return False


def elided(graph: text_graph.Graph, folded: set[int]) -> set[int]:
    """The ids of those nodes, as Python's id() has them."""
    makers = {result: node for node in graph.nodes for result in node.results}
    placed = {*graph.outputs, *(value for _, values in graph.yields for value in values)}
    found = set()
    for node in graph.nodes:
        if node.op != "concat" or len(node.operands) < 2 or len(set(node.operands)) < len(node.operands):
            continue
        writers = [makers.get(value) for value in node.operands]
        if any(writer is None or writer.op in NO_WRITERS or id(writer) in folded or writer.region != node.region
               for writer in writers):
            continue
        if not placed.isdisjoint(node.operands) or is_cut(graph, node.results[0]):
            continue
        found.add(id(node))
        placed.update(node.operands)
    return found
