#include "shape_rules.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;
using Dims = std::optional<std::vector<Dim>>;

Dim times(Dim a, std::int64_t b) {
  std::int64_t product = 0;
  const bool fits = a.is_known() && !__builtin_mul_overflow(a.size(), b, &product);
  return fits ? Dim(product) : Dim();
}

/// What an operator was given, by the names of its schema.
class Given {
 public:
  Given(const c10::FunctionSchema& schema, c10::ArrayRef<IValue> inputs, const Tensors* tensors)
      : schema_(schema), inputs_(inputs), tensors_(tensors) {}

  [[nodiscard]] const IValue* find(std::string_view name) const {
    const auto& formal = schema_.arguments();
    for (std::size_t i = 0; i < formal.size() && i < inputs_.size(); ++i)
      if (formal[i].name() == name) return &inputs_[i];
    return nullptr;
  }
  [[nodiscard]] Dims sizes_of(const IValue& value) const {
    if (!value.isTensor() || !value.toTensor().defined()) return std::nullopt;
    if (tensors_) return tensors_->dims(value.toTensor());
    std::vector<Dim> dims;
    for (const auto size : value.toTensor().sizes()) dims.emplace_back(size);
    return dims;
  }
  [[nodiscard]] Dims dims(std::string_view name) const {
    const auto* value = find(name);
    return value ? sizes_of(*value) : std::nullopt;
  }
  [[nodiscard]] Dims first() const { return inputs_.empty() ? std::nullopt : sizes_of(inputs_[0]); }
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const {
    const auto* value = find(name);
    return value && value->isInt() ? std::optional(value->toInt()) : std::nullopt;
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    const auto* value = find(name);
    return value && value->isBool() && value->toBool();
  }

 private:
  const c10::FunctionSchema& schema_;
  c10::ArrayRef<IValue> inputs_;
  const Tensors* tensors_;
};

using Shapes = std::vector<Dims>;

Shapes same(const Given& g) { return {g.first()}; }
Shapes one_unknown(const Given&) { return {std::vector{Dim()}}; }

/// One number of a list that has one for each spatial dimension, or one for all.
std::int64_t entry(const IValue* list, std::size_t i, std::int64_t otherwise) {
  if (!list || !list->isList() || list->toListRef().empty()) return otherwise;
  const auto numbers = list->toListRef();
  const IValue& n = numbers[std::min(i, numbers.size() - 1)];
  return n.isInt() ? n.toInt() : otherwise;
}

/// The size along one spatial dimension of a convolution's result.
Dim convolved(const Given& g, std::size_t i, Dim size, Dim taps) {
  const auto stride = entry(g.find("stride"), i, 1), dilation = entry(g.find("dilation"), i, 1),
             pad = entry(g.find("padding"), i, 0), more = entry(g.find("output_padding"), i, 0);
  if (!size.is_known() || !taps.is_known() || stride <= 0) return {};
  const auto reach = dilation * (taps.size() - 1);
  return g.flag("transposed") ? Dim((size.size() - 1) * stride - 2 * pad + reach + more + 1)
                              : Dim((size.size() + 2 * pad - reach - 1) / stride + 1);
}

/// What every convolution comes down to: batched, its arguments checked.
Shapes convolution(const Given& g) {
  const auto x = g.dims("input"), weight = g.dims("weight");
  if (!x || !weight || x->size() < 3 || x->size() != weight->size()) return {std::nullopt};
  std::vector<Dim> made{
      (*x)[0], g.flag("transposed") ? times((*weight)[1], g.number("groups").value_or(1)) : (*weight)[0]};
  for (std::size_t i = 2; i < x->size(); ++i) made.push_back(convolved(g, i - 2, (*x)[i], (*weight)[i]));
  return {made};
}

/// The normalised tensor, and two statistics of each part of it.
Shapes layer_norm(const Given& g) {
  const auto x = g.first();
  const auto* normalized = g.find("normalized_shape");
  if (!x || !normalized || !normalized->isList() || normalized->toListRef().size() > x->size()) return {};
  auto statistics = *x;
  std::fill(statistics.end() - static_cast<std::ptrdiff_t>(normalized->toListRef().size()), statistics.end(),
            Dim(1));
  return {x, statistics, statistics};
}
/// In evaluation there are no statistics of the batch.
Shapes batch_norm(const Given& g) {
  const std::vector none{Dim(0)};
  return {g.first(), none, none};
}
Shapes group_norm(const Given& g) {
  const std::vector statistics{Dim(g.number("N").value_or(-1)), Dim(g.number("group").value_or(-1))};
  return {g.first(), statistics, statistics};
}

Shapes attention(const Given& g) {
  auto query = g.dims("query");
  const auto value = g.dims("value");
  if (!query || !value || query->empty() || value->empty()) return {std::nullopt};
  query->back() = value->back();
  return {query};
}

/// One row for each element that is not zero, one column for each dimension.
Shapes places(const Given& g) {
  const auto x = g.first();
  return {std::vector{Dim(), x ? Dim(static_cast<std::int64_t>(x->size())) : Dim()}};
}

/// x[mask]: the dimensions of the mask become one, as long as its truths are many.
Shapes indexed(const Given& g) {
  const auto x = g.first();
  const auto* indices = g.find("indices");
  if (!x || !indices || !indices->isList()) return {std::nullopt};
  std::vector<Dim> made;
  std::size_t at = 0, tensors = 0;
  for (const IValue& index : indices->toListRef()) {
    const auto mask = g.sizes_of(index);
    if (!index.isTensor() || !index.toTensor().defined()) {
      if (at < x->size()) made.push_back((*x)[at++]);
      continue;
    }
    if (!mask || index.toTensor().scalar_type() != at::kBool || ++tensors > 1) return {std::nullopt};
    made.emplace_back();
    at += mask->size();
  }
  if (at > x->size()) return {std::nullopt};
  made.insert(made.end(), x->begin() + static_cast<std::ptrdiff_t>(at), x->end());
  return {made};
}

