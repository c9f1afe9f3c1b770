#include "types.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace alidade::onnx_file {
namespace {

using enum Dtype;
// By TensorProto.DataType. The fnuz forms differ from the plain ones in no width; 6-bit floats have no type
// here.
constexpr std::array kDtypes{unknown, f32,    u8,     i8,  u16, i16,    i32,    i64,  text,
                             boolean, f16,    f64,    u32, u64, c64,    c128,   bf16, f8e4m3,
                             f8e4m3,  f8e5m2, f8e5m2, u4,  i4,  f4e2m1, f8e8m0, u2,   i2};

}  // namespace

Dtype dtype_of(std::int64_t elem_type) {
  return elem_type > 0 && elem_type < static_cast<std::int64_t>(kDtypes.size())
             ? kDtypes[static_cast<std::size_t>(elem_type)]
             : unknown;
}

std::int32_t elem_type_of(Dtype dtype) {
  for (std::size_t i = 1; i < kDtypes.size(); ++i)
    if (kDtypes[i] == dtype) return static_cast<std::int32_t>(i);
  return 0;
}

Dim Types::bound(std::string_view expression) {
  if (!bindings_.empty()) {
    if (const auto found = bindings_.find(expression); found != bindings_.end()) return Dim(found->second);
    if (const auto value = evaluate(expression, bindings_); value && *value && **value >= 0)
      return Dim(**value);
  }
  const Dim made = builder_.dim(expression);
  if (made.is_symbolic() && made.symbol().index >= symbols_.size()) symbols_.resize(made.symbol().index + 1);
  if (made.is_symbolic()) symbols_[made.symbol().index] = expression;
  return made;
}

std::string Types::factor(Dim symbolic) const {
  const auto name = expression(symbolic);
  const bool plain = std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; });
  return plain ? std::string(name) : "(" + std::string(name) + ")";
}

Dim Types::dim(std::string_view expression) {
  const auto [at, added] = dims_.try_emplace(std::string(expression));
  if (added) at->second = bound(expression);
  return at->second;
}

TypeId Types::keep(TypeId id, Dtype dtype, bool ranked, std::span<const Dim> dims) {
  if (id.index >= rows_.size()) rows_.resize(id.index + 1);
  Row& row = rows_[id.index];
  if (row.type.ranked == ranked && row.type.dtype == dtype && row.dims.size() == dims.size() &&
      (ranked || dtype != unknown))
    return id;
  row.dims.assign(dims.begin(), dims.end());
  row.type = {dtype, ranked, row.dims};
  return id;
}
TypeId Types::make(Dtype dtype, std::span<const Dim> dims) {
  return keep(builder_.type(dtype, dims), dtype, true, dims);
}
TypeId Types::unranked(Dtype dtype) { return keep(builder_.unranked(dtype), dtype, false, {}); }

TypeId Types::with_dtype(TypeId like, Dtype dtype) {
  const TensorType t = (*this)[like];
  return t.ranked ? make(dtype, t.dims) : unranked(dtype);
}

TypeId Types::merged(TypeId id, TypeId better) {
  if (!id.valid() || !better.valid() || id == better) return id.valid() ? id : better;
  const TensorType a = (*this)[id], b = (*this)[better];
  const Dtype dtype = a.dtype == unknown ? b.dtype : a.dtype;
  if (!a.ranked) return with_dtype(better, dtype);
  if (!b.ranked || a.rank() != b.rank()) return with_dtype(id, dtype);
  std::vector<Dim> dims(a.dims.begin(), a.dims.end());
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!dims[i].is_known() && (b.dims[i].is_known() || dims[i].is_unknown())) dims[i] = b.dims[i];
  return make(dtype, dims);
}

TypeId Types::common(TypeId a, TypeId b) {
  const TensorType x = (*this)[a], y = (*this)[b];
  if (a == b) return a;
  if (!x.ranked || !y.ranked || x.rank() != y.rank()) return unranked(x.dtype == y.dtype ? x.dtype : unknown);
  std::vector<Dim> dims(x.dims.begin(), x.dims.end());
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!(dims[i] == y.dims[i])) dims[i] = Dim();
  return make(x.dtype, dims);
}

bool Types::is_complete(TypeId id) const {
  const TensorType& t = rows_[id.index].type;
  if (!t.ranked || t.dtype == unknown) return false;
  for (const Dim d : t.dims)
    if (d.is_unknown()) return false;
  return true;
}

std::string Types::text(TypeId id) const {
  const TensorType& t = rows_[id.index].type;
  std::string out(name(t.dtype));
  if (!t.ranked) return out + "[*]";
  out += '[';
  for (std::size_t i = 0; i < t.rank(); ++i) {
    if (i > 0) out += ',';
    const Dim d = t.dims[i];
    out += d.is_known() ? std::to_string(d.size()) : d.is_unknown() ? "?" : std::string(expression(d));
  }
  return out + ']';
}

TypeId Types::read(std::string_view type_proto) {
  if (type_proto == last_bytes_ && last_.valid()) return last_;
  const auto [at, added] = read_.try_emplace(type_proto);
  if (added) at->second = decode(type_proto);
  last_bytes_ = type_proto;
  return last_ = at->second;
}

/// Sequences, maps and optionals have no shape of their own: unranked.
TypeId Types::decode(std::string_view type_proto) {
  Cursor c(type_proto, "TypeProto", report());
  TypeId made;
  while (c.next()) {
    if (c.field() == 1 || c.field() == 8)
      made = decode_tensor_type(c.bytes());
    else
      c.skip();
  }
  return made.valid() ? made : unranked(unknown);
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
          d = dim(c.bytes());
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
