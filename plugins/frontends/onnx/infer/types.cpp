#include "types.hpp"

#include <algorithm>
#include <array>

namespace alidade::onnx_file {
namespace {

using enum Dtype;
// By TensorProto.DataType. The fnuz forms differ from the plain ones in no width.
constexpr std::array kDtypes{unknown, f32, u8,  i8,     u16,    i16,  i32,  i64,    text,   boolean,
                             f16,     f64, u32, u64,    c64,    c128, bf16, f8e4m3, f8e4m3, f8e5m2,
                             f8e5m2,  u4,  i4,  f4e2m1, f8e8m0, u2,   i2,   f6e2m3, f6e3m2};

}  // namespace

Dtype dtype_of(std::int64_t elem_type) {
  return elem_type > 0 && elem_type < static_cast<std::int64_t>(kDtypes.size())
             ? kDtypes[static_cast<std::size_t>(elem_type)]
             : unknown;
}

TypeId Types::read(std::string_view type_proto) {
  if (type_proto == last_bytes_ && last_.valid()) return last_;
  const auto [at, added] = read_.try_emplace(type_proto);
  if (added) at->second = decode(type_proto, 0);
  last_bytes_ = type_proto;
  return last_ = at->second;
}

bool Types::is_container(std::string_view type_proto) {
  Damage unheard;
  Cursor c(type_proto, "TypeProto", unheard);
  while (c.next()) {
    if (c.field() == 4 || c.field() == 5 || c.field() == 9) return true;
    c.skip();
  }
  return false;
}

TypeId Types::decode(std::string_view type_proto, int depth) {
  constexpr int kDeepest = 8;
  Cursor c(type_proto, "TypeProto", report());
  TypeId made;
  while (c.next()) {
    if (c.field() == 1 || c.field() == 8)
      made = decode_tensor_type(c.bytes());
    else if ((c.field() == 4 || c.field() == 9) && depth < kDeepest)
      made = decode_container(c.bytes(), depth);
    else
      c.skip();
  }
  return made.valid() ? made : unranked(unknown);
}

/// TypeProto.Sequence and TypeProto.Optional: field 1 is the type of an element.
TypeId Types::decode_container(std::string_view bytes, int depth) {
  Cursor c(bytes, "TypeProto.Sequence", report());
  TypeId made;
  while (c.next()) {
    if (c.field() == 1)
      made = decode(c.bytes(), depth + 1);
    else
      c.skip();
  }
  return made;
}

TypeId Types::decode_tensor_type(std::string_view bytes) {
  Cursor c(bytes, "TypeProto.Tensor", report());
  std::int64_t elem = 0;
  bool ranked = false;
  std::vector<Dim> dims;
  while (c.next()) switch (c.field()) {
      case 1:
        elem = c.integer();
        break;
      case 2:
        ranked = true, dims = decode_shape(c.bytes());
        break;
      default:
        c.skip();
    }
  const Dtype dtype = dtype_of(elem);
  if (dtype == unknown && elem != 0) ++unknown_elem_types[std::to_string(elem)];
  return ranked ? make(dtype, dims) : unranked(dtype);
}

std::int64_t Types::counted(std::int64_t size) {
  if (size < 0) ++negative_dims;
  return size;
}

Dim Types::dimension(std::string_view written) {
  return sizes.dim(input_names ? with_names_quoted(written, *input_names) : std::string(written));
}

std::vector<Dim> Types::decode_shape(std::string_view bytes) {
  std::vector<Dim> dims;
  Cursor shape(bytes, "TensorShapeProto", report());
  while (shape.next()) {
    if (shape.field() != 1) {
      shape.skip();
      continue;
    }
    Dim d;
    Cursor c(shape.bytes(), "Dimension", report());
    while (c.next()) switch (c.field()) {
        case 1:
          d = Dim(counted(c.integer()));
          break;
        case 2:
          d = dimension(c.bytes());
          break;
        default:
          c.skip();
      }
    dims.push_back(d);
  }
  most_dims = std::max(most_dims, dims.size());
  return dims;
}

}  // namespace alidade::onnx_file
