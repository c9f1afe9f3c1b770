#!/usr/bin/env python3
"""Reads StableHLO's own test files, every function of every file, and writes docs/stablehlo_suite.md.

Usage: ALIDADE_BIN=... suite.py FOLDER, which is the folder `stablehlo` of a checkout of openxla/stablehlo
"""

import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/stablehlo_suite.md"
# What stands in a folder, by the first of these that a path begins with.
SUITES = (("tests/interpret", "interpreter, every operator"), ("tests/vhlo", "versions"),
          ("tests/math", "functions of one element, over all values"), ("tests/transforms", "passes"),
          ("tests", "verifier, printer, dialects beside it"), ("testdata/dynamic", "programs of JAX, dynamic shapes"),
          ("testdata/quantized", "programs of JAX, quantised"), ("testdata", "programs of JAX"),
          ("", "conversions and examples"))
BOUNDS = "a dimension with a bound is as large as that here, and the operands have different bounds"
# Why a refusal is right, by the function.
REASONS = {
    "@tensor_extract": "the pretty form of another dialect (`tensor.extract`)",
    "stablehlo_refine_shapes.mlir": "a value that is a function (`func.constant`), which passes take away",
    "@unary_ops": "the function states no result and returns one: the file is for the printer alone",
    "@select_op": "sizes 3 and 2 of one dimension: the file is for the printer alone",
    "invalid_vhlo_future": "a version of the future, made to be refused",
    "_bounds": BOUNDS, "infer_stablehlo.mlir @select": BOUNDS, "bounded_dimension": BOUNDS}
CHECKS = ("check.", "stablehlo.custom_call.check.")
MISTAKES = re.compile(r"expected-error|CHECK-NOT-VALID")
OPAQUE = re.compile(r'\bopaque\(.* as "([^"]*)"')
FUNCTION = re.compile(r"func\.func\s+(?:public\s+|private\s+|nested\s+)?@([\w.$-]+|\"[^\"]*\")")


@dataclasses.dataclass
class Case:
    """One function of one file; `part` numbers what `// -----` sets apart."""

    file: str
    part: int
    function: str
    why: str = ""  # it was refused
    opaque: frozenset[str] = frozenset()  # operators that are not known, without those that compare with what is right


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    files = sorted(p for p in folder.rglob("*") if p.name.endswith((".mlir", ".mlir.bc", ".mlirbc")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(files, pool.map(read, files), strict=True))
    PAGE.write_text(page({str(file.relative_to(folder)): cases for file, cases in found.items()}))
    refused = sum(bool(case.why) for cases in found.values() for case in cases)
    print(f"{len(found)} files, {sum(map(len, found.values()))} functions, {refused} refused: {PAGE}")


def read(file: pathlib.Path) -> list[Case]:
    """Its functions, but those that a test has wrong on purpose."""
    if file.name.endswith("bc"):
        return [asked(file, Case(file.name, 0, name)) for name in functions_of_artifact(file)]
    parts = re.split(r"^// -----.*$", file.read_text(errors="replace"), flags=re.MULTILINE)
    cases = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, part in enumerate(parts):
            if MISTAKES.search(part):
                continue
            own = pathlib.Path(scratch, f"{number}.mlir")
            own.write_text(part)
            cases += [asked(own, Case(file.name, number, name)) for name in functions_in(part)]
    return cases


def functions_in(text: str) -> list[str]:
    """Those that have a body."""
    code = re.sub(r"//.*", "", text)
    return [match[1].strip('"') for match in FUNCTION.finditer(code)
            if "{" in code[match.end():].partition("func.func")[0]]


def functions_of_artifact(file: pathlib.Path) -> list[str]:
    """The program lists them where it is asked for one that there is not."""
    told = run(file, "no such function").stderr
    names = told.partition("its functions are: ")[2].splitlines()
    return names[0].split(", ") if names else ["main"]


def run(file: pathlib.Path, function: str) -> subprocess.CompletedProcess:
    return subprocess.run([os.environ["ALIDADE_BIN"], "inspect", file, "--text", "--trust", "--set",
                           f"frontend.stablehlo.function={function}"], capture_output=True, text=True, timeout=120)


def asked(file: pathlib.Path, case: Case) -> Case:
    done = run(file, case.function)
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.startswith("error: ")), done.stderr.strip())
        case.why = said.removeprefix("error: ") or f"exit status {done.returncode}"
    names = OPAQUE.findall(done.stdout)
    case.opaque = frozenset(name for name in names if not name.startswith(CHECKS))
    return case


def page(found: dict[str, list[Case]]) -> str:
    rows = collections.defaultdict(dict)
    for file, cases in found.items():
        rows[next(what for start, what in SUITES if file.startswith(start))][file] = cases
    lines = [HEAD] + [row(what, rows[what]) for _, what in SUITES if what in rows]
    return "\n".join([*lines, "", "## Refused", "", *refusals(found), "", "## Opaque", "", *opaque(found)]) + "\n"


def row(what: str, files: dict[str, list[Case]]) -> str:
    asked_of = {file: cases for file, cases in files.items() if cases}
    whole = sum(not any(case.why for case in cases) for cases in asked_of.values())
    every = [case for cases in asked_of.values() for case in cases]
    good = sum(not case.why for case in every)
    clear = sum(not case.why and not case.opaque for case in every)
    cells = what, f"{len(files):,}", f"{len(asked_of):,}", share(whole, len(asked_of)), share(good, len(every))
    return f"| {' | '.join(cells)} | {share(clear, good)} |"


def share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if whole else "-"


def refusals(found: dict[str, list[Case]]) -> list[str]:
    """By what is said, without the numbers and names in it, and why that holds."""
    causes = collections.defaultdict(list)
    for file, cases in found.items():
        for case in cases:
            if case.why:
                causes[kind(case.why)].append(f"{file} @{case.function}")
    return [f"- {why} ({len(places)}): {', '.join(places[:3])}{' ...' if len(places) > 3 else ''}; {reason(places[0])}"
            for why, places in sorted(causes.items(), key=lambda cause: -len(cause[1]))] or ["Nothing."]


def reason(place: str) -> str:
    return next((why for part, why in REASONS.items() if part in place), "**no reason known**")


def opaque(found: dict[str, list[Case]]) -> list[str]:
    """Operators without a rule, with how many functions have them."""
    names = collections.Counter(name for cases in found.values() for case in cases for name in case.opaque)
    return [f"`{name}` {count}" + ("," if number + 1 < len(names) else "")
            for number, (name, count) in enumerate(names.most_common())] or ["None."]


def kind(why: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"|\b\d+\b", "...", why.splitlines()[0])[:160]


HEAD = """# StableHLO's own test files

Every function of every test file of the public repository, read by the program. `tools/stablehlo_cases/suite.py FOLDER`
makes this page from a checkout's folder `stablehlo`; the files are not part of this repository. Parts of a file that
are wrong on purpose (`expected-error`) are left out, and so are files with nothing else and without functions.

| suite | files | with functions | files read whole | functions read | of those without an opaque operator |
|---|---|---|---|---|---|"""

if __name__ == "__main__":
    main()
