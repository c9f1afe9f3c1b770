"""Scores the program's estimates against measured sets: see ./dev accuracy --help."""

import argparse
import datetime
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import page
import placement_page
import serving_page
import training_page
from networks import Graphs
from placements import PlacementScorer
from program import Program
from qualcomm import layers
from rows import records, stored
from scoring import Scorer
from sections import behind, replaced
from serve_plans import Plans
from sets import PLACED, UNREADABLE, all_sets
from training import FILE as TRAINED
from training import TrainingScorer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "accuracy.md"


def parsed(arguments):
    parser = argparse.ArgumentParser(prog="dev accuracy", description="Score estimates against measured sets.")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the measured sets")
    parser.add_argument("--graphs", type=pathlib.Path, help="folder of captured networks, NAME@SIZE.pt2")
    parser.add_argument("--json", type=pathlib.Path, help="file to write the scores to")
    parser.add_argument("--set", action="append", default=[], metavar="WORD",
                        help="only sets with this word in their name, device or file; several times: any of them")
    parser.add_argument("--sample", type=int, metavar="N",
                        help="at most N rows of a set, drawn at random, always the same ones")
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true",
                            help=f"score {part} alone; with --write-docs its section is written, and no other")
    parser.add_argument("--write-docs", action="store_true", help="write docs/accuracy.md, from all sets")
    parser.add_argument("--program", default=os.environ.get("ALIDADE_BIN"), help="the program (./dev gives its own)")
    args = parser.parse_args(arguments)
    if not args.data.is_dir():
        parser.error(f"--data {args.data} is no folder")
    if args.graphs is not None and not args.graphs.is_dir():
        parser.error(f"--graphs {args.graphs} is no folder")
    if args.write_docs and args.set:
        parser.error("--write-docs is about all sets; leave --set out")
    if not args.program:
        parser.error("no program: give --program, or call ./dev accuracy")
    return args


def wanted(measured, words):
    text = f"{measured.name} {measured.target.device} {measured.file}"
    return not words or any(word in text for word in words)


def score(args, program, graphs):
    scorer = Scorer(program, args.data, graphs, args.sample)
    for measured in all_sets():
        if wanted(measured, args.set):
            print(f"{measured.name}, {measured.target.device} ...", file=sys.stderr, flush=True)
            scorer.add(measured)
    return scorer


def score_placement(args, program, graphs):
    """Nothing where the file is not there; so are the others."""
    path = stored(args.data / PLACED)
    if path is None:
        return None
    scorer = PlacementScorer(program, graphs)
    scorer.add(layers(records(path)))
    return scorer


def score_serving(args, program, graphs):
    scorer = serving_page.ServingScorer(Plans(program.binary, graphs, program.folder), args.data)
    return scorer if scorer.scores else None


def score_training(args, program, graphs):
    if stored(args.data / TRAINED) is None:
        return None
    return TrainingScorer(Plans(program.binary, graphs, program.folder), args.data)


# What is scored by itself, and the section of the page that says so.
PARTS = {"placement": (score_placement, placement_page), "serving": (score_serving, serving_page),
         "training": (score_training, training_page)}


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip() or "unknown"


def command_of(args, *more):
    return shlex.join(["./dev", "accuracy", "--data", "DIR", *(["--graphs", "DIR"] if args.graphs else []),
                       *(["--sample", str(args.sample)] if args.sample else []), *more])


def report_part(args, part, program, graphs):
    print(f"{part} ...", file=sys.stderr, flush=True)
    score_of, section = PARTS[part]
    scorer = score_of(args, program, graphs)
    if scorer is None:
        return
    print("\n".join(section.terminal(scorer)))
    if args.write_docs:
        date = datetime.date.today().isoformat()
        text = section.section(scorer, command_of(args, f"--{part}"), date, commit())
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), section.HEADING, text), encoding="utf-8")


def report(args, scorer):
    scored = list(scorer.scored.values())
    others = {file: why for file, why in UNREADABLE.items() if stored(args.data / file) and not args.set}
    print(page.terminal(scored), "", *page.summary(scored), "", "not scored:", *page.left_out(scorer, others), sep="\n")
    if args.json is not None:
        unread = [{"set": name, "device": device, "reason": "; ".join(why)}
                  for (name, device), why in scorer.unreadable.items()]
        unread += [{"set": file, "device": None, "reason": why} for file, why in others.items()]
        answer = {"sets": [one.record() for one in scored], "unreadable": unread}
        args.json.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    if args.write_docs:
        text = page.markdown(scorer, others, command_of(args), datetime.date.today().isoformat(), commit())
        PAGE.write_text(text + "\n" + behind(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def main():
    args = parsed(sys.argv[1:])
    graphs = Graphs(args.graphs, os.environ.get("ALIDADE_GRAPH_CACHE"), os.environ.get("ALIDADE_CAPTURE_PYTHON"))
    with tempfile.TemporaryDirectory(prefix="alidade-accuracy-") as scratch:
        program = Program(args.program, scratch)
        alone = [part for part in PARTS if getattr(args, part)]
        if not alone:
            report(args, score(args, program, graphs))
        for part in alone or ([] if args.set else PARTS):
            report_part(args, part, program, graphs)


if __name__ == "__main__":
    main()
