"""Sums in a space file: numbers, names, + - * / **, comparisons, and/or/not, a few functions. Nothing else."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from alidade.errors import ConfigError

TWO: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne}
ONE: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "sqrt": math.sqrt, "log2": math.log2,
                                            "exp": math.exp}


class Expression:
    """One of a space file; names may have dots: time_s.resnet50."""

    def __init__(self, text: str, where: str):
        self.text, self.where = text, where
        try:
            self._tree = ast.parse(text, mode="eval").body
        except SyntaxError as error:
            raise ConfigError(f"{text!r} is no expression: {error.msg}", where) from None
        self.names: list[str] = []
        self._check(self._tree)

    def _check(self, node: ast.AST) -> None:
        match node:
            case ast.Constant(value=int() | float()):
                pass
            case ast.Name() | ast.Attribute():
                self.names.append(self._name(node))
            case ast.BinOp(left, op, right) if type(op) in TWO:
                self._check_all(left, right)
            case ast.UnaryOp(op, operand) if type(op) in ONE:
                self._check(operand)
            case ast.BoolOp(_, values):
                self._check_all(*values)
            case ast.Compare(left, ops, others) if all(type(op) in TWO for op in ops):
                self._check_all(left, *others)
            case ast.Call(ast.Name(function), arguments, []) if function in FUNCTIONS and arguments:
                self._check_all(*arguments)
            case _:
                raise ConfigError(f"{self.text!r}: {ast.unparse(node)!r} is nothing that an expression here has",
                                  self.where, "it has numbers, names, + - * / **, comparisons, and, or, not, "
                                  + ", ".join(FUNCTIONS))

    def _check_all(self, *nodes: ast.AST) -> None:
        for node in nodes:
            self._check(node)

    def _name(self, node: ast.AST) -> str:
        match node:
            case ast.Name(name):
                return name
            case ast.Attribute(value, name):
                return f"{self._name(value)}.{name}"
        raise ConfigError(f"{self.text!r}: {ast.unparse(node)!r} is no name", self.where)

    def value(self, names: Mapping[str, Any]) -> Any:
        """None where a name in it has no value, or the sum has none: 1 / 0."""
        if any(names.get(name) is None for name in self.names):
            return None
        try:
            found = self._value(self._tree, names)
        except (ArithmeticError, ValueError):
            return None
        return None if isinstance(found, complex) or (isinstance(found, float) and not math.isfinite(found)) else found

    def _value(self, node: ast.AST, names: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value):
                return value
            case ast.BinOp(left, op, right):
                return TWO[type(op)](self._value(left, names), self._value(right, names))
            case ast.UnaryOp(op, operand):
                return ONE[type(op)](self._value(operand, names))
            case ast.BoolOp(op, values):
                truths = (bool(self._value(value, names)) for value in values)
                return all(truths) if isinstance(op, ast.And) else any(truths)
            case ast.Compare(left, ops, others):
                values = [self._value(one, names) for one in (left, *others)]
                return all(TWO[type(op)](a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
            case ast.Call(ast.Name(function), arguments):
                return FUNCTIONS[function](*(self._value(one, names) for one in arguments))
        return names[self._name(node)]
