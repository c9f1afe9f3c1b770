"""Writes model files of any size: a chain of Relu and Add as ONNX, with or without its shapes, without the onnx
package; and one of maximum and add as StableHLO."""

from pathlib import Path

OPSET, IR_VERSION, FLOAT = 20, 9, 1
SHAPE = (1, 64)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(body)) + body


def value_info(field: int, name: bytes) -> bytes:
    dims = [message(1, number(1, size)) for size in SHAPE]
    tensor = message(1, number(1, FLOAT), message(2, *dims))
    return message(field, message(1, name), message(2, tensor))


def node(kind: bytes, made: bytes, inputs: int) -> bytes:
    return message(1, *[message(1, made) for _ in range(inputs)], message(2, made), message(3, b"n" + made[1:]),
                   message(4, kind))


def first_name(count: int) -> bytes:
    """The name of value 0, as long as that of every other: seven digits or more."""
    return b"v" + b"0" * max(7, len(str(count)))


def template(made: bytes, name: bytes) -> bytes:
    """What was made of a name: %-formatting fills its number in, and lengths stay right."""
    return made.replace(b"%", b"%%").replace(name[1:], b"%%0%dd" % (len(name) - 1))


def nodes(count: int, name: bytes) -> list[bytes]:
    """Value i+1 is Relu(value i) or, every second time, Add(value i, value i-1)."""
    relu, add = (template(node(kind, name, inputs), name) for kind, inputs in ((b"Relu", 1), (b"Add", 2)))
    return [relu % (i, i + 1, i) if i % 2 == 0 else add % (i, i - 1, i + 1, i) for i in range(count)]


def values(count: int, name: bytes) -> list[bytes]:
    made = template(value_info(13, name), name)
    return [made % i for i in range(1, count)]


def write_chain(path: Path, count: int, shapes: bool) -> None:
    name = first_name(count)
    last = b"v%0*d" % (len(name) - 1, count)
    graph = message(7, *nodes(count, name), message(2, b"chain"), value_info(11, name), value_info(12, last),
                    *(values(count, name) if shapes else []))
    path.write_bytes(number(1, IR_VERSION) + graph + message(8, number(2, OPSET)))


def write_stablehlo_chain(path: Path, count: int) -> None:
    """Value i+1 is the greater of value i and 0 or, every second time, the sum of value i and value i-1."""
    kind = "tensor<1x64xf32>"
    with path.open("w") as out:
        out.write(f"func.func @main(%0: {kind}) -> {kind} {{\n  %z = stablehlo.constant dense<0.0> : {kind}\n")
        for i in range(count):
            out.write(f"  %{i + 1} = stablehlo.maximum %{i}, %z : {kind}\n" if i % 2 == 0 else
                      f"  %{i + 1} = stablehlo.add %{i}, %{i - 1} : {kind}\n")
        out.write(f"  return %{count} : {kind}\n}}\n")
