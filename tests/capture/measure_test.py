import csv
import pathlib
import tempfile
import unittest
from unittest import mock

from alidade.capture import measure
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError


class Measure(unittest.TestCase):
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
