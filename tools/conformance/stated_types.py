"""Types as the program writes them, f32[2,"n",?], beside those of ONNX."""

import dataclasses
import re

import onnx
from onnx import TensorProto

NAMES = {
    TensorProto.FLOAT: "f32", TensorProto.UINT8: "u8", TensorProto.INT8: "i8", TensorProto.UINT16: "u16",
    TensorProto.INT16: "i16", TensorProto.INT32: "i32", TensorProto.INT64: "i64", TensorProto.STRING: "text",
    TensorProto.BOOL: "bool", TensorProto.FLOAT16: "f16", TensorProto.DOUBLE: "f64", TensorProto.UINT32: "u32",
    TensorProto.UINT64: "u64", TensorProto.COMPLEX64: "c64", TensorProto.COMPLEX128: "c128",
    TensorProto.BFLOAT16: "bf16", TensorProto.FLOAT8E4M3FN: "f8e4m3", TensorProto.FLOAT8E4M3FNUZ: "f8e4m3",
    TensorProto.FLOAT8E5M2: "f8e5m2", TensorProto.FLOAT8E5M2FNUZ: "f8e5m2", TensorProto.UINT4: "u4",
    TensorProto.INT4: "i4", TensorProto.FLOAT4E2M1: "f4e2m1",
    TensorProto.FLOAT6E2M3: "f6e2m3", TensorProto.FLOAT6E3M2: "f6e3m2", TensorProto.FLOAT8E8M0: "f8e8m0",
    TensorProto.UINT2: "u2", TensorProto.INT2: "i2",
}


@dataclasses.dataclass
class Type:
    """A tensor's element type and sizes; no sizes where the rank is unknown, None for a size that is no number.

    `of_many`: of the elements of a sequence, which share only what is known here.
    """

    dtype: str
    sizes: list[int | None] | None
    of_many: bool = False

    def __str__(self) -> str:
        sizes = ["*"] if self.sizes is None else ["?" if size is None else str(size) for size in self.sizes]
        return f"{self.dtype}[{','.join(sizes)}]"

    def known(self) -> bool:
        return self.dtype != "?" and self.sizes is not None and None not in self.sizes


def parsed(text: str) -> Type:
    found = re.fullmatch(r"([a-z0-9]+|\?)\[(.*)\]", text, re.DOTALL)
    if not found:
        raise ValueError(f"not a type: {text}")
    dtype, inside = found.groups()
    if inside == "*":
        return Type(dtype, None)
    sizes = re.findall(r'"(?:[^"\\]|\\.)*"|[^,]+', inside)
    return Type(dtype, [int(size) if size.isdigit() else None for size in sizes])


def agree(stated: Type, real: Type) -> bool:
    """Nothing that is stated is wrong."""
    if stated.dtype not in ("?", real.dtype):
        return False
    if stated.sizes is None or real.sizes is None:
        return stated.sizes is None
    return len(stated.sizes) == len(real.sizes) and all(
        a is None or a == b for a, b in zip(stated.sizes, real.sizes, strict=True))


def of_tensor(type_proto: onnx.TypeProto) -> int:
    """The element type of a tensor, or of what a sequence or an optional holds."""
    kind = type_proto.WhichOneof("value")
    if kind == "tensor_type":
        return type_proto.tensor_type.elem_type
    if kind in ("sequence_type", "optional_type"):
        return of_tensor(getattr(type_proto, kind).elem_type)
    return TensorProto.UNDEFINED


def of_numpy(dtype) -> str:
    if dtype.kind in "OUS":
        return "text"
    return NAMES[onnx.helper.np_dtype_to_tensor_dtype(dtype)]
