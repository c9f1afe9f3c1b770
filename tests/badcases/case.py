"""What a row of the catalogue is: a command over files, and what has to come of it."""

import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Contents = bytes | str | Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """A command that is given something bad; `number` is that of the catalogue, with a letter where it has several.

    A command that fails says in its first error the four parts, each here as a piece of it. A part that a sentence does
    not have is left out here, and the page counts it. All that the folder held is afterwards as it was, but `writes`.
    """

    number: str
    title: str
    run: str  # words as in a shell; {data}, {models}, {bad_plugins} are folders
    exit: int
    files: Mapping[str, Contents] = field(default_factory=dict)
    place: str = ""  # behind the arrow, or in the sentence where there is none
    found: str = ""
    expected: str = ""
    fix: str = ""
    says: tuple[str, ...] = ()  # more that is on standard output or standard error
    silent: tuple[str, ...] = ()  # and what is on neither
    stdout_is_json: bool = False
    writes: tuple[str, ...] = ()
    prepare: Callable[[Path], None] | None = None  # what bytes cannot say: links, pipes, rights
    env: Mapping[str, str] = field(default_factory=dict)
    as_nobody: bool = False  # not as root, who may do everything
    shell: bool = False  # `run` goes to sh; the program is $ALIDADE
    needs: str = ""  # a plugin without which there is nothing to try
    seconds: float = 60.0
    memory_mb: int = 0  # the most that the program and its workers may take
    confined: bool = False  # by limits of memory or by the sandbox, which a program with sanitizers does not have


@dataclass(frozen=True)
class Held:
    """A case that a test elsewhere holds, closer to the code than a command gets."""

    number: str
    title: str
    test: str  # folder/its sentence
    outcome: str


@dataclass(frozen=True)
class NotApplicable:
    number: str
    title: str
    why: str


@dataclass(frozen=True)
class Open:
    """A case that does not end as it should yet, and how it does."""

    number: str
    title: str
    outcome: str


Row = Case | Held | NotApplicable | Open


@dataclass(frozen=True)
class Table:
    title: str
    rows: list[Row]


def small(body: str = "%y = relu(%x) : f32[4]", inputs: str = "input %x : f32[4]") -> str:
    """A model in text form, the least that there is."""
    return f'graph "m" {{\n  {inputs}\n  {body}\n  return %y\n}}\n'


def sparse(name: str, size: int, head: bytes = b"") -> Callable[[Path], None]:
    """A file of `size` bytes that takes no room."""

    def make(folder: Path) -> None:
        with open(folder / name, "wb") as file:
            file.write(head)
            file.truncate(size)

    return make


def restore_rights(folder: Path) -> None:
    """So that a folder that a case has locked can be removed."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IRWXU)


def remove(folder: Path) -> None:
    restore_rights(folder)
    shutil.rmtree(folder)
