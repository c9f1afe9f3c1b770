"""What a wheel needs of the machine that it is installed on, as auditwheel finds it: `audit.py WHEEL`. A library that
is no part of the wheel, of manylinux, of the packages named here or of torch makes it fail.
"""

import json
import subprocess
import sys

NEWEST = (2, 36)  # Debian 12's glibc, as in manylinux_2_36
PACKAGES = {
    "libfmt9": ["libfmt.so.9"],
    "libprotobuf-lite32": ["libprotobuf-lite.so.32"],
    "coinor-libcbc3 (the placer ilp)": [
        "libCbc.so.3", "libCgl.so.1", "libClp.so.1", "libCoinUtils.so.3", "libOsi.so.1", "libOsiClp.so.1",
        "libblas.so.3", "libbz2.so.1.0", "libgfortran.so.5", "liblapack.so.3", "libquadmath.so.0"],
    "torch (the frontend torchscript)": ["libc10.so", "libtorch.so", "libtorch_cpu.so", "libgomp.so.1"],
}


def audited(wheel: str) -> dict:
    words = [sys.executable, "-m", "auditwheel", "show", "--json", wheel]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    found = audited(sys.argv[1])
    glibc = tuple(map(int, found["sym_tag"].split("_")[1:3]))
    assert found["sym_tag"].startswith("manylinux_") and glibc <= NEWEST, found["sym_tag"]
    assert not found["unsupported_isa"], "made for this machine's processor alone"
    strange = set(found["external_libs"]) - {name for names in PACKAGES.values() for name in names}
    assert not strange, f"the wheel needs {sorted(strange)}, which no package of {list(PACKAGES)} has"
    print(f"  needs: glibc {glibc[0]}.{glibc[1]} or newer, and of the system "
          + ", ".join(package for package, names in PACKAGES.items() if set(names) & set(found["external_libs"])))


main()
