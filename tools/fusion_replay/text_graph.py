"""A graph in the text form, as `inspect --text` prints it: nodes of every region with operands, results, attributes."""

import dataclasses
import re

NAME = r'"(?:[^"\\]|\\.)*"|[\w.$/:-]+'
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclasses.dataclass
class Type:
    dtype: str
    sizes: list[int] | None  # None: not all known

    @property
    def elements(self) -> int | None:
        if self.sizes is None:
            return None
        count = 1
        for size in self.sizes:
            count *= size
        return count


@dataclasses.dataclass
class Node:
    name: str
    op: str
    operands: list[str | None]
    results: list[str]
    attributes: dict
    region: int
    regions: list[int] = dataclasses.field(default_factory=list)
    foreign: str = ""


@dataclasses.dataclass
class Graph:
    types: dict[str, Type] = dataclasses.field(default_factory=dict)
    nodes: list[Node] = dataclasses.field(default_factory=list)
    inputs: list[str] = dataclasses.field(default_factory=list)
    arguments: list[tuple[str, int]] = dataclasses.field(default_factory=list)  # with the region
    outputs: list[str] = dataclasses.field(default_factory=list)
    yields: list[tuple[int, list[str]]] = dataclasses.field(default_factory=list)  # by the region


def plain(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name


def parsed_type(text: str) -> Type:
    dtype, inside = re.fullmatch(r"([a-z0-9]+|\?)\[(.*)\]", text, re.DOTALL).groups()
    sizes = re.findall(r'"(?:[^"\\]|\\.)*"|[^,]+', inside)
    return Type(dtype, [int(size) for size in sizes] if all(size.isdigit() for size in sizes) else None)


def balanced(line: str, at: int) -> int:
    """Behind the bracket that closes the one at this place."""
    depth = 0
    while True:
        if line[at] == '"':
            at = QUOTED.match(line, at).end()
            continue
        depth += (line[at] in "([{") - (line[at] in ")]}")
        at += 1
        if depth == 0:
            return at


def types_at(line: str, at: int) -> tuple[list[Type], int]:
    found = []
    while True:
        end = balanced(line, line.index("[", at))
        found.append(parsed_type(line[at:end]))
        if line[end : end + 2] != ", ":
            return found, end
        at = end + 2


def names_in(text: str) -> list[str | None]:
    return [None if name == "_" else plain(name) for name in re.findall(rf"%({NAME})|(?<![\w%])(_)(?![\w])", text)
            for name in [name[0] or name[1]]]


def attributes_in(text: str) -> dict:
    found = {}
    for key, value in re.findall(r'(\w+)=(\[[^\]]*\]|"(?:[^"\\]|\\.)*"|[^,}]+)', text):
        if value.startswith("["):
            found[key] = [int(number) for number in value[1:-1].split(",") if number]
        elif re.fullmatch(r"-?\d+", value):
            found[key] = int(value)
    return found


MADE = re.compile(rf"(?:%({NAME}) = |\(((?:%(?:{NAME})(?:, )?)+)\) = )?([a-z_0-9]+)\(")


def parsed(text: str) -> Graph:
    graph, regions, count = Graph(), [0], 0
    owners: list[Node | None] = [None]
    for line in map(str.strip, text.splitlines()[1:]):
        word = line.split(" ", 1)[0]
        if word in ("input", "parameter", "buffer", "constant", "argument") and " = " not in line.split(" : ")[0]:
            name, rest = re.match(rf"\w+ %({NAME}) : ", line), line
            graph.types[plain(name[1])] = types_at(rest, name.end())[0][0]
            if word == "input":
                graph.inputs.append(plain(name[1]))
            elif word == "argument":
                graph.arguments.append((plain(name[1]), regions[-1]))
        elif word == "return":
            graph.outputs = names_in(line)
        elif word == "yield":
            graph.yields.append((regions[-1], names_in(line)))
        elif line == "} {":
            count += 1
            regions[-1] = count
            owners[-1].regions.append(count)
        elif line == "}":
            regions.pop(), owners.pop()
        elif made := MADE.match(line):
            node, opens = parsed_node(line, made, regions[-1], graph)
            graph.nodes.append(node)
            if opens:
                count += 1
                node.regions.append(count)
                regions.append(count), owners.append(node)
    return graph


def parsed_node(line: str, made: re.Match, region: int, graph: Graph) -> tuple[Node, bool]:
    results = [plain(made[1])] if made[1] else names_in(made[2] or "")
    end = balanced(line, made.end() - 1)
    operands = names_in(line[made.end() - 1 : end])
    attributes = {}
    if line[end : end + 2] == " {" and line[end + 2 :]:
        close = balanced(line, end + 1)
        attributes, end = attributes_in(line[end + 2 : close]), close
    if line[end : end + 3] == " : ":
        types, end = types_at(line, end + 3)
        graph.types.update(zip(results, types, strict=True))
    named = re.match(r' named ("(?:[^"\\]|\\.)*")', line[end:])
    name = plain(named[1]) if named else results[0] if results else ""
    foreign = re.search(r' as ("(?:[^"\\]|\\.)*")', line[end:])
    node = Node(name, made[3], operands, results, attributes, region, foreign=plain(foreign[1]) if foreign else "")
    return node, line.endswith(" {")
