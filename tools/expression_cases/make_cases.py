#!/usr/bin/env python3
"""Writes tests/data/expressions.tsv: formulas over sizes, bindings, and what Python and sympy say they come to.

A line is "formula <tab> a=1,b=2 <tab> value", the value a fraction or "none" where something divides by zero. Python's
values come from its own parser and fractions; sympy's formulas are its own text of expressions that it built, their
values its own. Usage: make_cases.py (needs sympy)
"""

import ast
import math
import pathlib
import random
from fractions import Fraction

import sympy

TARGET = pathlib.Path(__file__).parents[2] / "tests/data/expressions.tsv"
NAMES = ["a", "b", "c"]
SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 9, 13, 224]
NUMBERS = ["0", "1", "2", "3", "7", "12", "0.5", "1.25"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
UNARY = ["floor", "ceil", "trunc", "Abs", "round"]
BINARY = ["Mod", "FloorDiv", "CeilDiv"]


def formula(dice: random.Random, depth: int) -> str:
    def inner() -> str:
        text = formula(dice, depth - 1)
        return f"({text})" if dice.random() < 0.4 else text

    if depth == 0 or dice.random() < 0.15:
        return dice.choice(NAMES) if dice.random() < 0.6 else dice.choice(NUMBERS)
    kind = dice.choice(["sign"] * 8 + ["minus", "power", "unary", "binary", "extreme", "where", "compare"])
    if kind == "sign":
        return f"{inner()} {dice.choice(['+', '-', '*', '/', '//', '%'])} {inner()}"
    if kind == "minus":
        return "-" + inner()
    if kind == "power":
        return f"{inner()}**{dice.choice([0, 1, 2, 3, -1, 'a'])}"
    if kind == "unary":
        return f"{dice.choice(UNARY)}({inner()})"
    if kind == "binary":
        return f"{dice.choice(BINARY)}({inner()}, {inner()})"
    if kind == "extreme":
        return f"{dice.choice(['Max', 'Min'])}({', '.join(inner() for _ in range(dice.choice([2, 3])))})"
    comparison = f"{inner()} {dice.choice(COMPARISONS)} {inner()}"
    if kind == "compare":
        return f"({comparison})"
    return f"Where({comparison}, {inner()}, {inner()})"


def exact(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("Fraction", ast.Load()), [node], [])


class Exact(ast.NodeTransformer):
    """Numbers become fractions, and Where evaluates only what it picks."""

    def visit_Constant(self, node):
        return exact(ast.Constant(repr(node.value)))

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])
        return exact(node)

    def visit_Call(self, node):
        self.generic_visit(node)
        return ast.IfExp(*node.args) if node.func.id == "Where" else exact(node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        return exact(node)


def power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > 13:
        raise OverflowError
    return base ** int(exponent)


FUNCTIONS = {
    "Fraction": Fraction,
    "power": power,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "round": round,
    "Abs": abs,
    "Max": max,
    "Min": min,
    "Mod": lambda x, y: x % y,
    "FloorDiv": lambda x, y: x // y,
    "CeilDiv": lambda x, y: -(-x // y),
}


def python_value(text: str, bindings: dict[str, int]) -> str | None:
    tree = ast.fix_missing_locations(Exact().visit(ast.parse(text, mode="eval")))
    names = {name: Fraction(size) for name, size in bindings.items()}
    try:
        value = Fraction(eval(compile(tree, text, "eval"), {**FUNCTIONS, **names}))
    except ZeroDivisionError:
        return "none"
    except OverflowError:
        return None
    return str(value) if max(abs(value.numerator), value.denominator) < 2**62 else None


def sympy_expression(dice: random.Random, depth: int):
    if depth == 0 or dice.random() < 0.2:
        integer = sympy.Integer(dice.choice([-3, -1, 1, 2, 3, 8]))
        return sympy.Symbol(dice.choice(NAMES), integer=True, nonnegative=True) if dice.random() < 0.6 else integer
    x, y = sympy_expression(dice, depth - 1), sympy_expression(dice, depth - 1)
    kind = dice.choice(["add", "multiply"] * 2 + ["half", "floor", "ceil", "mod", "max", "min", "power", "cases"])
    if kind == "half":
        return x / dice.choice([2, 3, 4, 8])
    if kind == "mod":
        return sympy.Mod(x, dice.choice([2, 3, 8]))
    if kind == "cases":
        return sympy.Piecewise((x, dice.choice([sympy.Gt, sympy.Le, sympy.Ne])(x, y)), (y, True))
    build = {
        "add": lambda: x + y,
        "multiply": lambda: x * y,
        "floor": lambda: sympy.floor(x / 2),
        "ceil": lambda: sympy.ceiling(x / 3),
        "max": lambda: sympy.Max(x, y),
        "min": lambda: sympy.Min(x, y),
        "power": lambda: x ** dice.choice([2, 3]),
    }
    return build[kind]()


def sympy_lines(dice: random.Random, count: int):
    while count > 0:
        expression = sympy_expression(dice, 3)
        bindings = {name: dice.choice(SIZES) for name in NAMES}
        value = expression.subs({sympy.Symbol(n, integer=True, nonnegative=True): s for n, s in bindings.items()})
        if expression.free_symbols and value.is_Rational and abs(value) < 2**62:
            yield str(expression), bindings, str(value)
            count -= 1


def python_lines(dice: random.Random, count: int):
    while count > 0:
        text = formula(dice, dice.choice([2, 3, 3]))
        bindings = {name: dice.choice(SIZES) for name in NAMES}
        value = python_value(text, bindings)
        if value is not None and len(text) < 120:
            yield text, bindings, value
            count -= 1


def main() -> None:
    dice = random.Random(11)
    lines = [*python_lines(dice, 1500), *sympy_lines(dice, 500)]
    written = [f"{text}\t{','.join(f'{n}={s}' for n, s in b.items())}\t{value}\n" for text, b, value in lines]
    TARGET.write_text("".join(written))


if __name__ == "__main__":
    main()
