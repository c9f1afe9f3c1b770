"""Bytes that are no ONNX, and files that are too much of it."""

from pathlib import Path

from case import Case, Held, Row, Table, sparse
from proto import graph, model, node, number, opset, part, relu, string, tensor, varint

PROFILE = "profile m.onnx"


def bad(number_: str, title: str, contents, exit_: int = 3, **more) -> Case:
    return Case(number_, title, PROFILE, exit_, {"m.onnx": contents}, **{"place": "m.onnx", **more} if exit_ else more)


def chain(length: int) -> bytes:
    names = ["x", *(f"v{i}" for i in range(1, length)), "y"]
    return model(graph([relu(a, b) for a, b in zip(names, names[1:], strict=False)]))


def heavy(folder: Path) -> None:
    """A weight of 1.9 GB, which is a hole in the file: protobuf has fields in any order, so it comes last."""
    size = 1_900_000_000
    facts = tensor("w", [size // 4])
    raw = varint(9 << 3 | 2) + varint(size)
    stored = varint(5 << 3 | 2) + varint(len(facts) + len(raw) + size) + facts + raw
    rest = graph([relu()])
    head = number(1, 8) + opset(18) + varint(7 << 3 | 2) + varint(len(rest) + len(stored) + size) + rest + stored
    sparse("m.onnx", len(head) + size, head)(folder)


HOSTILE = "a\x00b\nc\x1b[31md\u202ee".encode() + b"\xff\xfe"

ROWS: list[Row] = [
    bad(
        "1", "an empty file", b"", found="empty (0 bytes)", expected="expected an ONNX model", fix="check the download"
    ),
    bad(
        "2",
        "a pointer of Git LFS",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        found="a Git LFS pointer (sha256:4d7a2146)",
        expected="not the model it stands for",
        fix="git lfs pull",
    ),
    bad(
        "2a",
        "a page of a web server",
        b"<!DOCTYPE html>\n<html></html>",
        found="an HTML page",
        expected="only binary ONNX is read",
        fix="check the download",
    ),
    bad(
        "2b",
        "random bytes",
        bytes((i * 7919 + 13) % 251 for i in range(4096)),
        found="damaged",
        fix="export the model again",
    ),
    Held("3", "a file cut at every byte", "onnx/a file cut short is refused at every byte", "3, at each of them"),
    bad(
        "3a",
        "a file cut in the middle",
        model(graph([relu()] * 9))[:100],
        found="bytes and",
        expected="are left",
        fix="get the file again",
    ),
    bad(
        "4",
        "fields that ONNX does not have",
        model(graph([relu()])) + part(50, "future"),
        0,
        says=("9 bytes in fields that ONNX does not define were skipped",),
    ),
    Case(
        "5",
        "a file of more than 2 GiB",
        PROFILE,
        3,
        prepare=sparse("m.onnx", 2_500_000_000, model(graph([relu()]))),
        place="m.onnx",
        found="2.3 GiB",
        expected="limited to 2 GiB",
        fix="save_as_external_data=True",
    ),
    Case("6", "1.9 GB of weights in the file", PROFILE, 0, prepare=heavy, memory_mb=200, says=("1.90 GB stored",)),
    Case(
        "6a",
        "a file that is larger than is allowed",
        PROFILE + " --set limits.max_file_mib=1811",
        7,
        prepare=heavy,
        memory_mb=100,
        place="m.onnx",
        found="the file has 1,900,000,",
        expected="allowed 1,811 MiB",
        fix="raise limits.max_file_mib",
    ),
    Case(
        "29",
        "a name of control bytes, in every line that shows it",
        "profile m.onnx --verbose",
        0,
        {"m.onnx": model(graph([node("Relu", ["x"], ["y"], HOSTILE)]))},
        says=(r"\x1b[31m",),
    ),
    bad(
        "29a",
        "a name of 10 MB",
        lambda: model(graph([relu(name="n" * 10_000_000)])),
        7,
        memory_mb=400,
        found="has 10,000,000 bytes",
        expected="allowed 65,536",
        fix="raise limits.max_name_bytes",
    ),
    Case(
        "29b",
        "a name of 10 MB where it is allowed",
        PROFILE + " --set limits.max_name_bytes=10000000",
        0,
        {"m.onnx": lambda: model(graph([relu(name="n" * 10_000_000)]))},
        memory_mb=400,
    ),
    bad(
        "30",
        "a string of 100 MB among the attributes",
        lambda: model(graph([node("Relu", ["x"], ["y"], "r", string("note", b"s" * 100_000_000))])),
        0,
        memory_mb=400,
    ),
    bad("31", "a chain of 200,000 nodes", lambda: chain(200_000), 0),
    bad("32", "an operator of 200,000 operands", lambda: model(graph([node("Sum", ["x"] * 200_000, ["y"])])), 0),
    bad(
        "33",
        "ONNX as text",
        b"ir_version: 8\ngraph {\n}\n",
        found="ONNX in protobuf's text form",
        expected="only binary ONNX is read",
        fix="writes the binary form",
    ),
    bad(
        "33a",
        "ONNX as JSON",
        b'{"irVersion": "8"}',
        found="JSON",
        expected="only binary ONNX is read",
        fix="writes the binary form",
    ),
]

TABLE = Table("ONNX: files", ROWS)
