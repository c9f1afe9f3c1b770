#include "operator_arguments.hpp"

#include <algorithm>

namespace alidade::torchscript {

using c10::IValue;

Dim times(Dim a, std::int64_t b) {
  std::int64_t product = 0;
  const bool fits = a.is_known() && !__builtin_mul_overflow(a.size(), b, &product);
  return fits ? Dim(product) : Dim();
}

const IValue* OperatorArguments::find(std::string_view name) const {
  if (tensors_)
    for (const auto& input : inputs_)
      if (const auto* part = tensors_->part(input, name)) return part;
  const auto& formal = schema_.arguments();
  for (std::size_t i = 0; i < formal.size() && i < inputs_.size(); ++i)
    if (formal[i].name() == name) return &inputs_[i];
  return nullptr;
}

Dims OperatorArguments::sizes_of(const IValue& value) const {
  if (!value.isTensor() || !value.toTensor().defined()) return std::nullopt;
  if (tensors_) return tensors_->dims(value.toTensor());
  std::vector<Dim> dims;
  for (const auto size : value.toTensor().sizes()) dims.emplace_back(size);
  return dims;
}

namespace {

/// One number of a list that has one for each spatial dimension, or one for all.
std::int64_t entry(const IValue* list, std::size_t i, std::int64_t otherwise) {
  if (!list || !list->isList() || list->toListRef().empty()) return otherwise;
  const auto numbers = list->toListRef();
  const IValue& n = numbers[std::min(i, numbers.size() - 1)];
  return n.isInt() ? n.toInt() : otherwise;
}

/// The size along one spatial dimension of a convolution's result.
Dim convolved(const OperatorArguments& g, std::size_t i, Dim size, Dim taps) {
  const auto stride = entry(g.find("stride"), i, 1), dilation = entry(g.find("dilation"), i, 1),
             pad = entry(g.find("padding"), i, 0), more = entry(g.find("output_padding"), i, 0);
  if (!size.is_known() || !taps.is_known() || stride <= 0) return {};
  const auto reach = dilation * (taps.size() - 1);
  return g.flag("transposed") ? Dim((size.size() - 1) * stride - 2 * pad + reach + more + 1)
                              : Dim((size.size() + 2 * pad - reach - 1) / stride + 1);
}

}  // namespace

Shapes same_shape(const OperatorArguments& g) { return {g.first()}; }

/// What every convolution comes down to: batched, its arguments checked.
Shapes convolution_shape(const OperatorArguments& g) {
  const auto x = g.first(), weight = g.dims("weight");
  if (!x || !weight || x->size() < 3 || x->size() != weight->size()) return {std::nullopt};
  std::vector<Dim> made{
      (*x)[0], g.flag("transposed") ? times((*weight)[1], g.number("groups").value_or(1)) : (*weight)[0]};
  for (std::size_t i = 2; i < x->size(); ++i) made.push_back(convolved(g, i - 2, (*x)[i], (*weight)[i]));
  return {made};
}

/// Joined along one dimension: its sizes add up where all are known.
Shapes joined_shape(const OperatorArguments& g) {
  const auto* parts = g.find("tensors") ? g.find("tensors") : g.find("qx");
  Dims made;
  if (!parts || !parts->isList()) return {std::nullopt};
  for (const IValue& part : parts->toListRef()) {
    const auto sizes = g.sizes_of(part);
    if (!sizes || (made && made->size() != sizes->size())) return {std::nullopt};
    if (!made) {
      made = sizes;
      continue;
    }
    const auto dim = g.number("dim").value_or(0);
    const auto along = dim < 0 ? dim + static_cast<std::int64_t>(sizes->size()) : dim;
    for (std::size_t i = 0; i < sizes->size(); ++i) {
      auto& size = (*made)[i];
      const bool both = size.is_known() && (*sizes)[i].is_known();
      if (static_cast<std::int64_t>(i) == along)
        size = both ? Dim(size.size() + (*sizes)[i].size()) : Dim();
      else if (!size.is_known())
        size = (*sizes)[i];
    }
  }
  return {made};
}

/// The result has the last hidden state of both directions at each step; the states keep their shapes.
Shapes recurrent_shapes(const OperatorArguments& g) {
  auto x = g.dims("input");
  const auto* hx = g.find("hx");
  Shapes states;
  if (hx && hx->isList())
    for (const IValue& state : hx->toListRef()) states.push_back(g.sizes_of(state));
  else if (hx)
    states.push_back(g.sizes_of(*hx));
  if (states.empty() || !states[0] || states[0]->empty() || !x || x->empty()) return {};
  x->back() = times(states[0]->back(), g.flag("bidirectional") ? 2 : 1);
  states.insert(states.begin(), x);
  return states;
}

}  // namespace alidade::torchscript
