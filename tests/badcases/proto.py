"""Bytes of ONNX, field by field, wrong ones too: no schema stands in the way."""

RELU = "Relu"


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, contents: bytes | str) -> bytes:
    raw = contents.encode() if isinstance(contents, str) else contents
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def ints(name: str, values: list[int]) -> bytes:
    return part(1, name) + b"".join(number(8, v) for v in values) + number(20, 7)


def integer(name: str, value: int) -> bytes:
    return part(1, name) + number(3, value) + number(20, 2)


def string(name: str, value: bytes) -> bytes:
    return part(1, name) + part(4, value) + number(20, 3)


def subgraph(name: str, graph: bytes) -> bytes:
    return part(1, name) + part(6, graph) + number(20, 5)


def node(
    op: str, reads: list[str], makes: list[str], name: str | bytes = "", *attributes: bytes, domain: str = ""
) -> bytes:
    out = b"".join(part(1, r) for r in reads) + b"".join(part(2, m) for m in makes)
    out += part(3, name) if name else b""
    out += part(4, op) + b"".join(part(5, a) for a in attributes)
    return out + (part(7, domain) if domain else b"")


def relu(reads: str = "x", makes: str = "y", name: str | bytes = "") -> bytes:
    return node(RELU, [reads], [makes], name)


def tensor(name: str, dims: list[int], kind: int = 1, *more: bytes) -> bytes:
    return b"".join(number(1, d) for d in dims) + number(2, kind) + part(8, name) + b"".join(more)


def external(name: str, dims: list[int], **entries: str | bytes) -> bytes:
    """A tensor whose bytes lie in another file."""
    more = [part(13, part(1, key) + part(2, value)) for key, value in entries.items()]
    return tensor(name, dims, 1, *more, number(14, 1))


def value(name: str, dims: list[int | str], kind: int = 1) -> bytes:
    shape = b"".join(part(1, part(2, d) if isinstance(d, str) else number(1, d)) for d in dims)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, shape)))


IMAGE = [1, 3, 8, 8]


def graph(nodes: list[bytes], weights: list[bytes] = [], output: str = "y", inputs: list[bytes] | None = None) -> bytes:  # noqa: B006
    body = b"".join(part(1, n) for n in nodes) + part(2, "g") + b"".join(part(5, w) for w in weights)
    body += b"".join(part(11, i) for i in ([value("x", IMAGE)] if inputs is None else inputs))
    return body + part(12, part(1, output))


def opset(version: int, domain: str = "") -> bytes:
    return part(8, part(1, domain) + number(2, version))


def model(body: bytes, *more: bytes, version: int = 18) -> bytes:
    return number(1, 8) + part(7, body) + opset(version) + b"".join(more)


def function(name: str, nodes: list[bytes]) -> bytes:
    imports = part(9, part(1, "") + number(2, 18)) + part(9, part(1, "f") + number(2, 1))
    return part(
        25, part(1, name) + part(4, "a") + part(5, "b") + b"".join(part(7, n) for n in nodes) + imports + part(10, "f")
    )


def call(name: str, reads: str, makes: str) -> bytes:
    return node(name, [reads], [makes], domain="f")


def conv(*attributes: bytes) -> bytes:
    return model(graph([node("Conv", ["x", "w"], ["y"], "c", *attributes)], [tensor("w", [4, 3, 3, 3])]))
