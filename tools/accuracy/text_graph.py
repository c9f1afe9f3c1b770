"""Writes graphs in the text form (docs/text_form.md)."""


def shape(dims):
    return "[" + ",".join(str(d) for d in dims) + "]"


class TextGraph:
    """A graph under construction. Values are named by their makers: `parameter`, `input` and `node` return "%name"."""

    def __init__(self, name):
        self.name = name
        self.header = []
        self.body = []
        self.results = []

    def input(self, name, dtype, *dims):
        return self._value("input", name, dtype, dims)

    def parameter(self, name, dtype, *dims):
        return self._value("parameter", name, dtype, dims)

    def _value(self, kind, name, dtype, dims):
        self.header.append(f"  {kind} %{name} : {dtype}{shape(dims)}")
        return "%" + name

    def node(self, name, op, operands, dtype, dims, **attributes):
        written = ", ".join(f"{key}={_text(value)}" for key, value in attributes.items())
        written = f" {{{written}}}" if written else ""
        self.body.append(f"  %{name} = {op}({', '.join(operands)}){written} : {dtype}{shape(dims)}")
        return "%" + name

    def result(self, value):
        self.results.append(value)

    def text(self):
        lines = [f'graph "{self.name}" {{', *self.header, *self.body, "  return " + ", ".join(self.results), "}"]
        return "\n".join(lines) + "\n"


def _text(value):
    return shape(value) if isinstance(value, (list, tuple)) else str(value)
