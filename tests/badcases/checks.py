"""What has to be true of every command, and what a row says of its own."""

import json
import re
from dataclasses import dataclass

from case import Case
from command import OLD_REPORT, Ran

# A failure says so in its first words; what is below nought is a signal.
FAILURES = {1, 2, 3, 4, 5, 6, 7, 70, 129, 130, 143}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Complaint:
    """The first error that was told, in its parts."""

    what: str = ""
    place: str = ""
    fix: str = ""


def first_error(text: str) -> Complaint:
    error = re.search(r"^error: (?P<rest>(?:.*\n?)*?)(?=^(?:error|warning): |\Z)", text, re.MULTILINE)
    if not error:
        return Complaint()
    block = error["rest"]
    arrow, fix = (
        re.search(r"^  --> (.*)$", block, re.MULTILINE),
        re.search(r"^  fix: (.*)", block, re.MULTILINE | re.DOTALL),
    )
    what = re.split(r"^  (?:-->|fix:)", block, maxsplit=1, flags=re.MULTILINE)[0]
    return Complaint(what.strip(), arrow[1] if arrow else what, fix[1].strip() if fix else "")


def of_words(case: Case, ran: Ran) -> list[str]:
    error = first_error(ran.err)
    wanted = [
        ("place", case.place, error.place),
        ("found", case.found, error.what),
        ("expected", case.expected, error.what),
        ("way out", case.fix, error.fix),
    ]
    wrong = [f"{part}: {words!r} is not in {said!r}" for part, words, said in wanted if words not in said]
    told = ran.out + ran.err
    wrong += [f"{words!r} is not told" for words in case.says if words not in told]
    return wrong + [f"{words!r} is told" for words in case.silent if words in told]


def of_the_end(case: Case, ran: Ran) -> list[str]:
    wrong = []
    if ran.seconds >= case.seconds:
        wrong.append(f"did not end within {case.seconds:g} s")
    elif ran.code != case.exit:
        wrong.append(f"ended with {ran.code}, not with {case.exit}" + (" (a signal)" if ran.code < 0 else ""))
    if case.memory_mb and ran.memory_mb > case.memory_mb:
        wrong.append(f"took {ran.memory_mb} MB, and {case.memory_mb} are the most")
    if case.exit in FAILURES - {1} and not case.shell and not ran.err.startswith(("error: ", "warning: ")):
        wrong.append("standard error does not begin with what is wrong")
    return wrong


def of_files(case: Case, ran: Ran) -> list[str]:
    """Nothing that was there has changed, nothing came but what the row names, no temporary is left."""
    changed = [name for name, held in ran.before.items() if ran.after.get(name) != held and name not in case.writes]
    came = [name for name in ran.after if name not in ran.before and name not in case.writes]
    missing = [name for name in case.writes if name not in ran.after]
    wrong = [f"{name!r} has changed" + (": an older report" if name == OLD_REPORT else "") for name in changed]
    wrong += [f"{name!r} was left behind" for name in came] + [f"{name!r} was not written" for name in missing]
    return wrong + [f"{name!r} was left in the folder for temporary files" for name in ran.leftovers]


def of_terminals(ran: Ran) -> list[str]:
    """No byte that a terminal would obey reaches it."""
    return [
        f"{stream} holds {found[0]!r}"
        for stream, text in (("standard output", ran.out), ("standard error", ran.err))
        if (found := UNSEEN.search(text))
    ]


def of_json(ran: Ran) -> list[str]:
    try:
        json.loads(ran.out)
    except ValueError as error:
        return [f"standard output is no JSON: {error}"]
    return []


def complaints(case: Case, ran: Ran) -> list[str]:
    return [
        *(of_json(ran) if case.stdout_is_json else []),
        *of_the_end(case, ran),
        *of_words(case, ran),
        *of_files(case, ran),
        *of_terminals(ran),
    ]
