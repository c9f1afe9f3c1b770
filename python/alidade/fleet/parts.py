"""The stores that have come back, kept in a folder beside the result: a command given again goes on with them."""

import pathlib
import shutil
import subprocess

from alidade.errors import ConfigError
from alidade.fleet.job import Job
from alidade.native import program
from alidade.verbs import Refused


class Parts:
    """A file for each task, named by its units, and one that says which sweep they are of."""

    def __init__(self, output: pathlib.Path, job: Job):
        self.output, self._job = output, job
        self.folder = output.with_name(output.name + ".parts")

    def open(self) -> set[int]:
        """Units that are there already."""
        self.folder.mkdir(exist_ok=True)
        mark = self.folder / "job"
        if mark.exists() and mark.read_text() != self._job.key:
            raise ConfigError(f"'{self.folder}' holds parts of another sweep", str(self.folder),
                              "remove it, or name another file with -o")
        mark.write_text(self._job.key)
        for torn in self.folder.glob("*.new"):
            torn.unlink()
        return {unit for file in self.folder.glob("*.db") for unit in map(int, file.stem.split("-"))}

    def add(self, units: tuple[int, ...], store: bytes) -> None:
        """Whole or not at all."""
        file = self.folder / ("-".join(map(str, units)) + ".db")
        new = file.with_suffix(".new")
        new.write_bytes(store)
        new.rename(file)

    def join(self) -> None:
        """All of them as one store; the folder goes."""
        files = sorted(map(str, self.folder.glob("*.db")))
        done = subprocess.run([program(), "merge", *files, "-o", str(self.output)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Refused(done.returncode, done.stderr)
        shutil.rmtree(self.folder)
