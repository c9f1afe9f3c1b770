"""Which operators work on nothing but what is stored, found by walking over the whole graph until nothing changes."""

import re

import text_graph

VIEWS = {"reshape", "identity", "dropout", "expand", "slice", "split", "sequence", "dequantize"}
OWN = {"random", "opaque", "dequantize"}  # never the same, not known, or kept at the stored width


def writes_in_place(node: text_graph.Node) -> bool:
    name = re.match(r"aten(?:::|\.)(\w+)", node.foreign)
    return bool(name) and name[1].endswith("_") and not name[1].endswith("__")


def copies_over(node: text_graph.Node) -> bool:
    """Whether the last operand is what it writes over, and not read."""
    return node.op == "copy" and len(node.operands) > 1 and writes_in_place(node)


def written_operand(node: text_graph.Node) -> str | None:
    """What an operator writes in place: behind a mask, a number and what is copied, else in front of the others."""
    return node.operands[-1 if copies_over(node) or node.op == "where" else 0]


def folded(graph: text_graph.Graph) -> set[int]:
    """The ids of those nodes, as Python's id() has them."""
    makers = {result: node for node in graph.nodes for result in node.results}
    owners = {region: node for node in graph.nodes for region in node.regions}
    values, nodes = set(graph.inputs), set()
    for node in graph.nodes:
        if node.op in OWN or writes_in_place(node):
            nodes.add(id(node))
        if writes_in_place(node) and node.operands and written_operand(node):
            written = written_operand(node)
            while written in makers and makers[written].op in VIEWS and makers[written].operands:
                written = makers[written].operands[0]
            values.add(written)
            if written in makers:
                nodes.add(id(makers[written]))
    before = -1
    while len(values) + len(nodes) != before:
        before = len(values) + len(nodes)
        for node in graph.nodes:
            reads = [] if node.op == "shape_of" and graph.types[node.operands[0]].sizes is not None else node.operands
            if any(value in values for value in reads):
                nodes.add(id(node))
            if id(node) in nodes:
                values.update(node.results)
                values.update(name for name, region in graph.arguments if region in node.regions)
                if node.region in owners:
                    nodes.add(id(owners[node.region]))
        for region, given in graph.yields:
            if any(value in values for value in given):
                nodes.add(id(owners[region]))
    return {id(node) for node in graph.nodes if id(node) not in nodes and node.op != "constant"}
