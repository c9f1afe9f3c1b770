"""Part 3: models that ship in Python packages, every tensor beside onnxruntime's own run."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import dependence
import numpy
import onnx
import ort
import program
import text_form
import truth
import verdict
from verdict import Judged

LIST = pathlib.Path(__file__).with_name("wild.json")
SEED = 1
SHOWN = 3  # wrong tensors of one file that are named
# What a symbolic size is, by a part of its name; the first that fits.
SIZES = [("height", 320), ("width", 320), ("seq", 64), ("frames", 100), ("", 2)]
# A file is pinned for one platform, so that its hash is the same everywhere.
SYSTEMS = ("manylinux_2_28_x86_64", "manylinux_2_24_x86_64", "manylinux2014_x86_64", "any")
PLATFORM = ["--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi",
            "abi3", "--abi", "none", *(word for system in SYSTEMS for word in ("--platform", system))]


def suites(options) -> dict[str, dict[str, Judged]]:
    """By kind of model; there is nothing to choose in `options`."""
    found: dict[str, dict[str, Judged]] = collections.defaultdict(dict)
    for package in json.loads(LIST.read_text()):
        wheel = fetched(package)
        for file, said in package["files"].items():
            found[f"wild, {package['kind']}"][f"{package['package']} {package['version']}: {file}"] = judged(
                wheel, file, said)
    return dict(found)


def fetched(package: dict) -> pathlib.Path:
    """The package's archive in the cache, downloaded where it is missing; pip compares the hash."""
    cache = pathlib.Path(os.environ["ALIDADE_CONFORMANCE_CACHE"])
    wheel = cache / package["archive"]
    if not wheel.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
            wanted.write(f"{package['package']}=={package['version']} --hash=sha256:{package['sha256']}\n")
            wanted.flush()
            subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet",
                            "--no-deps", "--require-hashes", *PLATFORM, "-r", wanted.name, "-d", cache], check=True)
    return wheel


def judged(wheel: pathlib.Path, file: str, said: dict) -> Judged:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        path = pathlib.Path(archive.extract(file, folder))
        for beside in archive.namelist():  # weights that are kept outside the model
            if beside.startswith(file) and beside != file:
                archive.extract(beside, folder)
        return judged_file(path, said)


def judged_file(path: pathlib.Path, said: dict) -> Judged:
    """`said` is what the list knows of a file: sizes by symbol or input, values of inputs that choose a branch."""
    model = onnx.load(path)
    feeds = random_feeds(path, said)
    ran = ort.everything(model, feeds)
    asked = program.Asked(path, inputs=truth.given_sizes(model, feeds))
    document = program.profiles([asked])[0]
    waiting = dependence.tensors_by_data(model)
    found = verdict.judge(document, model, truth.Truth([], ort.macs(model, feeds)), waiting, outputs=False)
    if found.read:
        judge_tensors(found, document, program.text_form(asked), model, ran, waiting)
    return found


def random_feeds(path: pathlib.Path, said: dict) -> dict[str, numpy.ndarray]:
    made = ort.session(str(path))
    sizes = {value.name: said.get("inputs", {}).get(value.name) or
             [size_of(dim, said.get("sizes", {})) for dim in value.shape] for value in made.get_inputs()}
    feeds = ort.random_inputs(made, sizes, SEED)
    for name, value in said.get("values", {}).items():
        feeds[name] = numpy.broadcast_to(numpy.asarray(value, feeds[name].dtype), feeds[name].shape)
    return feeds


def size_of(dim: int | str | None, sizes: dict[str, int]) -> int:
    if isinstance(dim, int) and dim > 0:
        return dim
    name = str(dim)
    return sizes.get(name) or next(size for part, size in SIZES if part in name.lower())


def judge_tensors(found: Judged, document: dict, text: str | None, model: onnx.ModelProto, ran: ort.Ran,
                  waiting: set[str]) -> None:
    if text is None:
        return found.failures.append("its text form is not printed")
    stated, wrong = text_form.types(text), []
    for node in model.graph.node:
        for name in node.output:
            if name in ran.values and name in stated:
                sentence = verdict.compare(found, document, name, stated[name], ort.real_type(ran, name),
                                           name in waiting)
                wrong += [sentence] if sentence else []
    more = f" and {len(wrong) - SHOWN} more tensors" if len(wrong) > SHOWN else ""
    if wrong:
        found.failures.append("; ".join(wrong[:SHOWN]) + more)
