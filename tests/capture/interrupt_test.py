import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

NETS = pathlib.Path(__file__).with_name("nets.py")


class Interrupted(unittest.TestCase):
    """A capture that a person or the system ends says so in one line and leaves no file."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def end(self, words: list[str], number: int, seconds: float) -> tuple[int, str]:
        child = subprocess.Popen([sys.executable, "-m", "alidade.capture", *words], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True,
                                 env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        time.sleep(seconds)
        child.send_signal(number)
        said = child.communicate(timeout=120)[1]
        return child.returncode, said

    def files(self) -> list[pathlib.Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def test_a_capture_that_is_interrupted_leaves_nothing(self):
        out = self.folder / "model.pt2"
        for number, seconds in ((signal.SIGINT, 0.5), (signal.SIGTERM, 1.5), (signal.SIGINT, 3)):
            with self.subTest(number=number, seconds=seconds):
                code, said = self.end(["torchvision:vit_b_16", "-o", str(out)], number, seconds)
                self.assertEqual(code, 128 + number, said)
                self.assertTrue(said.endswith("interrupted: nothing was written\n"), said)
                self.assertNotIn("Traceback", said)
                self.assertEqual(self.files(), [])

    def test_a_cached_capture_goes_on_after_an_interruption(self):
        words = ["cached", f"{NETS}:Broken", "--input-shape", "2,6"]
        code, said = self.end(words, signal.SIGINT, 1)
        self.assertEqual(code, 130, said)
        self.assertEqual(self.files(), [])
        done = subprocess.run([sys.executable, "-m", "alidade.capture", *words], capture_output=True, text=True,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
