"""Writes ONNX files that are large in other ways than a chain: trees, wide levels, repeated blocks, and weights of
many gigabytes that take no room on disk."""

from pathlib import Path

from chain import FLOAT, IR_VERSION, OPSET, message, number, value_info, varint

EXTERNAL = 1  # TensorProto.data_location


def operator(kind: bytes, made: bytes, *inputs: bytes) -> bytes:
    return message(1, *[message(1, name) for name in inputs], message(2, made), message(4, kind))


def write_graph(path: Path, nodes: list[bytes], last: bytes) -> None:
    graph = message(7, *nodes, message(2, b"graph"), value_info(11, b"x"), value_info(12, last))
    path.write_bytes(number(1, IR_VERSION) + graph + message(8, number(2, OPSET)))


def write_tree(path: Path, count: int) -> None:
    """Half of the nodes read the input, every other one adds two that nobody has added yet."""
    leaves = (count + 1) // 2
    names = [b"t%d" % i for i in range(2 * leaves - 1)]
    nodes = [operator(b"Relu", name, b"x") for name in names[:leaves]]
    nodes += [operator(b"Add", name, *names[2 * i:2 * i + 2]) for i, name in enumerate(names[leaves:])]
    write_graph(path, nodes, names[-1])


def write_wide(path: Path, count: int) -> None:
    """Every node but the last reads the input, and the last one all of them."""
    names = [b"w%d" % i for i in range(count - 1)]
    write_graph(path, [*[operator(b"Relu", name, b"x") for name in names], operator(b"Sum", b"sum", *names)], b"sum")


BLOCK = (b"Relu", b"Sigmoid", b"Tanh", b"Neg", b"Abs", b"Exp", b"Sqrt", b"Add")


def write_blocks(path: Path, count: int) -> None:
    """The same eight operators again and again, each block with a residual around it."""
    nodes, before = [], b"x"
    for i in range(0, count, len(BLOCK)):
        first = before
        for k, kind in enumerate(BLOCK):
            made = b"b%d" % (i + k)
            nodes.append(operator(kind, made, before, *([first] if kind == b"Add" else [])))
            before = made
    write_graph(path, nodes, before)


def head(field: int, size: int) -> bytes:
    return varint(field << 3 | 2) + varint(size)


def layer(index: int, width: int, offset: int | None) -> tuple[bytes, int]:
    """An initializer without its bytes, and how many are to come: none where they lie in another file."""
    size = 4 * width * width
    said = number(1, width) + number(1, width) + number(2, FLOAT) + message(8, b"w%d" % index)
    if offset is None:
        return head(5, len(said) + len(head(9, size)) + size) + said + head(9, size), size
    places = {b"location": b"weights", b"offset": b"%d" % offset, b"length": b"%d" % size}
    said += b"".join(message(13, message(1, key), message(2, value)) for key, value in places.items())
    return message(5, said + number(14, EXTERNAL)), 0


def write_layers(path: Path, layers: int, width: int, inline: bool) -> None:
    """A product with a stored matrix after another. The matrices are holes: zeros that take no room on disk."""
    shape = [message(1, number(1, size)) for size in (1, width)]
    ends = [message(field, message(1, name), message(2, message(1, number(1, FLOAT), message(2, *shape))))
            for field, name in ((11, b"v0"), (12, b"v%d" % layers))]
    body = b"".join([*(operator(b"MatMul", b"v%d" % (i + 1), b"v%d" % i, b"w%d" % i) for i in range(layers)),
                     message(2, b"layers"), *ends])
    stored = [layer(i, width, None if inline else 4 * width * width * i) for i in range(layers)]
    size = len(body) + sum(len(said) + hole for said, hole in stored)
    with path.open("wb") as out:
        out.write(number(1, IR_VERSION) + message(8, number(2, OPSET)) + head(7, size) + body)
        for said, hole in stored:
            out.write(said)
            out.seek(hole, 1)
        out.truncate()
    if not inline:
        with (path.parent / "weights").open("wb") as weights:
            weights.truncate(4 * width * width * layers)
