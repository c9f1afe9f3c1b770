#include "packed.hpp"

#include <algorithm>
#include <set>

namespace alidade::torchscript {
namespace {

using c10::IValue;
using Object = c10::intrusive_ptr<c10::ivalue::Object>;

at::Tensor without_elements(const at::Tensor& t, c10::ScalarType type) {
  return at::empty(t.sizes(), at::TensorOptions(type).device(at::kMeta));
}

IValue ask(const Object& object, const std::string& method) {
  return object->type()->getMethod(method)({object});
}

/// Weights that are not of whole numbers are packed as halves.
void add_weight(Parts& parts, const at::Tensor& weight, const std::string& name) {
  parts.push_back({name, without_elements(weight, weight.is_quantized() ? weight.scalar_type() : at::kHalf)});
}
void add_bias(Parts& parts, const IValue& bias, const std::string& name) {
  if (bias.isTensor() && bias.toTensor().defined())
    parts.push_back({name, without_elements(bias.toTensor(), bias.toTensor().scalar_type())});
}
void add_scales(Parts& parts, const at::Tensor& weight, const std::string& name) {
  if (!weight.is_quantized() || weight.qscheme() == at::kPerTensorAffine) return;
  for (const auto& [suffix, each] : {std::pair("_scales", weight.q_per_channel_scales()),
                                     std::pair("_zero_points", weight.q_per_channel_zero_points())})
    parts.push_back({name + suffix, without_elements(each, each.scalar_type())});
}

/// The settings of a convolution; those of one dimension have one in front that says nothing.
void add_settings(Parts& parts, const Object& object, bool flat) {
  for (const auto* name : {"stride", "padding", "dilation", "output_padding"}) {
    auto numbers = ask(object, name).toIntVector();
    if (flat && numbers.size() == 2) numbers.erase(numbers.begin());
    parts.push_back({name, numbers});
  }
  parts.push_back({"groups", ask(object, "groups")});
  parts.push_back({"transposed", ask(object, "transpose")});
}

Parts layer(const Object& object, bool flat) {
  const auto whole = ask(object, "unpack").toTuple();
  auto weight = whole->elements()[0].toTensor();
  const auto& bias = whole->elements()[1];
  const bool convolution = object->type()->findMethod("stride") != nullptr;
  Parts parts;
  add_weight(parts, flat && weight.dim() == 4 ? weight.squeeze(2) : weight, "weight");
  add_bias(parts, bias, "bias"), add_scales(parts, weight, "weight");
  if (convolution) add_settings(parts, object, flat);
  return parts;
}

Parts table(const Object& object) {
  const auto weight = ask(object, "unpack").toTensor();
  Parts parts;
  add_weight(parts, weight, "weight"), add_scales(parts, weight, "weight");
  return parts;
}

/// Of a recurrent layer, two layers: for the input and for the hidden state.
Parts cell(const Object& object) {
  Parts parts, biases, scales;
  const std::string ends[] = {"_ih", "_hh"};
  const auto state = ask(object, "__getstate__").toTuple();
  const auto layers = state->elements().back().toListRef();
  for (std::size_t i = 0; i < std::min<std::size_t>(layers.size(), 2); ++i) {
    const auto whole = ask(layers[i].toObject(), "unpack").toTuple();
    add_weight(parts, whole->elements()[0].toTensor(), "weight" + ends[i]);
    add_bias(biases, whole->elements()[1], "bias" + ends[i]);
    add_scales(scales, whole->elements()[0].toTensor(), "weight" + ends[i]);
  }
  parts.insert(parts.end(), biases.begin(), biases.end());
  parts.insert(parts.end(), scales.begin(), scales.end());
  return parts;
}

}  // namespace

std::optional<Parts> unpacked(const Object& object, bool flat) {
  const auto name = object->type()->name() ? object->type()->name()->name() : std::string();
  static const std::set<std::string_view> kLayers{"LinearPackedParamsBase", "Conv2dPackedParamsBase",
                                                  "Conv3dPackedParamsBase"};
  if (kLayers.contains(name)) return layer(object, flat);
  if (name == "EmbeddingPackedParamsBase") return table(object);
  if (name == "CellParamsBase") return cell(object);
  return std::nullopt;
}

}  // namespace alidade::torchscript
