"""Expressions of space files, beside Python's own arithmetic."""

import math

import pytest
from alidade.errors import ConfigError
from alidade.search.expression import Expression

NAMES = {"a": 3.0, "b": 4, "time_s.net": 0.5, "unknown": None, "yes": True}


@pytest.mark.parametrize(("text", "value"), [
    ("a + b * 2", 11), ("-a ** 2", -9), ("(a + b) / 2", 3.5), ("min(a, b, 1)", 1), ("max(a, 10)", 10),
    ("sqrt(a * a + b * b)", 5), ("log2(b)", 2), ("exp(0)", 1), ("time_s.net * 4", 2), ("1 < a <= 3", True),
    ("a > 5 or not (b == 5)", True), ("yes and a != 3", False), ("unknown + 1", None), ("a / (b - 4)", None),
    ("log2(-1)", None), ("(-8) ** 0.5", None), ("exp(1000)", None),
])
def test_values(text, value):
    found = Expression(text, "here").value(NAMES)
    assert found == value if value is None or isinstance(value, bool) else math.isclose(found, value)


@pytest.mark.parametrize("text", [
    "a if b else 3", "[a]", "'text'", "open('x')", "a.b()", "lambda: 1", "a @ b", "min()", "min(a, key=b)", "a[0]",
    "True and __import__('os')", "f'{a}'", "(a + b).real"])
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(ConfigError):
        Expression(text, "here")


def test_what_cannot_be_read_says_where():
    with pytest.raises(ConfigError) as caught:
        Expression("a +", "space.toml, [figures] x")
    assert str(caught.value) == "'a +' is no expression: invalid syntax\n  --> space.toml, [figures] x"
