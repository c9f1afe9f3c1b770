"""The programs that are compared: where they are, what they are made of, how the C++ ones are built."""

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
PEERS = ("fvcore", "onnx-tool", "torch", "torchvision", "onnx")


@dataclasses.dataclass(frozen=True)
class Programs:
    """Paths of all that runs; `python` is the one with the peers installed, `jax` the one with JAX, `capture` the
    one with PyTorch; or None."""
    alidade: Path
    build: Path
    python: Path | None
    jax: Path | None
    capture: Path | None

    def __getitem__(self, name: str) -> Path:
        return self.build / name


def fail(sentence: str) -> NoReturn:
    sys.exit(f"bench: {sentence}")


def build_peers(build: Path) -> None:
    """The C++ peers, in a build folder of their own; its log tells what went wrong."""
    onnx = os.environ.get("ALIDADE_ONNX_ROOT") or fail("run it as ./dev bench: it knows where the ONNX library is")
    build.mkdir(parents=True, exist_ok=True)
    with (build / "build.log").open("w") as log:
        for command in (["cmake", "-S", ROOT / "bench", "-B", build, "-G", "Ninja", f"-DALIDADE_ONNX_ROOT={onnx}",
                         f"-DALIDADE_TORCH_ROOT={os.environ.get('ALIDADE_TORCH_ROOT', '')}",
                         f"-DALIDADE_SDK={sdk()}",
                         "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O2"],
                        ["cmake", "--build", build]):
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode != 0:
                fail(f"the peers in bench/ do not build; see {log.name}")


def program() -> Path:
    return Path(os.environ.get("ALIDADE_BIN", ROOT / "build/release/bin/alidade"))


def sdk() -> Path:
    """The library beside the program."""
    return program().resolve().parents[1] / "lib/libalidade.so"


def find(build: Path) -> Programs:
    alidade = program()
    if not alidade.exists():
        fail(f"there is no {alidade}; run it as ./dev bench, which builds it")
    python, jax, capture = (Path(path) if (path := os.environ.get(name)) else None for name in
                            ("ALIDADE_BENCH_PYTHON", "ALIDADE_JAX_PYTHON", "ALIDADE_CAPTURE_PYTHON"))
    return Programs(alidade, build, python, jax, capture)


def said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def compiler() -> str:
    """As people name it: g++ 12.2."""
    return "g++ " + ".".join(said("g++", "-dumpfullversion").split(".")[:2])


def system() -> str:
    entries = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    name, version = (entries.get(key, "").strip('"') for key in ("NAME", "VERSION_ID"))
    return f"{name.split()[0]} {version}".strip()


def machine() -> str:
    return f"{os.cpu_count()} cores, {compiler()}, {system()}"


def versions() -> dict[str, str]:
    """Of this program and of what it is compared with, from the lists that set-up pins."""
    pinned = (ROOT / "tools/setup/requirements-bench.txt").read_text()
    found = {name: re.search(rf"^{name}==(\S+)", pinned, re.M) for name in PEERS}
    protobuf = said("protoc", "--version").split()[-1]
    return {name: match[1] for name, match in found.items() if match} | {"protobuf": protobuf}
