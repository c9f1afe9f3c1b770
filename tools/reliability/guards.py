"""The checks of our C++: an `if` whose one statement returns a fault that it makes, and how one is taken out.

A check that hands a fault on (`return std::unexpected(x.error())`) is none: it refuses nothing by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FAULT = re.compile(
    r"\b(unexpected|unexpected_token|reject|wrong|fail|failed|failure|unwritable|unreadable|broken|refuse\w*|bad|complain"
    r"|too_large|too_deep|expected|incomplete|unlike|unknown_weight|no_place|write_failure|say)\("
)
HANDED_ON = re.compile(r"\berror_?\b|\bfault_?\b\)")
DECLARATION = re.compile(r"^\s*(?:const\s+)?[\w:<>]+(?:\s*[&*])?\s+\*?(\w+)\s*=[^=]")
# A compiler that sees a check behind a switch warns of what only the check kept from being used.
SWITCH = """#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <cstdlib>
#include <cstring>
namespace {
[[maybe_unused]] bool check_is_there(const char* number) {
  const char* removed = std::getenv("ALIDADE_REMOVED_CHECK");
  return removed == nullptr || std::strcmp(removed, number) != 0;
}
}  // namespace
#line 1
"""


@dataclass(frozen=True)
class Guard:
    path: Path
    line: int
    begin: int  # of the condition, in characters of the file
    end: int
    condition: str
    statement: str

    def with_switch(self, number: int) -> str:
        """The condition, which holds no more once the environment names this check."""
        there = f'check_is_there("{number}")'
        *before, last = split(self.condition)
        declared = DECLARATION.match(last)
        if declared:
            return "; ".join([*before, last, f"{declared[1]} && {there}"])
        return "; ".join([*before, f"({last.strip()}) && {there}"])


def closing(text: str, at: int) -> int:
    """The bracket that closes the one at `at`; brackets in strings and characters are none."""
    depth, i = 0, at
    while i < len(text):
        if text[i] in "\"'":
            quote = text[i]
            i += 1
            while i < len(text) and text[i] != quote:
                i += 2 if text[i] == "\\" else 1
        elif text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
        i += 1
    return -1


def split(condition: str) -> list[str]:
    """`auto x = f(); !x` in its parts."""
    parts, depth, begin = [], 0, 0
    for i, letter in enumerate(condition):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == ";" and depth == 0:
            parts.append(condition[begin:i])
            begin = i + 1
    return [*parts, condition[begin:]]


def guards(path: Path) -> Iterator[Guard]:
    text = path.read_text()
    for found in re.finditer(r"\bif \(", text):
        begin = found.end()
        end = closing(text, begin - 1)
        said = re.compile(r"\s*\{?\s*(return\b[^;]*);").match(text, end + 1) if end > 0 else None
        if said and FAULT.search(said[1]) and not HANDED_ON.search(said[1]):
            yield Guard(path, text.count("\n", 0, begin) + 1, begin, end, text[begin:end], " ".join(said[1].split()))


def put_switches(text: str, numbered: list[tuple[int, Guard]]) -> str:
    """The file with its drawn checks behind switches."""
    for number, guard in sorted(numbered, key=lambda one: -one[1].begin):
        text = text[: guard.begin] + guard.with_switch(number) + text[guard.end :]
    return SWITCH + text
