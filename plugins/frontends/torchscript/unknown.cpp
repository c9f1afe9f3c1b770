#include "unknown.hpp"

#include <algorithm>

namespace alidade::torchscript {
namespace {

struct Unknown final : torch::CustomClassHolder {};

}  // namespace

const c10::IValue& unknown() {
  static const auto only = c10::IValue::make_capsule(c10::make_intrusive<Unknown>());
  return only;
}

bool is_unknown(const c10::IValue& value) { return value.isCapsule() && value.is(unknown()); }

bool holds_unknown(const c10::IValue& value) {
  if (is_unknown(value)) return true;
  if (value.isList()) {
    const auto elements = value.toListRef();
    return std::any_of(elements.begin(), elements.end(), holds_unknown);
  }
  if (!value.isTuple()) return false;
  const auto& elements = value.toTupleRef().elements();
  return std::any_of(elements.begin(), elements.end(), holds_unknown);
}

void each_tensor(const c10::IValue& value, const std::function<void(const at::Tensor&)>& f) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) f(value.toTensor());
  } else if (value.isTuple()) {
    for (const auto& element : value.toTupleRef().elements()) each_tensor(element, f);
  } else if (value.isList()) {
    for (const auto& element : value.toListRef()) each_tensor(element, f);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) each_tensor(entry.value(), f);
  }
}

}  // namespace alidade::torchscript
