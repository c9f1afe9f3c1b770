"""Searches for devices."""

import csv
import io
import itertools
import json
import os
import pathlib
import subprocess

import pytest

PROGRAM = os.environ["ALIDADE_BIN"]
SPACE = """
models = ["resnet18", "llama_tiny"]
device = "l4"
dtype = "bf16"
batch = 2
bind = { seq = 16 }
[vary]
dram_gbps = [150, 300, 600]
"peak_tflops.bf16" = [60, 121]
[figures]
watts = "10 + 0.05 * dram_gbps + 0.4 * peak_tflops.bf16"
[goals]
minimise = ["time_s", "watts"]
[search]
method = "grid"
"""


def alidade(*words: str, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *words], cwd=cwd, capture_output=True, text=True, timeout=240)


def found(folder: pathlib.Path, space: str, *more: str) -> list[dict]:
    (folder / "space.toml").write_text(space)
    done = alidade("search", "space.toml", "-o", "found.json", *more, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "found.json").read_text())["points"]


def time_alone(model: str, gbps: float, tflops: float, folder: pathlib.Path) -> float:
    peak = f"{{f32 = 30.3, tf32 = 60.5, bf16 = {tflops:g}, f16 = 121}}"
    done = alidade("estimate", model, "--on", "l4", "--dtype", "bf16", "--batch", "2", "--format", "json",
                   *(["--bind", "seq=16"] if model == "llama_tiny" else []), "--set", f"hardware.l4.dram_gbps={gbps}",
                   "--set", f"hardware.l4.peak_tflops={peak}", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0]["time_s"]


def test_a_grid_is_every_device_as_estimated_alone_and_its_front_by_brute_force(tmp_path):
    points = found(tmp_path, SPACE)
    assert [(one["dram_gbps"], one["peak_tflops.bf16"]) for one in points] == list(
        itertools.product([150, 300, 600], [60, 121]))
    for one in points:
        times = [time_alone(model, one["dram_gbps"], one["peak_tflops.bf16"], tmp_path)
                 for model in ("resnet18", "llama_tiny")]
        assert [one["time_s.resnet18"], one["time_s.llama_tiny"]] == times
        assert one["time_s"] == pytest.approx(sum(times))
        assert one["watts"] == pytest.approx(10 + 0.05 * one["dram_gbps"] + 0.4 * one["peak_tflops.bf16"])
        beaten = any(other is not one and other["time_s"] <= one["time_s"] and other["watts"] <= one["watts"]
                     and (other["time_s"], other["watts"]) != (one["time_s"], one["watts"]) for other in points)
        assert one["allowed"] and one["front"] == (not beaten)


RANGES = SPACE.replace("[150, 300, 600]", "{ from = 100, to = 1000, log = true }").replace(
    "[60, 121]", "{ from = 50, to = 200, whole = true }").replace('"grid"', '"random"\npoints = 40\nseed = 3')


def test_random_devices_lie_in_their_ranges_and_are_the_same_again(tmp_path):
    points = found(tmp_path, RANGES)
    assert len(points) == 40 and points == found(tmp_path, RANGES) and points != found(tmp_path, RANGES, "--seed", "4")
    assert all(100 <= one["dram_gbps"] <= 1000 and one["peak_tflops.bf16"] in range(50, 201) for one in points)
    assert len(found(tmp_path, RANGES, "--points", "5")) == 5
    below = sum(one["dram_gbps"] < 316 for one in points)  # half of the logarithms
    assert 10 <= below <= 30


@pytest.mark.parametrize("method", ["nsga2", "tpe"])
def test_an_optimiser_finds_what_one_figure_says(tmp_path, method):
    space = RANGES.replace("random", method).replace('["time_s", "watts"]', '["time_s"]')
    points = found(tmp_path, space)
    best = min(points, key=lambda one: one["time_s"])
    assert len(points) == 40 and [one for one in points if one["front"]] == [best]
    first = points[:10]
    assert best["time_s"] <= min(one["time_s"] for one in first)
    assert points == found(tmp_path, space)


