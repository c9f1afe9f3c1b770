"""A sweep as files that any machine does parts of: `alidade sweep ... --job FOLDER` writes them."""

import dataclasses
import hashlib
import json
import pathlib
import subprocess

from alidade.errors import InternalError
from alidade.native import program
from alidade.verbs import SOME_FAILED, Refused


@dataclasses.dataclass(frozen=True)
class Job:
    """`files` by name; a unit is a model at one of its sizes, on every target."""

    files: dict[str, bytes]
    program: str
    points: int
    points_of_a_unit: int
    units_of_a_model: int
    models: tuple[str, ...]

    @property
    def units(self) -> int:
        return len(self.models) * self.units_of_a_model

    @property
    def key(self) -> str:
        """The same for the same sweep."""
        seen = hashlib.sha256()
        for name in sorted(self.files):
            seen.update(f"{name} {len(self.files[name])} ".encode() + self.files[name])
        return seen.hexdigest()

    def model_of(self, unit: int) -> int:
        return unit // self.units_of_a_model

    @classmethod
    def of(cls, folder: pathlib.Path) -> "Job":
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        known = json.loads(files["job.json"])
        if known["schema"] != "alidade.sweep_job/1":
            raise InternalError(f"the program writes jobs of another version: {known['schema']}")
        return cls(files, known["program"], known["points"], known["points_of_a_unit"], known["units_of_a_model"],
                   tuple(model["id"] for model in known["models"]))


def job_of(words: list[str], folder: pathlib.Path) -> Job:
    """The sweep that a command line asks for; what is wrong with it is said by the program."""
    done = subprocess.run([program(), "sweep", *words, "--job", str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.returncode, done.stderr)
    return Job.of(folder)


def run_units(files: dict[str, bytes], units: list[int], folder: pathlib.Path) -> bytes:
    """The store of some units, made in an empty folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    store = folder / "part.db"
    numbers = ",".join(map(str, units))
    done = subprocess.run([program(), "sweep", "pipeline.toml", "--units", numbers, "-o", store.name], cwd=folder,
                          capture_output=True, text=True)
    if done.returncode not in (0, SOME_FAILED):  # points that failed are kept with their reasons
        raise Refused(done.returncode, done.stderr)
    return store.read_bytes()


def version() -> str:
    """Of the program on this machine, as jobs name it."""
    done = subprocess.run([program(), "version", "--json"], capture_output=True, text=True, check=True)
    return f"alidade {json.loads(done.stdout)['version']}"
