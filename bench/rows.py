"""The rows of the table, and the command of every cell."""

import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from chain import write_chain, write_stablehlo_chain
from measure import Job
from programs import ROOT, Programs

CNNS = ("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "deeplabv3_resnet50")
TORCHVISION = (*CNNS, "vit_b_16", "swin_t")
CHAINS = {10_000: 11, 100_000: 9, 1_000_000: 5}  # nodes: runs
FAST, SLOW, QUICK = 21, 3, 5
PT2, SCRIPTS = ("resnet18", "mobilenet_v2", "vit_b_16"), ("resnet18", "vit_b_16")
# ViT-B/16 as text and as portable artifact: written in JAX, and PyTorch's, whose operators JAX writes out.
VITS = {"vit_jax": f"{ROOT}/bench/vit.py:vit", "vit_torchax": "torchvision:vit_b_16"}
STABLEHLO = [f"{name}.{kind}" for name in VITS for kind in ("mlir", "mlirbc")]
LOAD, MLIR = "load_only", "mlir"
ALIDADE, PARSE, INFER, FVCORE, TOOL = "alidade", "parse_only", "infer_only", "fvcore", "onnx_tool"
EMPTY, TOOL_BARE, WORKER = "empty", "onnx_tool_bare", "alidade, in a worker"


@dataclasses.dataclass(frozen=True)
class Row:
    """One model file, the sizes that its symbolic dimensions get, and how often the fast columns run."""
    name: str
    path: Path
    runs: int
    bind: dict[str, int] = dataclasses.field(default_factory=dict)
    nodes: int = 0
    shapes: bool = True

    @property
    def sizes(self) -> list[str]:
        return [f"{name}={size}" for name, size in self.bind.items()]


def zoo_rows(quick: bool) -> list[Row]:
    known = json.loads((ROOT / "tests/data/zoo/reference.json").read_text())["models"]
    bind = {name: model["points"][0]["bind"] for name, model in known.items()}
    return [Row(path.stem, path, QUICK if quick else FAST, bind.get(path.stem, {}))
            for path in sorted((ROOT / "models").glob("*.onnx"))]


def variant_rows(quick: bool) -> list[Row]:
    """Models of the zoo as other exporters write them: without the shapes of their values."""
    return [Row(path.stem, path, QUICK if quick else FAST, shapes=False)
            for path in sorted((ROOT / "tests/data/zoo").glob("*_noshapes.onnx"))]


def pt2_rows(quick: bool) -> list[Row]:
    """Exported programs, as the tests keep them: without weights."""
    return [Row(f"{name}.pt2", ROOT / f"tests/data/dynamo/{name}.pt2", QUICK if quick else FAST) for name in PT2]


def script_rows(programs: Programs, quick: bool) -> list[Row]:
    """TorchScript with its weights, traced anew: libtorch reads no file without. None where there is no libtorch."""
    if quick or not programs.python or not programs["load_only"].exists():
        return []
    folder = programs.build / "scripts"
    script = ROOT / "bench/write_scripts.py"
    subprocess.run([programs.python, script, folder, *SCRIPTS], check=True, capture_output=True)
    return [Row(f"{name}.pt", folder / f"{name}.pt", FAST) for name in SCRIPTS]


def stablehlo_rows(programs: Programs, quick: bool) -> list[Row]:
    """ViTs as StableHLO, captured once. None where JAX is not set up."""
    if not programs.jax:
        return []
    folder = programs.build / "stablehlo"
    folder.mkdir(exist_ok=True)
    for name in STABLEHLO:
        if not (folder / name).exists():
            subprocess.run([programs.jax, "-m", "alidade.capture", VITS[Path(name).stem], "--via", "jax",
                            "-o", folder / name], check=True, capture_output=True,
                           env=os.environ | {"PYTHONPATH": str(ROOT / "python")})
    return [Row(name, folder / name, QUICK if quick else FAST) for name in STABLEHLO]


def chain_rows(folder: Path, quick: bool) -> list[Row]:
    counts = list(CHAINS.items())[:2 if quick else 3]
    rows = [Row(f"chain 10^{len(str(count)) - 1}, StableHLO", folder / f"chain_{count}.mlir", QUICK if quick else runs,
                nodes=count) for count, runs in counts]
    for shapes in (True, False):
        for count, runs in counts:
            name = f"chain 10^{len(str(count)) - 1}" + ("" if shapes else ", no shapes")
            path = folder / f"{name.replace(' ', '_')}.onnx"
            rows.append(Row(name, path, QUICK if quick else runs, nodes=count, shapes=shapes))
    return rows


def write_files(rows: list[Row]) -> None:
    for row in rows:
        if row.path.suffix == ".mlir" and row.nodes:
            write_stablehlo_chain(row.path, row.nodes)
        elif row.nodes:
            write_chain(row.path, row.nodes, row.shapes)


def weighted(row: Row, programs: Programs) -> Path:
    """A copy of the model beside a sparse file of zeros in place of its weights: onnx-tool reads no file without."""
    folder = programs.build / "weights"
    script = ROOT / "bench/peer_weights.py"
    subprocess.run([programs.python, script, row.path, folder], check=True, capture_output=True)
    return folder / row.path.name


def own_jobs(row: Row, programs: Programs) -> Iterator[Job]:
    bind = [word for size in row.sizes for word in ("--bind", size)]
    command = [str(programs.alidade), "profile", str(row.path), *bind]
    yield Job(row.name, ALIDADE, [*command, "--trust"], row.runs)
    yield Job(row.name, WORKER, command, row.runs)
    if row.path.suffix == ".onnx":
        yield Job(row.name, PARSE, [str(programs["parse_only"]), str(row.path)], row.runs)
    if row.path.suffix == ".pt":
        yield Job(row.name, LOAD, [str(programs["load_only"]), str(row.path)], row.runs)


def peer_jobs(row: Row, programs: Programs) -> Iterator[Job]:
    if not row.shapes:
        yield Job(row.name, INFER, [str(programs["infer_only"]), str(row.path)], row.runs)
    if row.name in STABLEHLO:
        yield Job(row.name, MLIR, [str(programs.jax), str(ROOT / "bench/peer_mlir.py"), str(row.path)], SLOW)
    if row.nodes or not row.shapes or not programs.python or row.path.suffix != ".onnx":
        return
    python, bench = str(programs.python), ROOT / "bench"
    if row.name in TORCHVISION:
        yield Job(row.name, FVCORE, [python, str(bench / "peer_fvcore.py"), row.name], SLOW)
    tool = [python, str(bench / "peer_onnx_tool.py")]
    yield Job(row.name, TOOL, [*tool, str(weighted(row, programs)), *row.sizes], SLOW)
    yield Job(row.name, TOOL_BARE, [*tool, str(row.path), *row.sizes], 0)


def jobs(rows: list[Row], programs: Programs, quick: bool) -> list[Job]:
    made = [Job("", EMPTY, [str(programs["empty"])], QUICK if quick else FAST)]
    for row in rows:
        made += own_jobs(row, programs)
        if not quick:
            made += peer_jobs(row, programs)
    return made
