"""The types of all values in the text form of a graph, as `inspect --text` prints it."""

import re

import stated_types
from stated_types import Type

NAME = r'%("(?:[^"\\]|\\.)*"|[\w.$/:-]+)'
STATED = re.compile(rf"\s*(?:input|parameter|buffer|constant) {NAME} : ")
MADE = re.compile(rf"\s*(?:{NAME}|\(({NAME}(?:, {NAME})*)\)) = [\w.]+\(")


def types(text: str) -> dict[str, Type]:
    found = {}
    for line in text.splitlines():
        if stated := STATED.match(line):
            found[plain(stated[1])] = stated_types.parsed(line[stated.end() : type_end(line, stated.end())])
        elif made := MADE.match(line):
            names = [plain(name) for name in re.findall(NAME, line[: made.end()])]
            written = split_types(line, made.end() - 1)
            found.update(zip(names, map(stated_types.parsed, written), strict=False))
    return found


def plain(name: str) -> str:
    if not name.startswith('"'):
        return name
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def split_types(line: str, at: int) -> list[str]:
    """The types behind the operator's parentheses and braces, which begin at `at`."""
    at = line.find(" : ", closed(line, at))
    if at < 0:
        return []
    at += 3
    written = []
    while True:
        end = type_end(line, at)
        written.append(line[at:end])
        if line[end : end + 2] != ", ":
            return written
        at = end + 2


def closed(line: str, at: int) -> int:
    """Behind the parentheses and the attributes that may follow them."""
    at = balanced(line, at)
    return balanced(line, at + 1) if line[at : at + 2] == " {" else at


def balanced(line: str, at: int) -> int:
    depth = 0
    while at < len(line):
        if line[at] == '"':
            at = quoted_end(line, at)
            continue
        depth += (line[at] in "([{") - (line[at] in ")]}")
        at += 1
        if depth == 0:
            return at
    return at


def quoted_end(line: str, at: int) -> int:
    return at + re.match(r'"(?:[^"\\]|\\.)*"', line[at:]).end()


def type_end(line: str, at: int) -> int:
    return balanced(line, line.index("[", at))
