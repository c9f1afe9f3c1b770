"""Type hints hold, and a user's program is checked by them."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
USE = '''
import alidade
profile = alidade.profile("resnet18")
macs: int = profile.macs
layer: alidade.Layer = profile.layers[0]
name: str = layer.name
times: list[float] = [row.time_s for row in alidade.estimate("resnet18", on="l4")]
reveal_type(alidade.place("resnet18", target="neuron")[0].margin_s)
wrong: str = profile.params
'''


def mypy(*arguments: str, cwd: pathlib.Path) -> str:
    pytest.importorskip("mypy")
    ran = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", str(cwd / "cache"), *arguments],
                         capture_output=True, text=True, cwd=cwd)
    return ran.stdout + ran.stderr


def test_the_package_is_typed(tmp_path):
    names = ("__init__", "errors", "graphs", "library", "models", "opening", "plugins", "results", "stores", "tables",
             "verbs", "fleet/cli", "fleet/cluster", "fleet/job", "fleet/parts", "fleet/sweep", "fleet/work",
             "search/cli", "search/expression", "search/run", "search/space", "search/write")
    files = [str(ROOT / f"python/alidade/{name}.py") for name in names]
    said = mypy("--strict", "--follow-imports=silent", "--ignore-missing-imports", *files, cwd=tmp_path)
    assert said.startswith("Success"), said


def test_a_users_program_is_checked(tmp_path):
    (tmp_path / "use.py").write_text(USE)
    said = mypy("--follow-imports=silent", "use.py", cwd=tmp_path)
    assert 'use.py:8: note: Revealed type is "float | None"' in said.replace("builtins.float", "float").replace(
        "Union[float, None]", "float | None"), said
    assert "use.py:9: error: Incompatible types in assignment" in said and said.count("error:") == 1, said
