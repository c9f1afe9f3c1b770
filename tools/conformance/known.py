"""Failures that are known: known.json holds them by suite and reason. Neither a new one nor a mended one passes."""

import collections
import json
import pathlib

FILE = pathlib.Path(__file__).with_name("known.json")


def listed() -> dict[str, dict[str, list[str]]]:
    """By suite and reason, the names of the checks that fail."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def by_name(suite: str) -> dict[str, str]:
    return {name: reason for reason, names in listed().get(suite, {}).items() for name in names}


def compared(suite: str, failing: dict[str, list[str]], checked: set[str]) -> list[str]:
    """A sentence for each failure that is not listed, and for each entry of what was checked that no longer fails."""
    known = by_name(suite)
    new = [f"{name}: {'; '.join(why)}" for name, why in failing.items() if name not in known]
    mended = [f"{name} no longer fails ({reason}): `./dev conformance --record` takes it out of {FILE.name}"
              for name, reason in known.items() if name in checked and name not in failing]
    return new + mended


def record(suite: str, failing: dict[str, list[str]], checked: set[str], reason) -> None:
    """Lists what fails now, and what was listed and not checked. An old entry keeps its reason; a new one gets
    `reason(name, sentences)`."""
    old, groups = by_name(suite), collections.defaultdict(list)
    for name, why in failing.items():
        groups[old.get(name) or reason(name, why)].append(name)
    for name in set(old) - checked:
        groups[old[name]].append(name)
    known = {**listed(), suite: {key: sorted(names) for key, names in sorted(groups.items())}}
    FILE.write_text(json.dumps({key: value for key, value in sorted(known.items()) if value}, indent=1) + "\n")
