#!/usr/bin/env python3
"""Finds attention that is written out, and says whether the analysis fusion finds it: every softmax that depends on a
product through element-wise operators and views alone, and on which a product depends likewise. Where all of it works
on constants it is done when the model is loaded, and found if fusion says so. Of a place that is not found it gives the
near miss of fusion that says why, or what ended the group of the softmax.

    tools/fusion_replay/attention_census.py ALIDADE MODEL...      for each model: places, and those that are found
"""

import pathlib
import sys

import bytes_moved
import replay
import text_graph

PRODUCTS = {"matmul", "einsum", "linear"}
THROUGH = bytes_moved.VIEWS | {
    "transpose", "copy", "cast", "concat", "pad", "quantize", "add", "sub", "mul", "div", "where", "maximum", "minimum",
    "clip", "neg", "abs", "relu", "exp", "tanh", "sigmoid", "pow", "sqrt", "unary", "binary", "logic", "compare",
}


def first_product(starts: list[text_graph.Node], neighbours: dict[str, list[text_graph.Node]]) -> bool:
    """Whether a walk from here over what only moves or maps elements meets a product."""
    seen, waiting = set(), list(starts)
    while waiting:
        node = waiting.pop()
        if node.op in PRODUCTS:
            return True
        if node.op in THROUGH and node.name not in seen:
            seen.add(node.name)
            waiting += neighbours[node.name]
    return False


def places(graph: text_graph.Graph) -> list[str]:
    """The names of the softmaxes between two products."""
    makers = {result: node for node in graph.nodes for result in node.results}
    before = {node.name: [makers[v] for v in node.operands if v in makers] for node in graph.nodes}
    after: dict[str, list[text_graph.Node]] = {node.name: [] for node in graph.nodes}
    for node in graph.nodes:
        for maker in before[node.name]:
            after[maker.name].append(node)
    return [node.name for node in graph.nodes if node.op == "softmax"
            and first_product(before[node.name], before) and first_product(after[node.name], after)]


def reason(fusion: dict, softmax: str) -> str:
    """Why the group of a softmax ended, in the words of a near miss where there is one."""
    group, = (group for group in fusion["group_list"] if softmax in group["operators"])
    for miss in fusion["near_misses"]:
        if miss["from"] in group["operators"]:
            return f"near miss: {miss['reason']} at {miss['to']}"
    return f"{group['boundary']} at {group['next']}" if group["next"] else group["boundary"]


def of_text(program: str, text: str) -> tuple[list[str], dict[str, str]]:
    """The places of a graph that fusion finds, and the others, each with its reason."""
    document, = replay.reports(program, [text], "pattern")
    fusion = document["analyses"]["fusion"]
    inside = {name for group in fusion["group_list"] if group["pattern"] in ("attention", "folded")
              for name in group["operators"]}
    layers = {layer["node"]: layer["name"] for layer in document["layers"]}
    all_places = [layers.get(name, name) for name in places(text_graph.parsed(text))]
    return ([name for name in all_places if name in inside],
            {name: reason(fusion, name) for name in all_places if name not in inside})


def found(program: str, model: pathlib.Path) -> tuple[list[str], dict[str, str]] | str:
    """The same of a model; or why it cannot be read."""
    text, why = replay.as_text(program, model)
    return why or of_text(program, text)


def main() -> int:
    total = missed = 0
    for model in sys.argv[2:]:
        answer = found(sys.argv[1], pathlib.Path(model))
        if isinstance(answer, str):
            print(f"{model}: {answer}")
            continue
        total, missed = total + len(answer[0]) + len(answer[1]), missed + len(answer[1])
        if answer[0] or answer[1]:
            print(f"{model}: {len(answer[0])} found, {len(answer[1])} not found")
        for name, why in answer[1].items():
            print(f"    {name}: {why}")
    print(f"{total - missed} of {total} found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
