#!/usr/bin/env python3
"""Exports torch's operator database into a folder: make_files.py FOLDER [--jobs N] [--only TEXT].

Each operator's files stand in FOLDER/NAME/, with facts.json: what comes out of each call, what FlopCounterMode counts,
and why torch.export refused what it refused. What is there already is kept; an operator that ends its process costs
itself only.
"""

import argparse
import json
import logging
import os
import pathlib
import signal
import subprocess
import sys
import warnings

SECONDS = 60  # of one call and its export


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="operators whose name has this text")
    parser.add_argument("--part", type=int, help="one of the jobs, in this process")
    options = parser.parse_args()
    if options.part is not None:
        return make_part(options)
    asked = [sys.executable, "-W", "ignore", __file__, options.folder,
             "--jobs", str(options.jobs), "--only", options.only]
    running = [(part, subprocess.Popen([*asked, "--part", str(part)])) for part in range(options.jobs)]
    while running:
        part, process = running.pop(0)
        if process.wait() != 0:  # the operator that ended it is marked, and the others go on
            running.append((part, subprocess.Popen([*asked, "--part", str(part)])))
    return 0


def make_part(options: argparse.Namespace) -> int:
    import database
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    signal.signal(signal.SIGALRM, too_long)
    names = [name for name in database.operators() if options.only in name]
    for name in names[options.part::options.jobs]:
        folder = options.folder / name
        facts, begun = folder / "facts.json", folder / "begun"
        if facts.exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        if begun.exists():
            facts.write_text(json.dumps({name: {"refused": "the process ended"}}))
            continue
        begun.touch()
        facts.write_text(json.dumps(made(name, options.folder), indent=0))
        begun.unlink()
    return 0


def made(name: str, folder: pathlib.Path) -> dict[str, dict]:
    import database
    found = {}
    every = database.samples(name)
    while True:
        signal.alarm(SECONDS)
        try:
            sample = next(every)
            found[sample.name] = one(sample, folder)
        except StopIteration:
            return found
        except Exception as reason:  # making samples may fail, too
            found[f"{name}/samples"] = {"refused": first_line(reason)}
            return found
        finally:
            signal.alarm(0)


def one(sample, folder: pathlib.Path) -> dict:
    import exported
    import truth
    try:
        facts = truth.measured(sample)
        data, symbols = exported.export(sample, "sample")
    except Exception as reason:
        return {"refused": first_line(reason)}
    file = folder / (sample.name + ".pt2")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return facts | {"symbols": symbols}


def first_line(reason: Exception) -> str:
    return f"{type(reason).__name__}: {reason}".splitlines()[0][:200]


def too_long(*_) -> None:
    raise TimeoutError(f"no end after {SECONDS} s")


if __name__ == "__main__":
    sys.exit(main())
