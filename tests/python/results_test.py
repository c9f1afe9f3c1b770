"""What comes of models that torch has no part in."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

import alidade
import pytest

PROGRAM = os.environ["ALIDADE_BIN"]


def said(*arguments: str) -> str:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def resnet18() -> alidade.Model:
    return alidade.open("resnet18")


def test_a_profile_has_the_figures_that_torch_counts(resnet18):
    found = resnet18.profile()
    assert (found.macs, found.params, found.exact) == (1_814_073_344, 11_689_512, True)  # FlopCounterMode; torchvision
    assert repr(found) == "<alidade.Profile of resnet18: 1,814,073,344 MACs, 11,689,512 parameters, 68 operators>"


def test_the_document_is_what_the_program_prints(resnet18):
    path = resnet18.profile().document["path"]
    found = resnet18.profile(analyses=["memory"], on="h100_sxm", dtype="bf16")
    assert found.document == json.loads(said("profile", path, "--with", "memory", "--on", "h100_sxm", "--dtype", "bf16",
                                             "--format", "json"))
    assert found.to_json() == said("profile", path, "--with", "memory", "--on", "h100_sxm", "--dtype", "bf16",
                                   "--format", "json")
    assert str(resnet18.profile()) == said("profile", path)


def test_layers_are_objects_and_tables(resnet18):
    found = resnet18.profile()
    assert found[0].name == "conv1" and found[0].macs == 118_013_952 and found[0].shape == [1, 64, 112, 112]
    assert len(found) == len(list(found)) == 69
    frame = found.to_pandas()
    assert frame.macs.sum() == found.macs and list(frame.name[:2]) == ["conv1", "bn1"]
    table = found.to_arrow()
    assert table.num_rows == 69 and sum(table["macs"].to_pylist()) == found.macs


def test_a_page_holds_the_result_and_is_shown_in_a_notebook(resnet18, tmp_path):
    found = resnet18.profile()
    page = found.to_html()
    assert found.to_html(tmp_path / "page.html") is None and (tmp_path / "page.html").read_text() == page
    assert '"peak' in page and "layer1.0.conv1" in page and page.lstrip().lower().startswith("<!doctype html>")
    assert found._repr_html_().startswith('<iframe title="resnet18"')


def test_estimates_are_rows_of_batches_and_devices(resnet18):
    found = resnet18.estimate(["h100_sxm", "l4"], dtype="bf16", batch=[1, 8])
    assert repr(found).startswith(f"<alidade.Estimates: h100_sxm, batch 1: {1e3 * found[0].time_s:.4g} ms; ")
    assert repr(resnet18.estimate(["l4"], batch=list(range(1, 11)))).endswith("; 2 more>")
    assert [(row.target, row.batch) for row in found] == [("h100_sxm", 1), ("l4", 1), ("h100_sxm", 8), ("l4", 8)]
    assert all(row.band_low_s < row.time_s < row.band_high_s for row in found)
    assert found.to_pandas().groupby("target").time_s.max()["l4"] == found[3].time_s
    assert "<td>l4</td>" in found._repr_html_()


def test_a_placement_says_where_operators_run(resnet18):
    found = resnet18.place("neuron", forbid=["max_pool"])
    assert {row.operator: row.device for row in found}["maxpool"] == "cpu"
    assert found.summary.startswith("neuron 68/69 ops") and len(found.partitions) == 3


def test_a_pipeline_is_carried_out(tmp_path):
    pipeline = tmp_path / "p.toml"
    path, out = alidade.profile("resnet18").document["path"], tmp_path / "out.json"
    pipeline.write_text(f'[[model]]\npath = "{path}"\n[[test]]\nthat = "macs > 0"\n'
                        f'[[report]]\nuse = "json"\npath = "{out}"\n')
    found = alidade.run(pipeline)
    assert json.loads(out.read_text()) == found.document
    with pytest.raises(alidade.CheckFailed, match="does not hold: macs < 0 "):
        pipeline.write_text(pipeline.read_text().replace("macs > 0", "macs < 0"))
        alidade.run(pipeline)


def test_errors_are_the_sentences_of_the_program(resnet18):
    with pytest.raises(alidade.ConfigError) as refused:
        alidade.profile("resnet81")
    assert str(refused.value) == (
        "there is no model file 'resnet81' (did you mean 'resnet18'?)\n  --> model\n"
        "  fix: 'alidade models' lists those that come with the program; a source has a colon: torchvision:resnet18, "
        "net.py:Net")
    with pytest.raises(alidade.ConfigError) as refused:
        resnet18.estimate("h100")
    assert refused.value.where == "on"


def test_threads_share_a_model(resnet18):
    expected = resnet18.estimate("l4", batch=[1, 2]).rows
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(resnet18.estimate("l4", batch=[1, 2]).rows))
               for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_a_call_takes_less_than_five_milliseconds(resnet18):
    resnet18.profile()
    spans = []
    for _ in range(20):
        started = time.process_time()
        assert resnet18.profile().macs
        spans.append(time.process_time() - started)
    assert statistics.median(spans) < 5e-3, spans


def test_torch_is_not_imported_for_what_it_has_no_part_in():
    code = ("import sys, alidade; alidade.profile('resnet18').to_html(); "
            "assert not {'torch', 'numpy'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_store_is_a_table(tmp_path):
    said("sweep", "resnet18", "--axis", "batch=1,2", "--on", "h100_sxm,l4", "-o", str(tmp_path / "s.db"))
    points = alidade.points(tmp_path / "s.db")
    assert [(row["batch"], row["on"]) for row in points] == [(1, "h100_sxm"), (1, "l4"), (2, "h100_sxm"), (2, "l4")]
    assert points[0]["energy_j"] > 0 and points[1]["energy_j"] is None and points.to_columns()["fits"] == [True] * 4
    slowest = alidade.points(tmp_path / "s.db", "batch == 2", sort="time_s", limit=1)
    assert [row["on"] for row in slowest] == ["l4"]
    assert points.columns == said("query", str(tmp_path / "s.db"), "--csv").split("\n")[0].split(",")
    points.to_parquet(tmp_path / "s.parquet")
    parquet = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "s.parquet")
    assert parquet.to_pylist() == list(points)
    with pytest.raises(alidade.ConfigError) as caught:
        alidade.points(tmp_path / "s.db", "no_such_column > 1")
    assert "no_such_column" in caught.value.what
    with pytest.raises(alidade.ConfigError) as caught:
        alidade.points(tmp_path / "none.db")
    assert str(caught.value) == (f"there is no such store\n  --> {tmp_path}/none.db\n"
                                 "  fix: alidade sweep ... -o FILE.db makes one")


def test_a_device_is_estimated_as_it_might_be(resnet18):
    wider = resnet18.estimate("l4", figures={"dram_gbps": 600})[0]
    assert wider.time_s < resnet18.estimate("l4")[0].time_s
    path = resnet18.profile().document["path"]
    alone = json.loads(said("estimate", path, "--on", "l4", "--set", "hardware.l4.dram_gbps=600", "--format", "json"))
    assert wider.time_s == alone[0]["time_s"]
    with pytest.raises(alidade.ConfigError) as caught:
        resnet18.estimate("l4", figures={"dram_gps": 600})
    assert caught.value.what == "'l4' has no figure 'dram_gps' (did you mean 'dram_gbps'?)"


def test_every_model_of_a_pipeline_is_there(tmp_path):
    folder = pathlib.Path(alidade.open("resnet18").profile().document["path"]).absolute().parent
    models = "".join(f'[[model]]\npath = "{folder}/{name}.onnx"\n' for name in ("resnet18", "mobilenet_v2"))
    (tmp_path / "p.toml").write_text(f'{models}[[report]]\nuse = "json"\npath = "{tmp_path}/r.json"\n')
    assert [model["model"] for model in alidade.run(tmp_path / "p.toml").models] == ["resnet18", "mobilenet_v2"]
