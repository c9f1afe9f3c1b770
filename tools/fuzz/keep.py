"""fuzz/corpus: what the harnesses have learnt, the fewest and smallest inputs that reach the same code."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from harness import Harness
from run import LIMITS, LONGEST, Fuzzing, unpack

MOST = 16 << 10  # bytes of an input that is kept


def keep(fuzzing: Fuzzing) -> None:
    harness = fuzzing.harness
    with tempfile.TemporaryDirectory() as place:
        merged, given = Path(place) / "merged", Path(place) / "given"
        merged.mkdir()
        given.mkdir()
        if harness.archive.exists():
            unpack(harness, given)
        for longest in (harness.short, LONGEST):
            for path in fuzzing.learnt(longest).iterdir():
                shutil.copyfile(path, given / path.name)
        command = [fuzzing.program, "-merge=1", f"-max_len={MOST}", *LIMITS, merged, given]
        subprocess.run(command, check=True, capture_output=True)
        pack(harness, sorted(merged.iterdir()))


def pack(harness: Harness, inputs: list[Path]) -> None:
    """The same inputs make the same bytes: no times, no owners, one order."""
    harness.archive.parent.mkdir(exist_ok=True)
    with tarfile.open(harness.archive, "w:xz", preset=9, format=tarfile.USTAR_FORMAT) as archive:
        for number, path in enumerate(sorted(inputs, key=lambda each: (each.stat().st_size, each.read_bytes()))):
            content = path.read_bytes()
            entry = tarfile.TarInfo(f"{number:05}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    print(f"{harness.name}: {len(inputs)} inputs, {harness.archive.stat().st_size:,} bytes")
