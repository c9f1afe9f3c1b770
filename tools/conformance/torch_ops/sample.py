#!/usr/bin/env python3
"""A fixed part of the files of make_files.py, small enough to keep: sample.py FOLDER makes
tests/data/dynamo/torch_ops.

One zip of the graphs, without the lines that they came from, and one line a file: its name, what comes out, what
FlopCounterMode counts, and the sizes of its symbols. Of every operator of the list NAMES one call with fixed sizes and,
where there is one, one with open sizes. resized.tsv has what comes out of the fixed ones for other shapes of the
inputs, where resized.py has made it.
"""

import io
import json
import pathlib
import sys
import zipfile

import check

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[2] / "tests/data/dynamo/torch_ops"
NAMES = HERE / "sample.txt"
DATE = (1980, 1, 1, 0, 0, 0)


def main() -> int:
    names = NAMES.read_text().split()
    files, _ = check.files(pathlib.Path(sys.argv[1]))
    chosen = [file for name in names for file in of_operator(files, name)]
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*"):
        old.unlink()
    lines = []
    for file in chosen:
        name = file.name.replace("/", ".")
        (OUT / f"{name}.pt2").write_bytes(bare(file.path))
        made = " ".join(check.typed(dtype, shape) for dtype, shape in
                        zip(file.facts["dtypes"], file.facts["shapes"], strict=True))
        sizes = ",".join(f"{symbol}={size}" for symbol, size in file.facts["symbols"].items())
        lines.append(f"{name}\t{made}\t{file.facts['flops']}\t{sizes}")
    (OUT / "facts.tsv").write_text("\n".join(lines) + "\n")
    (OUT / "resized.tsv").write_text("\n".join(resized(pathlib.Path(sys.argv[1]), chosen)) + "\n")
    return 0


def resized(folder: pathlib.Path, chosen: list[check.File]) -> list[str]:
    """A line for each: the file, the shapes of its inputs, the shapes of its results."""
    def shown(shapes: list[list[int]]) -> str:
        return " ".join(f"[{','.join(map(str, shape))}]" for shape in shapes)

    rows = [row for file in chosen if (told := folder / file.operator() / "resized.json").exists()
            for row in json.loads(told.read_text()) if row["name"] == file.name]
    return [f"{row['name'].replace('/', '.')}\t{shown(row['inputs'])}\t{shown(row['shapes'])}" for row in rows]


def of_operator(files: list[check.File], name: str) -> list[check.File]:
    """The call with the most elements in its results, of fixed sizes and of open ones."""
    def elements(file: check.File) -> int:
        return sum(count(shape) for shape in file.facts["shapes"])

    kinds = {kind: [file for file in files if file.operator() == name and f"/{kind}/" in file.name]
             for kind in ("plain", "eval", "in_place", "complex", "symbolic")}
    fixed = kinds["plain"] or kinds["eval"]
    return [max(some, key=elements) for some in (fixed, kinds["symbolic"]) if some]


def count(shape: list[int]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product


def bare(path: pathlib.Path) -> bytes:
    """The archive with its program alone, and the program without where each node came from."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept:
        entry = next(name for name in whole.namelist() if name.endswith("/models/model.json"))
        program = json.loads(whole.read(entry))
        for node in program["graph_module"]["graph"]["nodes"]:
            node["metadata"] = {}
        text = json.dumps(program, separators=(",", ":"))
        kept.writestr(zipfile.ZipInfo("m/models/model.json", DATE), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
