import contextlib
import csv
import io
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

from alidade.capture import measure
from alidade.capture.archive import record_of
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError

NETS = pathlib.Path(__file__).with_name("nets.py")


def cached(folder: str, *words: str) -> tuple[int, dict]:
    """What the verb answers that the program asks, with its cache in a folder of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), mock.patch.dict(os.environ, {"XDG_CACHE_HOME": folder}):
        code = main(["cached", *words])
    return code, json.loads(out.getvalue())


class Measure(unittest.TestCase):
    def test_an_archive_carries_the_times_of_its_operators_and_of_the_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            code, answer = cached(folder, f"{NETS}:Plain", "--input-shape", "1,3,16,16", "--bind", "batch=4",
                                  "--measure-runs", "2")
            self.assertEqual((code, answer["bindings"]), (0, {}))
            record = record_of(pathlib.Path(answer["path"]))
        self.assertEqual(record["inputs"][0]["shape"], [4, 3, 16, 16])
        times = record["measured"]
        self.assertEqual((times["device"], times["runs"]), ("cpu", 2))
        self.assertGreater(times["whole_s"], 0)
        self.assertTrue(times["operators"] and all(seconds > 0 for seconds in times["operators"].values()))
        self.assertNotIn(measure.WHOLE, times["operators"])

    def test_a_file_of_torchscript_is_left_to_who_reads_it(self):
        with tempfile.TemporaryDirectory() as folder:
            code, answer = cached(folder, f"{NETS}:Plain", "--input-shape", "1,3,16,16", "--via", "trace",
                                  "--measure-runs", "2")
            self.assertEqual((code, pathlib.Path(answer["path"]).suffix), (0, ".pt"))
            self.assertNotIn("measured", record_of(pathlib.Path(answer["path"])))

    def test_a_route_that_does_not_make_one_graph_is_told(self):
        for programs, said in (([], "no graph that PyTorch runs"), ([1, 2], "2 graphs")):
            made = mock.Mock(route="dynamo")
            made.captured.programs.return_value, made.source.name = programs, "net.py:Net"
            with self.assertRaises(CaptureError) as caught:
                measure.times_of(made, "cpu", 2)
            self.assertEqual(str(caught.exception), f"net.py:Net: the route dynamo makes {said} of this model, and one "
                             "can be measured; take another route: --via export (of alidade measure: --set "
                             "frontend.capture.via=export)")

    def test_what_has_no_code_and_what_has_no_such_size_are_told(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "net.pt2"
            path.write_bytes(b"PK")
            self.assertEqual(cached(folder, str(path), "--measure-runs", "2"), (3, {"error": {
                "what": "this is a captured model, which has no code to run", "where": str(path),
                "fix": "name what it was captured from: torchvision:NAME, FILE.py:NAME"}}))
            code, answer = cached(folder, f"{NETS}:Plain", "--bind", "depth=3", "--measure-runs", "2")
            self.assertEqual((code, answer["error"]["what"]), (3, 'nothing in this model is called "depth"'))

    def test_every_operator_of_the_graph_has_a_time(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "times.csv"
            self.assertEqual(main(["measure", "torchvision:squeezenet1_1", "--batch", "1", "--input-shape",
                                   "1,3,64,64", "--runs", "2", "-o", str(path)]), 0)
            with open(path, encoding="utf-8") as text:
                rows = list(csv.DictReader(text))
        self.assertEqual(rows[0]["node"], measure.WHOLE)
        names = [row["node"] for row in rows]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(sum(name.startswith("conv2d") for name in names), 26)  # as its paper draws it
        times = [float(row["time_s"]) for row in rows]
        self.assertTrue(all(seconds > 0 for seconds in times))

    def test_a_device_that_is_not_there_is_told(self):
        with self.assertRaises(CaptureError) as caught:
            measure.checked_device("cuda:99")
        self.assertIn("--device cuda:99: there is no such device here", str(caught.exception))
        self.assertIn("cpu is always there", str(caught.exception))

    def test_a_busy_machine_is_told(self):
        with mock.patch("os.getloadavg", return_value=(3.0, 0, 0)), mock.patch("os.cpu_count", return_value=4):
            self.assertEqual(measure.busy("cpu"),
                             "other programs keep 3.0 of 4 cores busy: the times are theirs, too")
            self.assertEqual(measure.busy("cuda"), "")
        with mock.patch("os.getloadavg", return_value=(0.5, 0, 0)), mock.patch("os.cpu_count", return_value=4):
            self.assertEqual(measure.busy("cpu"), "")


if __name__ == "__main__":
    unittest.main()
