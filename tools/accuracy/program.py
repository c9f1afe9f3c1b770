"""Runs the program: many operators in one graph, or many networks in one call."""

import collections
import csv
import dataclasses
import json
import pathlib
import subprocess

from rows import UnreadableSet
from text_graph import TextGraph

ROWS_A_GRAPH = 5000
NETWORKS_A_CALL = 200
MODELS_A_CALL = 5000  # a pipeline file has at most 1 MiB


@dataclasses.dataclass(slots=True)
class Priced:
    """What the program says of a row; `low` and `high` are absent where it states no interval."""

    seconds: float
    low: float | None
    high: float | None
    joules: float | None
    tier: str
    peak_bytes: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where and how rows are priced."""

    device: str
    precision: str
    backend: str = "eager"
    layout: str = "as_given"


class Program:
    def __init__(self, binary, folder):
        self.binary, self.folder = str(binary), pathlib.Path(folder)
        self.calls = 0

    def price(self, rows, target):
        """A Priced, or a text that says why there is none, for each row."""
        self.calls += 1
        place = self.folder / f"call{self.calls}"
        place.mkdir()
        out = [None] * len(rows)
        for price in (self._operators, self._modules, self._networks, self._peaks):
            own = [i for i, row in enumerate(rows) if self._way(row) == price]
            if own:
                for i, priced in zip(own, price([rows[i] for i in own], target, place), strict=True):
                    out[i] = priced
        return out

    def said(self, arguments):
        """What a call about several models prints, some of which may fail."""
        return self._run(arguments, partial=True)[0]

    def _way(self, row):
        if row.peak_bytes is not None:
            return self._peaks
        if row.path is not None and row.parts:
            return self._modules
        return self._operators if row.group else self._networks

    def _run(self, arguments, partial):
        """What it prints; an error of the whole call is one of the set. `partial`: some of several may fail."""
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=False)
        if done.returncode not in ((0, 3, 5, 7) if partial else (0,)):
            raise UnreadableSet(first_error(done.stderr) or f"the program ended with {done.returncode}")
        return done.stdout, done.stderr

    # --- operators: parts of a graph, priced kernel by kernel ---------------------------------------------------------
    def _operators(self, rows, target, place):
        groups = {}
        for row in rows:
            groups.setdefault(row.group, (f"g{len(groups)}", row))
        together = [one for one in groups.values() if one[1].copies == 0]
        models = []
        for some in [*chunks(together, ROWS_A_GRAPH), *([one] for one in groups.values() if one[1].copies > 0)]:
            graph = TextGraph(f"part{len(models)}")
            for prefix, row in some:
                row.build(graph, prefix)
                for copy in range(1, row.copies):
                    row.build(graph, f"copy{copy}of{prefix}")
            file = place / f"part{len(models)}.alg"
            file.write_text(graph.text(), encoding="utf-8")
            models.append({"path": str(file)})
        kernels = collections.defaultdict(list)
        for kernel in self._kernels(models, target, place):
            prefix, _, part = kernel["name"].partition(".")
            kernels[prefix].append((part.split(".")[0], kernel))
        return [sum_of(kernels[groups[row.group][0]], row) for row in rows]

    def _kernels(self, models, target, place):
        """The kernels of all models, as the report csv has them."""
        for number, some in enumerate(chunks(models, MODELS_A_CALL)):
            yield from self._kernels_of_call(some, target, place / f"kernels{number}.csv")

    def _kernels_of_call(self, models, target, table):
        pipeline = ['schema = "alidade.pipeline/1"', "[limits]", "wall_s = 3600", "[[hardware]]",
                    *written(dataclasses.asdict(target)),
                    "[[report]]", *written({"use": "csv", "table": "kernels", "path": str(table)})]
        for model in models:
            pipeline += ["[[model]]", *written(model)]
        file = table.with_suffix(".toml")
        file.write_text("\n".join(pipeline) + "\n", encoding="utf-8")
        self._run(["--quiet", "run", str(file)], partial=False)
        with open(table, encoding="utf-8", newline="") as text:
            yield from csv.DictReader(text)

    # --- modules: some kernels of a network ---------------------------------------------------------------------------
    def _modules(self, rows, target, place):
        files = {}
        for row in rows:
            files.setdefault((row.path, row.batch), f"m{len(files)}")
        models = [{"path": str(path), "id": name, "batch": batch} for (path, batch), name in files.items()]
        kernels = collections.defaultdict(list)
        for kernel in self._kernels(models, target, place):
            kernels[kernel["model"].partition("-")[0]].append(kernel)
        named = {name: list(zip(fx_names([k["name"] for k in own]), own, strict=True))
                 for name, own in kernels.items()}
        call = self._call(target, place)
        return [sum_of(named[files[row.path, row.batch]], row, call) for row in rows]

    def _call(self, target, place):
        """A kernel that does next to nothing: what a module that has none takes, such as a flatten or a dropout."""
        graph = TextGraph("call")
        one = graph.input("one", "f32", 1)
        graph.result(graph.node("call", "relu", [one], "f32", [1]))
        file = place / "call.alg"
        file.write_text(graph.text(), encoding="utf-8")
        return next(iter(self._kernels_of_call([{"path": str(file)}], target, place / "call.csv")))

    # --- networks: files of their own ---------------------------------------------------------------------------------
    def _networks(self, rows, target, place):
        calls = collections.defaultdict(list)
        for i, row in enumerate(rows):
            file = place / f"n{i}{'.alg' if row.path is None else row.path.suffix}"
            if row.path is None:
                graph = TextGraph(f"n{i}")
                row.build(graph, "t")
                file.write_text(graph.text(), encoding="utf-8")
            else:
                file.symlink_to(row.path.resolve())
            calls[row.batch, row.image].append(file)
        answers = {}
        for (batch, image), files in calls.items():
            for some in chunks(files, NETWORKS_A_CALL):
                answers |= self._estimates(some, batch, image, target)
        return [answers[f"n{i}"] for i in range(len(rows))]

    def _estimates(self, files, batch, image, target):
        arguments = ["--quiet", "estimate", *map(str, files), "--on", target.device, "--dtype", target.precision]
        for key in ("backend", "layout"):
            arguments += ["--set", f"hardware.{target.device}.{key}={getattr(target, key)}"]
        if image is not None:
            arguments += ["--input-shape", ",".join(map(str, (batch, *image)))]
        elif batch is not None:
            arguments += ["--batch", str(batch)]
        stdout, stderr = self._run([*arguments, "--format", "json", "--top", "1"], partial=True)
        rows = json.loads(stdout) if stdout.strip() else []
        out = {file.stem: first_error(stderr) or "the program says nothing of it" for file in files}
        for row in rows:
            out[row["model"].partition("-")[0]] = network_of(row)  # its id may end with the batch
        return out


    # --- memory -------------------------------------------------------------------------------------------------------
    def _peaks(self, rows, target, place):
        out = []
        for row in rows:
            stdout, stderr = self._run(
                ["--quiet", "profile", str(row.path), "--on", target.device, "--dtype", target.precision, "--set",
                 f"hardware.{target.device}.backend={target.backend}", "--format", "json"], partial=True)
            need = json.loads(stdout)["hardware"][0]["memory_need"] if stdout.strip() else None
            out.append(first_error(stderr) if need is None else Priced(0.0, None, None, None, "datasheet",
                                                                       need["activation_bytes"]))
        return out


def written(table):
    """The lines of a TOML table of texts and numbers."""
    return [f"{key} = {json.dumps(value)}" for key, value in table.items()]


def fx_names(layers):
    """What torch.fx calls layers: a module by its path, its second call with _1 behind; a function by its own name,
    numbered over the whole network."""
    functions = collections.Counter()
    out = []
    for layer in layers:
        path, _, call = layer.partition("/")
        word, _, number = call.rpartition("_") if call.rpartition("_")[2].isdigit() else (call, "", "1")
        if not call:
            out.append(path.replace(".", "_"))
        elif path.endswith(word):
            out.append(numbered(path.replace(".", "_"), int(number)))
        else:
            functions[word] += 1
            out.append(numbered(word, functions[word]))
    return out


def numbered(name, count):
    return name if count == 1 else f"{name}_{count - 1}"


def network_of(row):
    longest = row.get("longest_kernels") or [{}]
    if not row["time_s"] > 0:
        return "the program has no time for it"
    return Priced(row["time_s"], row.get("band_low_s"), row.get("band_high_s"), row.get("energy_j"),
                  longest[0].get("tier", "datasheet"))


def sum_of(kernels, row, call=None):
    """A row's kernels one after the other; wrong the same way, so that their intervals add up, too. `call`: the kernel
    of a row that has none."""
    own = [kernel for part, kernel in kernels if not row.parts or part in row.parts]
    own = [kernel for kernel in own if not row.kind or kernel["kind"] == row.kind]
    if not own and call:
        own = [call]
    if not own:
        return "the program has no kernel for it"
    if any(kernel["time_s"] == "" for kernel in own):
        return "the program has no time for it"
    times = [float(kernel["time_s"]) * int(kernel["runs"]) for kernel in own]
    bounds = [(float(kernel["low"]), float(kernel["high"])) for kernel in own]
    stated = all(low < high for low, high in bounds)
    joules = [float(kernel["energy_j"]) for kernel in own if kernel["energy_j"]]
    longest = max(range(len(own)), key=times.__getitem__)
    return Priced(sum(times), sum(t * low for t, (low, _) in zip(times, bounds, strict=True)) if stated else None,
                  sum(t * high for t, (_, high) in zip(times, bounds, strict=True)) if stated else None,
                  sum(joules) if len(joules) == len(own) else None, own[longest]["tier"])


def chunks(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


def first_error(text):
    """The first error that the program said, on one line."""
    for line in text.splitlines():
        if "error: " in line:
            return line.partition("error: ")[2].partition("; searched: ")[0].strip()
    return ""