def test_what_is_required_decides_what_is_allowed(tmp_path):
    space = SPACE.replace('"watts"]', '"watts"]\nrequire = ["watts <= 60 and fits", "memory_bytes > 0"]')
    for one in found(tmp_path, space):
        assert one["allowed"] == (one["watts"] <= 60) and (one["why"] == "" or one["why"] == "not watts <= 60 and fits")
        assert one["allowed"] or not one["front"]


def test_more_is_better_where_it_is_said(tmp_path):
    space = SPACE.replace('minimise = ["time_s", "watts"]', 'maximise = ["1 / time_s", "-watts"]')
    assert [one["front"] for one in found(tmp_path, space)] == [one["front"] for one in found(tmp_path, SPACE)]


def test_a_search_is_a_table_a_csv_and_a_page(tmp_path):
    points = found(tmp_path, SPACE)
    front = [one for one in points if one["front"]]
    text = alidade("search", "space.toml", cwd=tmp_path).stdout.splitlines()
    assert text[0] == f"6 devices, 6 of them allowed; {len(front)} that no other one beats:"
    assert text[1].split() == ["dram_gbps", "peak_tflops.bf16", "watts", "time_s"] and len(text) == 2 + len(front)
    assert alidade("search", "space.toml", "-o", "x.csv", cwd=tmp_path).returncode == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text())))
    assert [float(row["time_s"]) for row in rows] == [one["time_s"] for one in points]
    assert alidade("search", "space.toml", "-o", "x.html", cwd=tmp_path).returncode == 0
    page = (tmp_path / "x.html").read_text()
    assert page.count("<circle") == 6 and page.count("<tr>") == 1 + len(front)
    assert "<script" not in page and "default-src 'none'" in page


@pytest.mark.parametrize(("old", "new", "said"), [
    ('"l4"', '"l5"', "error: there is no device 'l5'"),
    ('"bf16"\nbatch', '"f4"\nbatch', "error: 'precision' in [[hardware]] 'l4': expected one of as_captured"),
    ("dram_gbps", "dram_gps", "error: none of 6 devices is allowed; most often: 'l4' has no figure 'dram_gps' (did "
     "you mean 'dram_gbps'?)\n  --> space.toml\n  fix: let more vary, or ask for less in 'require'\n"),
    ("watts = ", "watts = 5 #", "error: 'watts': an expression was expected, found 5\n  --> space.toml, [figures]\n"),
    ('"10 +', '"10 + __import__(\'os\') +',
     "error: \"10 + __import__('os') + 0.05 * dram_gbps + 0.4 * peak_tflops.bf16\": "
     "\"__import__('os')\" is nothing that an expression here has\n  --> space.toml, [figures] watts\n  fix: it has "
     "numbers, names, + - * / **, comparisons, and, or, not, min, max, sqrt, log2, exp\n"),
    ('"watts"]', '"wats"]', "error: 'wats': nothing is called 'wats'; did you mean \"watts\"?\n"),
    ("[150, 300, 600]", "{ from = 5, to = 5 }", "error: 'dram_gbps': from 5 to 5 is no range\n  --> space.toml\n"),
    ("[150, 300, 600]", "{ from = 5, to = 50 }", "error: a grid needs a list of values, and 'dram_gbps' is a range\n"
     "  --> space.toml\n  fix: give it a list, or choose the method random\n"),
    ("batch = 2", "bach = 2", "error: unknown key 'bach'; did you mean \"batch\"?\n  --> space.toml\n  fix: keys here: "
     "models, device, dtype, batch, bind, vary, figures, goals, search\n"),
    ('method = "grid"', 'method = "gird"', "error: there is no method 'gird'; did you mean \"grid\"?\n"),
    ('minimise = ["time_s", "watts"]', "", "error: there is nothing in [goals] minimise or maximise\n"),
])
def test_what_is_wrong_with_a_space_is_told(tmp_path, old, new, said):
    assert old in SPACE
    (tmp_path / "space.toml").write_text(SPACE.replace(old, new))
    done = alidade("search", "space.toml", cwd=tmp_path)
    assert done.returncode in (2, 5) and said in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_file_that_is_not_there_is_told(tmp_path):
    done = alidade("search", "none.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2, "error: the file cannot be read: No such file or directory\n  --> none.toml\n")
