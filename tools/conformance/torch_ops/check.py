#!/usr/bin/env python3
"""What the program makes of the files of make_files.py: check.py FOLDER [--only TEXT] [--text] [--list PART].

Of each file: read or not, every output's shape and type beside the real ones, the count under the convention "torch"
beside FlopCounterMode's, opaque operators, sizes that depend on data, and with --text whether the text form is read
back with the same counts.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FILES_A_PROCESS = 60
DTYPES = {"float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "int64": "i64", "int32": "i32",
          "int16": "i16", "int8": "i8", "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64",
          "bool": "bool", "complex64": "c64", "complex128": "c128", "complex32": "c32"}


@dataclasses.dataclass
class File:
    name: str
    path: pathlib.Path
    facts: dict

    def operator(self) -> str:
        return self.name.split("/")[0]


def files(folder: pathlib.Path, only: str = "") -> tuple[list[File], dict[str, str]]:
    """Those that torch.export takes, and why it refused the others."""
    taken, refused = [], {}
    for facts in sorted(folder.glob("*/facts.json")):
        if only not in facts.parent.name:
            continue
        for name, known in json.loads(facts.read_text()).items():
            if "refused" in known:
                refused[name] = known["refused"]
            else:
                taken.append(File(name, folder / f"{name}.pt2", known))
    return taken, refused


def profiles(asked: list[File], frontend: str = "dynamo") -> list[dict]:
    """The json report of each, in order; {"died": why} where a process ended without one."""
    parts = [asked[at:at + FILES_A_PROCESS] for at in range(0, len(asked), FILES_A_PROCESS)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [told for part in pool.map(lambda p: profile_part(p, frontend), parts) for told in part]


def profile_part(part: list[File], frontend: str) -> list[dict]:
    told, why = run_pipeline(part, frontend)
    if told is not None:
        return told
    if len(part) == 1:
        return [{"died": why}]
    middle = len(part) // 2
    return profile_part(part[:middle], frontend) + profile_part(part[middle:], frontend)


def run_pipeline(part: list[File], frontend: str) -> tuple[list[dict] | None, str]:
    with tempfile.TemporaryDirectory() as folder:
        pipeline, report = pathlib.Path(folder, "pipeline.toml"), pathlib.Path(folder, "report.json")
        pipeline.write_text(pipeline_text(part, frontend, report))
        done = subprocess.run([os.environ["ALIDADE_BIN"], "run", pipeline], capture_output=True, text=True)
        if not report.exists():
            return None, done.stderr.strip()[:500] or f"status {done.returncode}"
        read = json.loads(report.read_text())
    return (read["models"] if len(part) > 1 else [read]), ""


def pipeline_text(part: list[File], frontend: str, report: pathlib.Path) -> str:
    quoted, lines = json.dumps, []
    for number, file in enumerate(part):
        lines += ["[[model]]", f"path = {quoted(str(file.path))}", f'id = "m{number}"', f'frontend = ["{frontend}"]']
        if file.facts["symbols"]:
            sizes = ", ".join(f"{name} = {size}" for name, size in file.facts["symbols"].items())
            lines.append("bind = { " + sizes + " }")
    lines += ["[[analysis]]", 'use = "cost"', "[[report]]", 'use = "json"', f"path = {quoted(str(report))}"]
    return "\n".join(lines) + "\n"


def judged(file: File, told: dict) -> dict[str, str]:
    """A sentence for each part that is wrong."""
    wrong = {}
    if "died" in told or "error" in told:
        wrong["read"] = told.get("died") or told["error"]["what"]
        return wrong
    theirs = [typed(dtype, shape) for dtype, shape in zip(file.facts["dtypes"], file.facts["shapes"], strict=True)]
    ours = [output["type"] for output in told["graph"]["outputs"]]
    if by_data := [one for one in ours if re.search(r"\[.*(\?|\bu\d)", one)]:
        wrong["by data"] = f"{by_data}"
    elif ours != theirs:
        wrong["shapes"] = f"{ours} where {theirs} is true"
    totals = told["totals"]
    unsized = totals["unknown_ops"] - totals["opaque_ops"]
    if unsized and "by data" not in wrong:
        wrong["unknown"] = f"{unsized} operators of unknown work"
    if opaque := sorted({one["operator"] for one in told["analyses"]["cost"]["opaque"]}):
        wrong["opaque"] = " ".join(opaque)
    counted = totals["by_convention"]["torch"]["counted"]
    if counted != file.facts["flops"]:
        wrong["torch"] = f"{counted} where {file.facts['flops']} is true"
    return wrong


def typed(dtype: str, shape: list[int]) -> str:
    return f"{DTYPES.get(dtype, dtype)}[{','.join(map(str, shape))}]"


def text_forms(asked: list[File], told: list[dict], folder: pathlib.Path) -> dict[str, str]:
    """Of those that are read: why the text form is not read back, or gives another count."""
    read = [(file, one) for file, one in zip(asked, told, strict=True) if "totals" in one]

    def printed(pair: tuple[int, tuple[File, dict]]) -> File | str:
        number, (file, _) = pair
        done = subprocess.run([os.environ["ALIDADE_BIN"], "inspect", file.path, "--text"],
                              capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
        path = folder / f"{number}.alg"
        path.write_text(done.stdout)
        return dataclasses.replace(file, path=path)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        written = list(pool.map(printed, enumerate(read)))
    wrong = {file.name: f"not printed: {one}"
             for (file, _), one in zip(read, written, strict=True) if isinstance(one, str)}
    again = [one for one in written if isinstance(one, File)]
    before = {file.name: one for file, one in read}
    for file, one in zip(again, profiles(again, "text"), strict=True):
        if "totals" not in one:
            wrong[file.name] = "not read back: " + (one.get("died") or one["error"]["what"])
        elif one["totals"] != before[file.name]["totals"]:
            wrong[file.name] = "other totals"
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="", help="operators whose name has this text")
    parser.add_argument("--text", action="store_true", help="the text form as well (one process a file)")
    options = parser.parse_args()
    taken, refused = files(options.folder, options.only)
    told = profiles(taken)
    found = {file.name: judged(file, one) for file, one in zip(taken, told, strict=True)}
    if options.text:
        with tempfile.TemporaryDirectory() as folder:
            for name, why in text_forms(taken, told, pathlib.Path(folder)).items():
                found[name]["text"] = why
    print_table(found, len(taken), refused)
    return 0


def print_table(found: dict[str, dict[str, str]], taken: int, refused: dict[str, str]) -> None:
    print(f"# {taken} files; torch.export or the sample refused {len(refused)}\n")
    for part in ("read", "unknown", "shapes", "torch", "opaque", "by data", "text"):
        rows = {name: wrong[part] for name, wrong in found.items() if part in wrong}
        if part == "opaque":
            names = collections.Counter(name for why in rows.values() for name in why.split())
            print(f"## opaque: {len(rows)} files, {len(names)} names\n")
            print("\n".join(f"- {name} ({count})" for name, count in sorted(names.items())) + "\n")
            continue
        print(f"## {part}: {len(rows)} files\n")
        print("\n".join(f"- {name}: {why}" for name, why in rows.items()) + "\n")


if __name__ == "__main__":
    sys.exit(main())
