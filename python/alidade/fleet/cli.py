"""alidade-fleet: what `alidade sweep ... --engine ray` becomes."""

import argparse
import math
import pathlib

from alidade.errors import ConfigError
from alidade.fleet.sweep import Options, sweep
from alidade.verbs import carried_out

OF_ONE_MACHINE = ("--shard", "--format", "--retry", "-j", "--threads")


def options_of(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="alidade sweep --engine ray", allow_abbrev=False,
        description="Everything else is what 'alidade sweep' takes.")
    parser.add_argument("--engine", choices=["ray"], required=True)
    parser.add_argument("--address", default="auto", help="of the cluster (auto: this machine's)")
    parser.add_argument("--task-seconds", type=float, default=30.0, help="how long a task should take (30)")
    parser.add_argument("--max-cost", type=float, metavar="CORE_HOURS", help="nothing begins once they are spent")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="x.db", help="the store")
    known, words = parser.parse_known_args(arguments)
    for word in words:
        if word.split("=")[0] in OF_ONE_MACHINE:
            raise ConfigError(f"'{word}' is for a sweep on one machine", word,
                              "leave it out: the cluster has all parts")
    if known.output.suffix not in (".db", ".sqlite"):
        raise ConfigError(f"the result of a cluster is a store, and '{known.output}' is none by its name", "--output",
                          "name it x.db; 'alidade render' and 'alidade query --csv' make the others of it")
    for flag, number in (("--task-seconds", known.task_seconds), ("--max-cost", known.max_cost)):
        if number is not None and not 0 < number < math.inf:
            raise ConfigError(f"{flag}: a number above 0 was expected, found {number:g}", flag)
    return Options(words, known.output, known.address, known.task_seconds, known.max_cost)


def main() -> int:
    return carried_out("sweep", lambda words: sweep(options_of(words)),
                       "the parts so far are kept, and the same command goes on with the others")
