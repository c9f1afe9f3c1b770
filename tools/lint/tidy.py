"""clang-tidy over our own files: in parallel, and only over those whose text, headers, flags or checks have changed.

The build must be up to date: the headers of a file are the ones that ninja recorded when it compiled it.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# clang is shown the flags and the headers of a g++ build; and a capture may be for one branch of an `if constexpr`.
NOT_ASKED = ["ignored-gch", "unknown-warning-option", "deprecated-declarations", "unused-lambda-capture"]


def ours(path: Path, build: Path) -> bool:
    return path.is_relative_to(ROOT) and not path.is_relative_to(build)


def own_headers(build: Path, ninja: str) -> dict[str, list[Path]]:
    """Object file -> the files of this repository that it was made from."""
    listing = subprocess.run([ninja, "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    headers: dict[str, list[Path]] = {}
    for block in listing.split("\n\n"):
        first, *rest = block.strip().split("\n")
        paths = [(build / line.strip()).resolve() for line in rest]
        headers[first.split(":")[0]] = sorted(path for path in paths if ours(path, build))
    return headers


def fingerprint(command: dict, headers: list[Path], checks: bytes) -> str:
    digest = hashlib.sha256(checks + command["command"].encode())
    for path in [Path(command["file"]), *headers]:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def tidy(program: str, build: Path, source: str) -> tuple[bool, str]:
    command = [program, "-p", build, "--quiet", *[f"--extra-arg=-Wno-{warning}" for warning in NOT_ASKED], source]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    noise = re.compile(r"^(\d+ (warnings?|errors?)\b.*(generated|treated as errors)|Suppressed |Use -header-filter)")
    said = [line for line in (run.stdout + run.stderr).splitlines() if line and not noise.match(line)]
    return run.returncode == 0, "\n".join(said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--clang-tidy", default="clang-tidy")
    parser.add_argument("--ninja", default="ninja")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()

    build = args.build.resolve()
    passed = build / "lint"
    passed.mkdir(exist_ok=True)
    version = subprocess.run([args.clang_tidy, "--version"], capture_output=True, check=True).stdout
    checks = b"".join(p.read_bytes() for p in [ROOT / ".clang-tidy", ROOT / "tests/.clang-tidy"]) + version
    headers = own_headers(build, args.ninja)

    todo = []
    for command in json.loads((build / "compile_commands.json").read_text()):
        source = Path(command["file"])
        if not ours(source, build):
            continue
        stamp = passed / fingerprint(command, headers.get(command["output"], []), checks)
        if not stamp.exists():
            todo.append((str(source), stamp))

    def check(item: tuple[str, Path]) -> bool:
        source, stamp = item
        clean, said = tidy(args.clang_tidy, build, source)
        if clean:
            stamp.touch()
        elif said:
            print(said, flush=True)
        return clean

    with ThreadPoolExecutor(args.jobs) as pool:
        failed = sum(not clean for clean in pool.map(check, todo))
    print(f"clang-tidy: {len(todo)} files looked at, {failed} with complaints", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
