"""docs/fuzzing.md, of the ledger, the inputs that are kept and the lines that they reach."""

import tarfile

import coverage
import ledger
from harness import FUZZ, SOURCE, Harness, harnesses

PAGE = SOURCE / "docs/fuzzing.md"
HEAD = """# Fuzzing

Every reader of bytes that somebody else wrote, and every writer of names into something that acts on them, has a
harness in `fuzz/`: a program that libFuzzer gives inputs without end, under the address and undefined-behaviour
sanitizers and the library's own assertions. A crash, a report of a sanitizer, ten seconds, 4 GiB, or a promise of the
harness that does not hold is a finding.

```
./dev fuzz [NAME...] [SECONDS] [--record]   run them; --record adds rows to fuzz/ledger.csv
./dev fuzz keep [NAME...]                   keep in fuzz/corpus the smallest inputs that reach all that was reached
./dev fuzz coverage                         measure the lines that these reach, and write this page anew
```

`./dev test` replays what is kept in every preset, so that the preset `asan` does so under both sanitizers
(`ctest -R ^fuzz/`). An input that was a finding stays in `fuzz/cases`; one that still is lies in `fuzz/open`. Seeds
are our own test files, and bombs: the deepest nesting and the longest lists that are allowed, and one more. ONNX,
MLIR bytecode and the wire form of graphs have mutators that keep their lengths true.

Executions add up over the rows of `fuzz/ledger.csv`. The goal is 100,000,000 for each harness of a reader or a writer
alone, and 1,000,000 where analyses, reports or files of this machine follow. Three quarters of the time go to short
inputs. *Lines* are those of the files that a harness is about at which a block of the code begins, and how many of them
the kept inputs of all harnesses reach.

| harness | executions | of the goal | findings | open | kept | lines |
|---|---|---|---|---|---|---|
"""


def kept(harness: Harness) -> int:
    if not harness.archive.exists():
        return 0
    with tarfile.open(harness.archive) as archive:
        return len(archive.getnames())


def share(reached: int, lines: int) -> str:
    return f"{100 * reached / lines:.1f} % of {lines:,}" if lines else "not measured"


def row(harness: Harness, rows: list[ledger.Row], files: dict[str, tuple[int, int]]) -> str:
    own = [each for each in rows if each.harness == harness.name]
    executions = sum(each.executions for each in own)
    lines, reached = coverage.of(harness, files)
    cells = [
        f"[{harness.name}](../fuzz/{harness.name}.cpp)",
        f"{executions:,}",
        f"{100 * executions / harness.goal:.1f} %",
        str(len(list(harness.cases.iterdir())) if harness.cases.is_dir() else 0),
        str(len(harness.open)),
        str(kept(harness)),
        share(reached, lines),
    ]
    return f"| {' | '.join(cells)} |\n"


def below(files: dict[str, tuple[int, int]]) -> str:
    """The files that are under the goal, those with most lines missing first."""
    short = [(lines - reached, name, lines, reached) for name, (lines, reached) in files.items()]
    short = [each for each in short if each[3] < coverage.GOAL * each[2]]
    if not short:
        return ""
    text = f"\nFiles of which less than {coverage.GOAL:.0%} is reached, the most first:\n\n"
    text += "| file | lines reached | missing |\n|---|---|---|\n"
    for missing, name, lines, reached in sorted(short, reverse=True):
        text += f"| {name} | {100 * reached / lines:.1f} % | {missing} |\n"
    return text


def write() -> None:
    rows, files = ledger.rows(), coverage.figures()
    every = harnesses()
    text = HEAD + "".join(row(harness, rows, files) for harness in every)
    size = sum(path.stat().st_size for path in (FUZZ / "corpus").glob("*")) if (FUZZ / "corpus").is_dir() else 0
    text += f"\nThe kept inputs take {size:,} bytes."
    if files:
        lines, reached = (sum(both[i] for both in files.values()) for i in (0, 1))
        text += f" Of the readers and writers they reach {share(reached, lines)} lines.\n" + below(files)
    else:
        text += "\n"
    PAGE.write_text(text)
