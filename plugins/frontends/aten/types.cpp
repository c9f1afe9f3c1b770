#include "types.hpp"

namespace alidade::aten {

Types::Row& Types::row(TypeId id) {
  while (rows_.size() <= id.index) rows_.emplace_back();
  return rows_[id.index];
}

TypeId Types::make(Dtype dtype, std::span<const Dim> dims) {
  const TypeId id = builder_.type(dtype, dims);
  Row& made = row(id);
  if (!made.type.ranked) {
    made.dims.assign(dims.begin(), dims.end());
    made.type = {dtype, true, made.dims};
  }
  return id;
}

TypeId Types::unranked(Dtype dtype) {
  const TypeId id = builder_.unranked(dtype);
  row(id).type = {dtype, false, {}};
  return id;
}

}  // namespace alidade::aten
