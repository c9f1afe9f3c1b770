#pragma once
#include "libtorch.hpp"

namespace alidade::torchscript {

/// The value with other tensors in its place, or in the list that it is.
template <class Exchange>
c10::IValue with_tensors(const c10::IValue& value, const Exchange& exchange) {
  if (value.isTensor() && value.toTensor().defined()) return exchange(value.toTensor());
  if (!value.isList() || value.isIntList() || value.isDoubleList() || value.isBoolList()) return value;
  c10::impl::GenericList list(value.toList().elementType());
  for (const c10::IValue& element : value.toListRef()) list.push_back(with_tensors(element, exchange));
  return list;
}

inline at::Tensor on_meta(const at::Tensor& t) {
  return at::empty_strided(t.sizes(), t.strides(), t.options().device(at::kMeta));
}

}  // namespace alidade::torchscript
