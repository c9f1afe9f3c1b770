"""Carries a case out: its files, its command, what the folder holds before and after."""

import os
import resource
import shlex
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from case import Case
from paths import SOURCE

# Verbs that write a file, which a case that fails is given: it has to stay as it is.
WRITERS = {
    "profile",
    "estimate",
    "crosscheck",
    "compare",
    "explain",
    "formula",
    "serve-plan",
    "place",
    "test",
    "train-plan",
}
NOBODY = 65534
OLD_REPORT = "old.json"
OLD_BYTES = b"the report of an earlier run\n"


@dataclass(frozen=True)
class Folders:
    program: Path
    plugins: Path
    bad_plugins: Path

    def names(self) -> dict[str, str]:
        return {
            "data": str(SOURCE / "tests/data"),
            "models": str(SOURCE / "models"),
            "source": str(SOURCE),
            "bad_plugins": str(self.bad_plugins),
        }


@dataclass(frozen=True)
class Ran:
    code: int  # below 0: the signal that ended it; None would be a program that does not end
    out: str
    err: str
    seconds: float
    memory_mb: int
    before: dict[str, bytes | str]
    after: dict[str, bytes | str]
    leftovers: list[str]


def listing(folder: Path) -> dict[str, bytes | str]:
    """Every file by its path: bytes of what is regular and not huge, else what it is."""
    out: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        name = str(path.relative_to(folder))
        if path.is_symlink() or not path.is_file():
            out[name] = f"mode {about.st_mode:o}" if not path.is_dir() else "folder"
        else:
            out[name] = (
                path.read_bytes() if about.st_size < 1 << 26 and os.access(path, os.R_OK) else f"{about.st_size} bytes"
            )
    return out


def write_files(case: Case, folder: Path, names: dict[str, str]) -> None:
    for name, contents in case.files.items():
        made = contents() if callable(contents) else contents
        if isinstance(made, str):
            for key, value in names.items():
                made = made.replace("{" + key + "}", value)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.encode() if isinstance(made, str) else made)
    if case.prepare:
        case.prepare(folder)


def command_of(case: Case, folders: Folders, folder: Path) -> list[str]:
    text = case.run
    for key, value in folders.names().items():
        text = text.replace("{" + key + "}", value)
    if case.shell:
        return ["/bin/sh", "-c", text]
    words = shlex.split(text)
    if case.exit not in (0, 5) and words[0] in WRITERS and "-o" not in words:
        (folder / OLD_REPORT).write_bytes(OLD_BYTES)
        words += ["-o", OLD_REPORT]
    return [str(folders.program), *words]


def environment_of(case: Case, folders: Folders, temporary: Path) -> dict[str, str]:
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "ALIDADE_REMOVED_CHECK")
        if name in os.environ
    }
    own = {key: value.replace("{bad_plugins}", str(folders.bad_plugins)) for key, value in case.env.items()}
    return {**kept, "TMPDIR": str(temporary), "HOME": str(temporary), "ALIDADE": str(folders.program), **own}


def is_nobody(case: Case) -> bool:
    return case.as_nobody and os.geteuid() == 0


def begin(case: Case) -> None:
    """In the child, before the program is there."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if is_nobody(case):
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def carry_out(case: Case, scratch: Path, folders: Folders) -> Ran:
    folder, temporary = scratch / "work", scratch / "tmp"
    folder.mkdir()
    temporary.mkdir()
    write_files(case, folder, folders.names())
    command = command_of(case, folders, folder)
    before = listing(folder)
    if is_nobody(case):
        for path in [scratch, *scratch.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    began = time.monotonic()
    with open(scratch / "out", "w+b") as out, open(scratch / "err", "w+b") as err:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment_of(case, folders, temporary),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=lambda: begin(case),
        )
        status, used = wait(child, began + case.seconds)
        code = os.waitstatus_to_exitcode(status)
        said = [Path(scratch / name).read_bytes().decode(errors="backslashreplace") for name in ("out", "err")]
    return Ran(
        code,
        *said,
        time.monotonic() - began,
        used.ru_maxrss // 1024,
        before,
        listing(folder),
        [str(p.relative_to(temporary)) for p in temporary.rglob("*")],
    )


def wait(child: subprocess.Popen, until: float) -> tuple[int, resource.struct_rusage]:
    """How it ended and what it took; a program that does not end is killed, which the row then says."""
    while True:
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
        if ended:
            child.returncode = os.waitstatus_to_exitcode(status)
            return status, used
        if time.monotonic() > until:
            child.kill()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            return status, used
        time.sleep(0.002)
