#include "shape_rules.hpp"

#include <algorithm>
#include <set>

#include "operator_arguments.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;

Shapes one_unknown(const OperatorArguments&) { return {std::vector{Dim()}}; }

/// The normalised tensor, and two statistics of each part of it.
Shapes layer_norm(const OperatorArguments& g) {
  const auto x = g.first();
  const auto* normalized = g.find("normalized_shape");
  if (!x || !normalized || !normalized->isList() || normalized->toListRef().size() > x->size()) return {};
  auto statistics = *x;
  std::fill(statistics.end() - static_cast<std::ptrdiff_t>(normalized->toListRef().size()), statistics.end(),
            Dim(1));
  return {x, statistics, statistics};
}
/// In evaluation there are no statistics of the batch.
Shapes batch_norm(const OperatorArguments& g) {
  const std::vector none{Dim(0)};
  return {g.first(), none, none};
}
Shapes group_norm(const OperatorArguments& g) {
  const std::vector statistics{Dim(g.number("N").value_or(-1)), Dim(g.number("group").value_or(-1))};
  return {g.first(), statistics, statistics};
}

Shapes attention(const OperatorArguments& g) {
  auto query = g.dims("query");
  const auto value = g.dims("value");
  if (!query || !value || query->empty() || value->empty()) return {std::nullopt};
  query->back() = value->back();
  return {query};
}

/// One row for each element that is not zero, one column for each dimension.
Shapes places(const OperatorArguments& g) {
  const auto x = g.first();
  return {std::vector{Dim(), x ? Dim(static_cast<std::int64_t>(x->size())) : Dim()}};
}

/// x[mask]: the dimensions of the mask become one, as long as its truths are many.
Shapes indexed(const OperatorArguments& g) {
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

Shapes sampled(const OperatorArguments& g) {
  const auto x = g.dims("input"), grid = g.dims("grid");
  if (!x || !grid || x->size() < 3 || grid->size() != x->size()) return {std::nullopt};
  std::vector<Dim> made{(*x)[0], (*x)[1]};
  made.insert(made.end(), grid->begin() + 1, grid->end() - 1);
  return {made};
}

Shapes regions(const OperatorArguments& g) {
  const auto x = g.dims("input"), rois = g.dims("rois");
  const auto height = g.number("pooled_height"), width = g.number("pooled_width");
  if (!x || !rois || x->size() != 4 || rois->empty() || !height || !width) return {std::nullopt};
  return {std::vector{(*rois)[0], (*x)[1], Dim(*height), Dim(*width)}};
}

/// The offsets have a place for each place of the result.
Shapes deformed(const OperatorArguments& g) {
  const auto weight = g.dims("weight"), offset = g.dims("offset");
  if (!weight || !offset || weight->empty() || offset->size() != 4) return {std::nullopt};
  return {std::vector{(*offset)[0], (*weight)[0], (*offset)[2], (*offset)[3]}};
}

Shapes shuffled(const OperatorArguments& g) {
  auto x = g.first();
  const auto factor = g.number("upscale_factor");
  if (!x || x->size() < 3 || !factor || *factor <= 0) return {std::nullopt};
  auto& channels = (*x)[x->size() - 3];
  channels = channels.is_known() ? Dim(channels.size() / (*factor * *factor)) : Dim();
  for (const auto back : {1, 2}) (*x)[x->size() - back] = times((*x)[x->size() - back], *factor);
  return {x};
}

Shapes unshuffled(const OperatorArguments& g) {
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

const ShapeRules kRules{
    {"aten::convolution_overrideable", &convolution_shape},
    {"aten::native_layer_norm", &layer_norm},
    {"aten::native_batch_norm", &batch_norm},
    {"aten::native_group_norm", &group_norm},
    {"aten::roll", &same_shape},
    {"aten::_weight_norm", &same_shape},
    {"aten::flip", &same_shape},
    {"aten::instance_norm", &same_shape},
    {"aten::channel_shuffle", &same_shape},
    {"aten::native_channel_shuffle", &same_shape},
    {"aten::bernoulli", &same_shape},
    {"aten::scaled_dot_product_attention", &attention},
    {"aten::nonzero", &places},
    {"aten::argwhere", &places},
    {"aten::masked_select", &one_unknown},
    {"aten::index", &indexed},
    {"aten::cat", &joined_shape},
    {"aten::grid_sampler", &sampled},
    {"aten::pixel_shuffle", &shuffled},
    {"aten::pixel_unshuffle", &unshuffled},
    {"aten::lstm", &recurrent_shapes},
    {"aten::gru", &recurrent_shapes},
    {"aten::rnn_tanh", &recurrent_shapes},
    {"aten::rnn_relu", &recurrent_shapes},
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
  if (const auto type = quantised_type(schema, inputs)) return *type;
  std::optional<c10::ScalarType> first;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) { first = first.value_or(t.scalar_type()); });
  return first.value_or(at::kFloat);
}

std::optional<std::vector<Made>> ruled(const c10::FunctionSchema& schema, c10::ArrayRef<IValue> inputs,
                                       const Tensors* tensors) {
  const auto& table = is_quantiser(schema) ? quantised_shape_rules() : kRules;
  const auto rule = table.find(schema.name());
  if (rule == table.end()) return std::nullopt;
  std::vector<Made> made(schema.returns().size(), {ruled_type(schema, inputs), std::nullopt});
  auto shapes = rule->second(OperatorArguments(schema, inputs, tensors));
  for (std::size_t i = 0; i < std::min(shapes.size(), made.size()); ++i) made[i].dims = std::move(shapes[i]);
  return made;
}

}  // namespace alidade::torchscript
