"""What trials have in common: a program, commands that write, and a folder of their own for each."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
OLD = b"the report of an earlier run\n"
# Ends that are told; 70 is a bug of ours, and what is below nought is a signal.
TOLD = {1, 2, 3, 4, 5, 6, 7}


@dataclass(frozen=True)
class Trial:
    """A command in its folder, the file that it makes there, and what is added where it goes on after a fault."""

    name: str
    words: tuple[str, ...]
    report: str
    again: tuple[str, ...] = ()
    before: tuple[str, ...] = ()  # the command that makes what this one reads, "part.db"

    def command(self, program: Path) -> list[str]:
        return [str(program), *self.words]


MODEL = str(SOURCE / "models/resnet18.onnx")
PROFILE = Trial("profile", ("profile", MODEL, "-o", "report.json"), "report.json")
WORKER = Trial("run", ("run", "p.toml"), "report.csv")
SWEEP = Trial(
    "sweep",
    ("sweep", MODEL, "--on", "l4,t4", "--batch", "1,2,3", "-j", "1", "-o", "store.db"),
    "store.db",
    ("--retry",),  # a point whose model could not be read is kept with its reason
)
PART = ("sweep", MODEL, "--on", "l4", "-o", "part.db")
MERGE = Trial("merge", ("merge", "part.db", "-o", "store.db"), "store.db", before=PART)
PIPELINE = (
    f'[[model]]\npath = "{MODEL}"\n[frontend.onnx]\nworker = true\n[[analysis]]\nuse = "memory"\n'
    '[[hardware]]\ndevice = "l4"\n[[report]]\nuse = "csv"\npath = "report.csv"\n'
)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="alidade-trial-") as made:
        work = Path(made) / "work"
        work.mkdir()
        (Path(made) / "tmp").mkdir()
        (work / "p.toml").write_text(PIPELINE)
        yield work


def environment(work: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "TMPDIR": str(work.parent / "tmp"), "HOME": str(work.parent), **more}


def prepare(program: Path, trial: Trial, work: Path) -> None:
    if trial.before:
        carry_out(program, replace(trial, words=trial.before), work)


def go_on(program: Path, trial: Trial, work: Path) -> subprocess.CompletedProcess[bytes]:
    return carry_out(program, replace(trial, words=trial.words + trial.again), work)


def carry_out(program: Path, trial: Trial, work: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        trial.command(program),
        cwd=work,
        env=environment(work, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


def contents(program: Path, trial: Trial, work: Path) -> bytes:
    """The report; of a store its points, which do not depend on how its file came about."""
    if trial.report.endswith(".db"):
        words = [str(program), "query", trial.report, "--csv"]
        ran = subprocess.run(words, cwd=work, env=environment(work), capture_output=True, check=False)
        return ran.stdout if ran.returncode == 0 else b"no store: " + ran.stderr
    return (work / trial.report).read_bytes()


def left_over(trial: Trial, work: Path) -> list[str]:
    """Temporaries; what SQLite keeps beside a store belongs to it."""
    known = {"p.toml", "part.db", trial.report, trial.report + "-journal", trial.report + "-wal", trial.report + "-shm"}
    found = [str(path.relative_to(work)) for path in work.rglob("*")] + [
        p.name for p in (work.parent / "tmp").iterdir()
    ]
    return sorted(name for name in found if name not in known)


def whole(program: Path, trial: Trial) -> bytes:
    """What the command makes where nothing goes wrong."""
    with folder() as work:
        prepare(program, trial, work)
        ran = carry_out(program, trial, work)
        if ran.returncode != 0:
            raise RuntimeError(f"{trial.name} ended with {ran.returncode}: {ran.stderr.decode()}")
        return contents(program, trial, work)
