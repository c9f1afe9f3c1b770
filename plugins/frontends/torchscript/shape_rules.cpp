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
  Given(const torch::jit::Node& node, const std::vector<IValue>& inputs, const Tensors& tensors)
      : node_(node), inputs_(inputs), tensors_(tensors) {}

  [[nodiscard]] const IValue* find(std::string_view name) const {
    const auto& formal = node_.schema().arguments();
    for (std::size_t i = 0; i < formal.size() && i < inputs_.size(); ++i)
      if (formal[i].name() == name) return &inputs_[i];
    return nullptr;
  }
  [[nodiscard]] Dims sizes_of(const IValue& value) const {
    return value.isTensor() && value.toTensor().defined() ? tensors_.dims(value.toTensor()) : std::nullopt;
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
  const torch::jit::Node& node_;
  const std::vector<IValue>& inputs_;
  const Tensors& tensors_;
};

using Shapes = std::vector<Dims>;

Shapes same(const Given& g) { return {g.first()}; }
Shapes one_unknown(const Given&) { return {std::vector{Dim()}}; }

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
    {"aten::roll", &same},
    {"aten::_weight_norm", &same},
    {"aten::flip", &same},
    {"aten::group_norm", &same},
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

c10::ScalarType ruled_type(const torch::jit::Node& node, const std::vector<IValue>& inputs) {
  static const std::set<std::string_view> kPlaces{"aten::nonzero", "aten::argwhere", "aten::argmax",
                                                  "aten::argmin",  "aten::argsort",  "torchvision::nms"},
      kTruths{"aten::eq", "aten::ne",          "aten::lt",          "aten::le",         "aten::gt",
              "aten::ge", "aten::logical_not", "aten::logical_and", "aten::logical_or", "aten::isnan"};
  const std::string_view kind = node.kind().toQualString();
  if (kPlaces.contains(kind)) return at::kLong;
  if (kTruths.contains(kind)) return at::kBool;
  std::optional<c10::ScalarType> first;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) { first = first.value_or(t.scalar_type()); });
  return first.value_or(at::kFloat);
}

std::vector<Made> ruled(const torch::jit::Node& node, const std::vector<IValue>& inputs,
                        const Tensors& tensors) {
  const auto type = ruled_type(node, inputs);
  std::vector<Made> made(node.outputs().size(), {type, std::nullopt});
  const auto rule = kRules.find(node.kind().toQualString());
  if (rule == kRules.end()) return made;
  auto shapes = rule->second(Given(node, inputs, tensors));
  for (std::size_t i = 0; i < std::min(shapes.size(), made.size()); ++i) made[i].dims = std::move(shapes[i]);
  return made;
}

}  // namespace alidade::torchscript
