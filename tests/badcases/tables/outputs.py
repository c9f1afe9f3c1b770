"""Places that a report cannot be written to."""

import os
from pathlib import Path

from case import Case, Held, NotApplicable, Row, Table, small

from tables.onnx import chain

OLD = "the report of an earlier run\n"
MODEL = {"m.alg": small()}


def written(number: str, title: str, to: str, exit_: int = 6, **more) -> Case:
    defaults = {"place": to} if exit_ else {}
    return Case(
        number,
        title,
        f"profile m.alg --format json -o {to}",
        exit_,
        {**MODEL, **more.pop("files", {})},
        **{**defaults, **more},
    )


def read_only(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out/r.json").write_text(OLD)
    (folder / "out").chmod(0o555)


def link(folder: Path) -> None:
    (folder / "real.json").write_text(OLD)
    (folder / "r.json").symlink_to("real.json")


ROWS: list[Row] = [
    written("139", "a device that is full", "/dev/full", found="no space left", fix="free some space"),
    Held("139a", "a disk that fills up at any write", "reliability/faults_test", "6, and the older report is whole"),
    written(
        "140",
        "a folder that may not be written to",
        "out/r.json",
        prepare=read_only,
        as_nobody=True,
        found="permission denied",
        fix="a folder of your own",
    ),
    written(
        "140a", "a name that is too long", "n" * 300, place="nnn...", found="the name is too long", fix="a shorter name"
    ),
    written("140b", "a path through a file", "m.alg/r.json", found="not a folder"),
    Case(
        "141",
        "a limit on the sizes of files",
        'ulimit -f 1; exec "$ALIDADE" profile {models}/resnet18.onnx -o r.json',
        6,
        {"r.json": OLD},
        shell=True,
        place="r.json",
        found="larger than files may be here",
        fix="ulimit -f",
    ),
    written(
        "142",
        "a link in the report's place",
        "r.json",
        prepare=link,
        found="is a symbolic link",
        fix="name the file it points to",
    ),
    written(
        "142a",
        "a folder in the report's place",
        "d",
        files={"d/x": "x"},
        found="is a folder",
        fix="name a file inside it",
    ),
    written(
        "142b",
        "a pipe in the report's place",
        "r.json",
        prepare=lambda folder: os.mkfifo(folder / "r.json"),
        found="not a regular file",
        fix="use - and a pipe",
    ),
    written("142c", "the model in the report's place", "m.alg", found="it is an input of this run", fix="another name"),
    written("143", "an older report", "r.json", 0, files={"r.json": OLD}, writes=("r.json",)),
    Held(
        "143a",
        "what a run that was killed has left",
        "unit/killed before the rename: the old report is intact, the next run clears up",
        "it is removed",
    ),
    Held(
        "144",
        "two runs that write one report",
        "unit/two runs at once do not take each other's temporaries",
        "each is whole; the last one stays",
    ),
    Held(
        "144a",
        "two programs that write one report or one store, at any moment",
        "reliability/together_test",
        "the report is that of one of them; a sweep that finds the store taken says so",
    ),
    NotApplicable(
        "145",
        "a network file system without locks",
        "a lock only says whether a temporary is abandoned: without one it is taken for held, and stays",
    ),
    Case("146", "a reader that leaves", '"$ALIDADE" profile {models}/resnet18.onnx --verbose | head -1', 0, shell=True),
    Case(
        "146a",
        "standard output that is closed",
        '"$ALIDADE" profile m.alg >&-',
        6,
        MODEL,
        shell=True,
        place="standard output",
        found="closed",
    ),
    Case(
        "152",
        "a worker with no memory to read with",
        "profile m.onnx --set limits.memory_mib=1",
        7,
        {"m.onnx": lambda: chain(100_000)},
        place="m.onnx",
        found="more than 1 MiB of memory",
        fix="--set limits.memory_mib=2",
        confined=True,
    ),
    Case(
        "152a",
        "a program with no memory",
        'ulimit -v 200000; exec "$ALIDADE" profile m.onnx --trust',
        7,
        {"m.onnx": lambda: chain(400_000)},
        shell=True,
        found="memory",
        confined=True,
    ),
    Case(
        "152b",
        "a program with no memory for a worker",
        'ulimit -v 200000; exec "$ALIDADE" profile m.onnx',
        7,
        {"m.onnx": lambda: chain(400_000)},
        shell=True,
        place="m.onnx",
        found="needed more memory for this file than this process may have, 195 MiB",
        confined=True,
    ),
    Held(
        "152c",
        "no memory at any of the times that a run or a sweep asks for some",
        "reliability/faults_test",
        "7, or 4 to 6 where something else could not be made; the older report is whole",
    ),
    Case(
        "153",
        "no more than 20 open files",
        'ulimit -n 20; exec "$ALIDADE" profile m.alg -o r.json',
        0,
        MODEL,
        shell=True,
        writes=("r.json",),
    ),
    Held("153a", "no file may be opened, at any of a run's opens", "reliability/faults_test", "2, 3, 4 or 6"),
    Case(
        "154",
        "no folder for temporary files",
        "profile m.alg -o r.json",
        0,
        MODEL,
        env={"TMPDIR": "/nowhere"},
        writes=("r.json",),
    ),
    Case(
        "154a",
        "a long result, and no folder for temporary files",
        "profile {models}/resnet50.onnx --format json",
        0,
        env={"TMPDIR": "/nowhere"},
        says=('"schema"',),
    ),
    Case(
        "155",
        "no home folder",
        'unset HOME; exec "$ALIDADE" profile m.alg -o r.json',
        0,
        MODEL,
        shell=True,
        writes=("r.json",),
    ),
]

TABLE = Table("Outputs", ROWS)
