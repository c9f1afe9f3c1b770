#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shape_rules.hpp"

namespace alidade::torchscript {

using Dims = std::optional<std::vector<Dim>>;
using Shapes = std::vector<Dims>;

/// What an operator was given, by the names of its schema and of the parts of packed weights.
class OperatorArguments {
 public:
  OperatorArguments(const c10::FunctionSchema& schema, c10::ArrayRef<c10::IValue> inputs,
                    const Tensors* tensors)
      : schema_(schema), inputs_(inputs), tensors_(tensors) {}

  [[nodiscard]] const c10::IValue* find(std::string_view name) const;
  [[nodiscard]] Dims sizes_of(const c10::IValue& value) const;
  [[nodiscard]] Dims dims(std::string_view name) const {
    const auto* value = find(name);
    return value ? sizes_of(*value) : std::nullopt;
  }
  [[nodiscard]] Dims first() const { return inputs_.empty() ? std::nullopt : sizes_of(inputs_[0]); }
  [[nodiscard]] Dims second() const { return inputs_.size() < 2 ? std::nullopt : sizes_of(inputs_[1]); }
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
  c10::ArrayRef<c10::IValue> inputs_;
  const Tensors* tensors_;
};

using ShapeRules = std::map<std::string, Shapes (*)(const OperatorArguments&), std::less<>>;
[[nodiscard]] const ShapeRules& quantised_shape_rules();
/// The element type of what an operator of quantised numbers makes; nothing where the first tensor tells.
[[nodiscard]] std::optional<c10::ScalarType> quantised_type(const c10::FunctionSchema& schema,
                                                            c10::ArrayRef<c10::IValue> inputs);

[[nodiscard]] Dim times(Dim a, std::int64_t b);

// Rules that float and quantised operators share.
[[nodiscard]] Shapes same_shape(const OperatorArguments& g);
[[nodiscard]] Shapes convolution_shape(const OperatorArguments& g);
[[nodiscard]] Shapes joined_shape(const OperatorArguments& g);
[[nodiscard]] Shapes recurrent_shapes(const OperatorArguments& g);

}  // namespace alidade::torchscript
