#include "alidade/infer/types.hpp"

namespace alidade::infer {

const Bindings& Types::no_bindings() {
  static const Bindings none;
  return none;
}

TypeId Types::keep(TypeId id, Dtype dtype, bool ranked, std::span<const Dim> dims) {
  if (id.index >= rows_.size()) rows_.resize(id.index + 1);
  Row& row = rows_[id.index];
  if (row.type.ranked == ranked && row.type.dtype == dtype && row.dims.size() == dims.size() &&
      (ranked || dtype != Dtype::unknown))
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
  const Dtype dtype = a.dtype == Dtype::unknown ? b.dtype : a.dtype;
  if (!a.ranked) return with_dtype(better, dtype);
  if (!b.ranked || a.rank() != b.rank()) return with_dtype(id, dtype);
  std::vector<Dim> dims(a.dims.begin(), a.dims.end());
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!dims[i].is_known() && (b.dims[i].is_known() || dims[i].is_unknown())) dims[i] = b.dims[i];
  return make(dtype, dims);
}

TypeId Types::common(TypeId a, TypeId b) {
  if (a == b || !a.valid() || !b.valid()) return a.valid() && b.valid() ? a : TypeId();
  const TensorType x = (*this)[a], y = (*this)[b];
  const Dtype dtype = x.dtype == y.dtype ? x.dtype : Dtype::unknown;
  if (!x.ranked || !y.ranked || x.rank() != y.rank()) return unranked(dtype);
  std::vector<Dim> dims(x.dims.begin(), x.dims.end());
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!(dims[i] == y.dims[i])) dims[i] = Dim();
  return make(dtype, dims);
}

bool Types::contradict(TypeId a, TypeId b) const {
  if (!a.valid() || !b.valid() || a == b) return false;
  const TensorType &x = (*this)[a], &y = (*this)[b];
  if (x.dtype != y.dtype && x.dtype != Dtype::unknown && y.dtype != Dtype::unknown) return true;
  if (!x.ranked || !y.ranked) return false;
  if (x.rank() != y.rank()) return true;
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (x.dims[i].is_known() && y.dims[i].is_known() && x.dims[i].size() != y.dims[i].size()) return true;
  return false;
}

bool Types::is_complete(TypeId id) const {
  const TensorType& t = rows_[id.index].type;
  if (!t.ranked || t.dtype == Dtype::unknown) return false;
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
    out += d.is_known() ? std::to_string(d.size()) : d.is_unknown() ? "?" : std::string(sizes.expression(d));
  }
  return out + ']';
}

}  // namespace alidade::infer
