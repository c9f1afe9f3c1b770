"""alidade-search: what `alidade search SPACE.toml` becomes."""

import argparse
import dataclasses
import pathlib
import sys

from alidade.capture.archive import whole_or_absent
from alidade.errors import ConfigError
from alidade.search.run import search
from alidade.search.space import check, read_space
from alidade.search.write import as_csv, as_html, as_json, as_text, summary
from alidade.verbs import carried_out

WRITERS = {".html": as_html, ".csv": as_csv, ".json": as_json}


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="alidade search", allow_abbrev=False)
    parser.add_argument("space")
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    if options.output and options.output.suffix not in WRITERS:
        raise ConfigError(f"no format is known by the ending of '{options.output}'", "--output",
                          f"end it with {', '.join(WRITERS)}")
    given = {key: value for key in ("points", "seed") if (value := getattr(options, key)) is not None}
    space = dataclasses.replace(read_space(options.space), **given)
    check(space)
    points = search(space, progress)
    if not options.output:
        print(as_text(space, points), end="")
        return 0
    with whole_or_absent(options.output) as path:
        path.write_text(WRITERS[options.output.suffix](space, points), encoding="utf-8")
    print(f"{summary(points)}, in {options.output}")
    return 0


def progress(count: int) -> None:
    if sys.stderr.isatty() and count % 50 == 0:
        print(f"\rsearch: {count} devices", end="", file=sys.stderr, flush=True)


def main() -> int:
    return carried_out("search", run, "nothing is written")