/// Joined along one dimension: its sizes add up where all are known.
Shapes joined(const Given& g) {
  const auto* parts = g.find("tensors");
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

Shapes sampled(const Given& g) {
  const auto x = g.dims("input"), grid = g.dims("grid");
  if (!x || !grid || x->size() < 3 || grid->size() != x->size()) return {std::nullopt};
  std::vector<Dim> made{(*x)[0], (*x)[1]};
  made.insert(made.end(), grid->begin() + 1, grid->end() - 1);
  return {made};
}

Shapes regions(const Given& g) {
  const auto x = g.dims("input"), rois = g.dims("rois");
  const auto height = g.number("pooled_height"), width = g.number("pooled_width");
  if (!x || !rois || x->size() != 4 || rois->empty() || !height || !width) return {std::nullopt};
  return {std::vector{(*rois)[0], (*x)[1], Dim(*height), Dim(*width)}};
}

/// The offsets have a place for each place of the result.
Shapes deformed(const Given& g) {
  const auto weight = g.dims("weight"), offset = g.dims("offset");
  if (!weight || !offset || weight->empty() || offset->size() != 4) return {std::nullopt};
  return {std::vector{(*offset)[0], (*weight)[0], (*offset)[2], (*offset)[3]}};
}

Shapes shuffled(const Given& g) {
  auto x = g.first();
  const auto factor = g.number("upscale_factor");
  if (!x || x->size() < 3 || !factor || *factor <= 0) return {std::nullopt};
  auto& channels = (*x)[x->size() - 3];
  channels = channels.is_known() ? Dim(channels.size() / (*factor * *factor)) : Dim();
  for (const auto back : {1, 2}) (*x)[x->size() - back] = times((*x)[x->size() - back], *factor);
  return {x};
}

Shapes unshuffled(const Given& g) {
  auto x = g.first();
  const auto factor = g.number("downscale_factor");
  if (!x || x->size() < 3 || !factor || *factor <= 0) return {std::nullopt};
  (*x)[x->size() - 3] = times((*x)[x->size() - 3], *factor * *factor);
  for (const auto back : {1, 2}) {
    auto& size = (*x)[x->size() - back];
    size = size.is_known() ? Dim(size.size() / *factor) : Dim();
  }
  return {x};
}

/// The result has the last hidden state of both directions at each step; the states keep their shapes.
Shapes recurrent(const Given& g) {
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

using Rule = Shapes (*)(const Given&);
const std::map<std::string_view, Rule> kRules{
    {"aten::convolution_overrideable", &convolution},
    {"aten::native_layer_norm", &layer_norm},
    {"aten::native_batch_norm", &batch_norm},
    {"aten::native_group_norm", &group_norm},
    {"aten::roll", &same},
    {"aten::_weight_norm", &same},
    {"aten::flip", &same},
    {"aten::instance_norm", &same},
    {"aten::channel_shuffle", &same},
    {"aten::native_channel_shuffle", &same},
    {"aten::bernoulli", &same},
    {"aten::scaled_dot_product_attention", &attention},
    {"aten::nonzero", &places},
    {"aten::argwhere", &places},
    {"aten::masked_select", &one_unknown},
    {"aten::index", &indexed},
    {"aten::cat", &joined},
    {"aten::grid_sampler", &sampled},
    {"aten::pixel_shuffle", &shuffled},
    {"aten::pixel_unshuffle", &unshuffled},
    {"aten::lstm", &recurrent},
    {"aten::gru", &recurrent},
    {"aten::rnn_tanh", &recurrent},
    {"aten::rnn_relu", &recurrent},
    {"torchvision::nms", &one_unknown},
    {"torchvision::roi_align", &regions},
    {"torchvision::deform_conv2d", &deformed},
};

}  // namespace

c10::ScalarType ruled_type(const c10::FunctionSchema& schema, c10::ArrayRef<IValue> inputs) {
  static const std::set<std::string_view> kPlaces{"aten::nonzero", "aten::argwhere", "aten::argmax",
                                                  "aten::argmin",  "aten::argsort",  "torchvision::nms"},
      kTruths{"aten::eq", "aten::ne",    "aten::lt",          "aten::le",          "aten::gt",
              "aten::ge", "aten::isnan", "aten::logical_not", "aten::logical_and", "aten::logical_or"};
  if (kPlaces.contains(schema.name())) return at::kLong;
  if (kTruths.contains(schema.name())) return at::kBool;
  std::optional<c10::ScalarType> first;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) { first = first.value_or(t.scalar_type()); });
  return first.value_or(at::kFloat);
}

std::optional<std::vector<Made>> ruled(const c10::FunctionSchema& schema, c10::ArrayRef<IValue> inputs,
                                       const Tensors* tensors) {
  const auto rule = kRules.find(schema.name());
  if (rule == kRules.end()) return std::nullopt;
  std::vector<Made> made(schema.returns().size(), {ruled_type(schema, inputs), std::nullopt});
  auto shapes = rule->second(Given(schema, inputs, tensors));
  for (std::size_t i = 0; i < std::min(shapes.size(), made.size()); ++i) made[i].dims = std::move(shapes[i]);
  return made;
}

}  // namespace alidade::torchscript
