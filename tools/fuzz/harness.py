"""The harnesses of fuzz/: what the first lines of each say, and where its inputs lie."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
FUZZ = SOURCE / "fuzz"
BARE, WITH_ANALYSES = 10**8, 10**6


@dataclass(frozen=True)
class Harness:
    name: str
    goal: int = BARE  # executions
    short: int = 512  # bytes of most inputs
    covers: list[str] = field(default_factory=list)  # the files that it is about, as patterns

    @property
    def archive(self) -> Path:
        """What it has learnt, as small as it can be."""
        return FUZZ / "corpus" / f"{self.name}.tar.xz"

    @property
    def cases(self) -> Path:
        """Inputs that once were findings."""
        return FUZZ / "cases" / self.name

    @property
    def open(self) -> list[Path]:
        """Inputs that still are."""
        folder = FUZZ / "open" / self.name
        return sorted(folder.iterdir()) if folder.is_dir() else []


def said(text: str, word: str) -> str:
    return " ".join(re.findall(rf"^// {word}: (.*)$", text, re.MULTILINE))


def read(path: Path) -> Harness:
    text = path.read_text()
    return Harness(
        path.stem,
        WITH_ANALYSES if said(text, "runs") == "analyses" else BARE,
        int(said(text, "short") or 512),
        said(text, "covers").split(),
    )


def harnesses(names: list[str] | None = None) -> list[Harness]:
    every = {path.stem: read(path) for path in sorted(FUZZ.glob("*.cpp"))}
    for name in names or []:
        if name not in every:
            raise SystemExit(f"fuzz: there is no harness {name}; fix: name one of {', '.join(every)}")
    return [every[name] for name in names or every]


def our_files() -> list[Path]:
    """What seeds are made of."""
    kept = []
    for folder in ("models", "tests", "config", "examples"):
        for where, _, names in os.walk(SOURCE / folder):
            kept += [Path(where) / name for name in names]
    return sorted(kept)
