"""The notebook of examples/ runs from its first cell to its last, and each cell shows what a notebook can show."""

import ast
import json
import pathlib

import pytest

NOTEBOOK = pathlib.Path(__file__).parents[2] / "examples/notebook/resnet18.ipynb"


def run(source: str, names: dict[str, object]) -> object:
    """The value of the last expression, which a notebook shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names) if last else None


def test_every_cell_runs_and_shows_something():
    pytest.importorskip("pandas")
    names: dict[str, object] = {}
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    shown = [run("".join(cell["source"]), names) for cell in cells]
    assert shown[0] == (1_814_073_344, 11_689_512)
    assert list(shown[1].columns) == ["name", "type", "macs", "bottleneck"] and len(shown[1]) == 5
    assert shown[2]._repr_html_().count("<tr>") == 7
    assert shown[3].loc[64, "h100_sxm"] > shown[3].loc[1, "h100_sxm"]
    assert shown[4].startswith("neuron 68/69 ops")
    assert "<iframe" in shown[5]._repr_html_()
