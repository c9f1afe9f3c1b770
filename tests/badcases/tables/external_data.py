"""ONNX whose weights lie in other files: sizes are all that is taken of them, so no other file is opened."""

import os
from pathlib import Path

from case import Case, Row, Table
from proto import external, graph, model, node, tensor

DIMS = [4, 3, 3, 3]


def conv(weight: bytes) -> bytes:
    return model(graph([node("Conv", ["x", "w"], ["y"], "c")], [weight]))


def beside(number: str, title: str, entries: dict, prepare=None, **more) -> Case:
    """The weight's 108 values are counted, whatever the entries say, and nothing is read that could hang or tell."""
    return Case(
        number,
        title,
        "profile m.onnx",
        0,
        {"m.onnx": conv(external("w", DIMS, **entries))},
        prepare=prepare,
        says=("Parameters:           108",),
        seconds=5,
        **more,
    )


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "w.bin")


def link_out(folder: Path) -> None:
    (folder / "w.bin").symlink_to("/etc/passwd")


def linked_folder(folder: Path) -> None:
    (folder / "d").symlink_to("/etc")


def hard_link(folder: Path) -> None:
    (folder.parent / "tmp" / "secret").write_bytes(b"secret")
    os.link(folder.parent / "tmp" / "secret", folder / "w.bin")
    (folder.parent / "tmp" / "secret").unlink()


def locked(folder: Path) -> None:
    (folder / "w.bin").write_bytes(b"x")
    (folder / "w.bin").chmod(0)


def blobs(folder: Path) -> None:
    (folder / "blobs").mkdir()
    (folder / "blobs/sha").write_bytes(b"\0" * 432)
    (folder / "w.bin").symlink_to("blobs/sha")


def many_files() -> bytes:
    weights = [external(f"w{i}", [1], location=f"w{i}.bin") for i in range(10_000)]
    return model(graph([node("Sum", ["x", *(f"w{i}" for i in range(10_000))], ["y"])], weights))


ROWS: list[Row] = [
    beside("35", "a place above the model's folder", {"location": "../../../../etc/passwd"}),
    beside("36", "an absolute place", {"location": "/etc/passwd"}),
    beside("37", "a link out of the folder", {"location": "w.bin"}, link_out),
    beside("38", "a folder that is a link", {"location": "d/passwd"}, linked_folder),
    beside("39", "a second name of a file elsewhere", {"location": "w.bin"}, hard_link),
    beside("40", "a file of the kernel's", {"location": "/proc/self/environ"}),
    beside("41", "a link within the folder, as caches of models have them", {"location": "w.bin"}, blobs),
    beside("42", "a pipe that nobody writes", {"location": "w.bin"}, pipe),
    beside("42a", "a device", {"location": "/dev/zero"}),
    beside("42b", "the folder itself", {"location": "."}),
    beside("43", "a place with a byte 0 in it", {"location": b"w.bin\0x"}),
    beside("43a", "no place", {"location": ""}),
    beside("43b", "a place of 5,000 characters", {"location": "d/" * 2500}),
    beside("44", "a file that is not there", {"location": "w.bin"}),
    beside("45", "an offset below nought", {"location": "w.bin", "offset": "-1"}),
    beside("45a", "an offset that is no number", {"location": "w.bin", "offset": "1e30"}),
    beside("46", "an end that wraps around", {"location": "w.bin", "offset": "18446744073709551615", "length": "2"}),
    beside("47", "a length of 2^50 bytes", {"location": "w.bin", "length": str(1 << 50)}),
    beside("48", "a length that does not fill the sizes", {"location": "w.bin", "length": "7"}),
    Case(
        "49",
        "two tensors in the same bytes",
        "profile m.onnx",
        0,
        {
            "m.onnx": model(
                graph(
                    [node("Conv", ["x", "w"], ["a"]), node("Conv", ["x", "v"], ["b"]), node("Add", ["a", "b"], ["y"])],
                    [external("w", DIMS, location="w.bin"), external("v", DIMS, location="w.bin")],
                )
            )
        },
        says=("Parameters:           216",),
    ),
    beside("50", "entries that ONNX does not define", {"location": "w.bin", "colour": "red"}),
    beside("51", "a file that may not be read", {"location": "w.bin"}, locked),
    Case(
        "52",
        "10,000 files",
        "profile m.onnx",
        0,
        {"m.onnx": many_files},
        says=("Weights:              40.0 kB stored",),
    ),
    Case(
        "52a",
        "weights that are left out, beside some that are there",
        "profile m.onnx",
        0,
        {
            "m.onnx": model(
                graph([node("Conv", ["x", "w", "b"], ["y"])], [external("w", DIMS, location="w.bin"), tensor("b", [4])])
            )
        },
        says=("Parameters:           112",),
    ),
]

TABLE = Table("Weights in other files", ROWS)
