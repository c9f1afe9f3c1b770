"""What a user is told when something does not work: what was found, where, and the way out."""

import difflib
import importlib.util
import itertools
import os.path
import re
import sys
from collections.abc import Iterable, Iterator

from alidade.errors import AlidadeError


class CaptureError(AlidadeError):
    """A mistake that a user can put right, or a model that no route can capture."""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f"; {self.fix}" if self.fix else "")

    def as_json(self) -> dict[str, str]:
        return {"what": self.what, "where": self.where, "fix": self.fix}


class TrainingError(CaptureError):
    """What keeps a model from being trained: another route would not help."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "resnet18"?`, or nothing when no known word is close."""
    folded = {name.lower(): name for name in known}
    longer = sorted((name for name in folded if word and name.startswith(word.lower())), key=len)
    close = longer or difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""


def first_line(text: str, limit: int = 160) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = re.sub(r"\s+", " ", lines[0]) if lines else ""
    return line if len(line) <= limit else line[:limit - 3] + "..."


def causes(reason: BaseException) -> Iterator[BaseException]:
    """The exception, and those before it, of which each was being handled when the next was raised."""
    seen = set()
    earlier: BaseException | None = reason
    while earlier and id(earlier) not in seen:
        yield earlier
        seen.add(id(earlier))
        earlier = earlier.__cause__ or earlier.__context__


def first_cause(reason: BaseException) -> str:
    """One line: the exception that began it, not those that were raised while it was handled."""
    for earlier in itertools.islice(causes(reason), 1, None):
        if isinstance(earlier, CaptureError) or not str(earlier):
            break
        reason = earlier
    if isinstance(reason, CaptureError):
        return first_line(str(reason))
    return f"{type(reason).__name__}: {first_line(str(reason))}".removesuffix(": ")


def missing_package(reason: BaseException) -> str:
    """How to get the package that is not installed, where that is what went wrong; else nothing."""
    missing = next((one for one in causes(reason) if isinstance(one, ModuleNotFoundError)), None)
    package = (missing.name or "").partition(".")[0] if missing else ""
    if not package or importlib.util.find_spec(package):
        return ""
    return f"models are captured by {sys.executable}; what they import is installed for it: {sys.executable} -m pip " \
           f"install {package}"


def last_place(reason: BaseException, own: str) -> str:
    """`file:line` of the innermost frame in `own`, the model's file or package folder; empty when there is none."""
    place, trace = "", reason.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(own):
            place = f"{os.path.basename(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
