"""The verb inspect: a captured model as torch.fx has it, each graph apart: node kinds, operators, every value."""

import collections
import re

KINDS = ("placeholder", "get_attr", "call_function", "call_method", "call_module", "output")
# The first that fits names the category.
CATEGORIES = (("convolution", "[cC]onv"), ("attention", "scaled_dot_product|multi_head|MultiheadAttention"),
              ("matrix product", r"linear|matmul|\bmm\b|bmm|addmm|einsum|Linear"),
              ("recurrent", "lstm|gru|rnn|LSTM|GRU|RNN"), ("normalisation", "norm|Norm"),
              ("pooling", "pool|Pool"), ("embedding", "embedding|Embedding"),
              ("activation", "relu|gelu|silu|sigmoid|tanh|softmax|hardswish|hardtanh|elu|mish|ReLU|GELU|SiLU|Sigmoid|"
                             "Tanh|Softmax|Hardswish|Identity"),
              ("reduction", r"\b(sum|mean|max|min|amax|amin|argmax|argmin|prod|var|std|any|all|topk|sort|cumsum)\b"),
              ("shape", "view|reshape|permute|transpose|flatten|squeeze|expand|slice|select|split|chunk|cat|stack|pad|"
                        "unbind|contiguous|clone|repeat|roll|index|gather|getitem|Flatten|Unfold|size"),
              ("making tensors", "arange|zeros|ones|full|empty|rand|tensor"),
              ("element by element", r"add|sub|mul|div|pow|sqrt|exp|log|neg|abs|clamp|where|eq|ne|gt|lt|ge|le|and|or|"
                                     "not|to|cos|sin|Dropout|dropout"))


def target_of(node) -> str:
    if node.op == "call_module":
        module = node.graph.owning_module.get_submodule(node.target) if node.graph.owning_module else None
        return type(module).__name__ if module is not None else str(node.target)
    if node.op == "call_method":
        return str(node.target)
    overload = type(node.target).__name__ in ("OpOverload", "HigherOrderOperator")
    return str(node.target) if overload else getattr(node.target, "__name__", str(node.target))


def category(operator: str) -> str:
    return next((name for name, pattern in CATEGORIES if re.search(pattern, operator)), "other")


def text_of(graphs: list, values: bool) -> str:
    return "\n".join(one_graph(title, graph, values) for title, graph in graphs)


def one_graph(title: str, graph, values: bool) -> str:
    nodes = list(graph.nodes)
    kinds = collections.Counter(node.op for node in nodes)
    lines = [title, "  nodes", *(f"    {kind:<15}{kinds[kind]:>6}" for kind in KINDS if kinds[kind]), "  operators"]
    counts = collections.Counter(target_of(node) for node in nodes if node.op.startswith("call"))
    for name, members in sorted(by_category(counts).items(), key=lambda item: -sum(item[1].values())):
        lines.append(f"    {name:<19}{sum(members.values()):>6}")
        lines += [f"      {operator:<45}{count:>6}" for operator, count in members.most_common()]
    return "\n".join([*lines, *(value_lines(nodes) if values else [])]) + "\n"


def by_category(counts: collections.Counter) -> dict[str, collections.Counter]:
    grouped: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for operator, count in counts.items():
        grouped[category(operator)][operator] = count
    return grouped


def value_lines(nodes: list) -> list[str]:
    rows = [(node.name, node.op, target_of(node), shown(node.meta.get("val", node.meta.get("tensor_meta"))))
            for node in nodes if node.op != "output"]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    return ["  values"] + ["    " + "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]])
                           for row in rows]


def shown(value) -> str:
    if hasattr(value, "shape"):
        return f"{str(value.dtype).removeprefix('torch.')}[{','.join(map(str, value.shape))}]"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(shown, value))})"
    return "" if value is None else str(value)
