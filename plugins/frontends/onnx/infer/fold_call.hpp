#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alidade/infer/values.hpp"
#include "literal.hpp"

namespace alidade::onnx_file {

using Folded = std::vector<infer::Value>;

/// One operator on literals, with what its attributes say.
struct FoldCall {
  int opset;
  const AttributeList& attributes;
  std::span<const FoldInput> inputs;
  std::size_t outputs;
  Types& types;

  [[nodiscard]] infer::Sizes& sizes() const { return types.sizes; }
  [[nodiscard]] bool has(std::size_t i) const {
    return i < inputs.size() && (inputs[i].literal != nullptr || inputs[i].type.valid());
  }
  [[nodiscard]] const Literal* in(std::size_t i) const {
    return i < inputs.size() ? inputs[i].literal : nullptr;
  }
  /// Every operand, none of them null; nothing where one is not known.
  [[nodiscard]] std::optional<std::vector<const Literal*>> all() const;
  [[nodiscard]] const TensorType* type(std::size_t i) const;

  [[nodiscard]] bool states(Text name) const { return attributes.find(name) != nullptr; }
  [[nodiscard]] std::int64_t integer(Text name, std::int64_t fallback) const;
  [[nodiscard]] Text text(Text name, Text fallback) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(Text attribute) const;
  /// The only element of an operand; `fallback` where it is left out, nothing where it is not known.
  [[nodiscard]] std::optional<std::int64_t> scalar(std::size_t i,
                                                   std::optional<std::int64_t> fallback = {}) const;
};

/// A list that is an operand in newer versions and an attribute in older ones.
struct List {
  bool known = false;  ///< false: an operand whose contents are not known
  std::optional<std::vector<std::int64_t>> numbers;
  [[nodiscard]] std::optional<infer::Axes> axes() const {
    return numbers ? std::optional<infer::Axes>(*numbers) : std::nullopt;
  }
};
[[nodiscard]] List list_of(const FoldCall& call, std::size_t operand, Text attribute);

using Fold = Folded (*)(const FoldCall&);
struct FoldRule {
  Text op;
  Fold fold;
};
[[nodiscard]] std::span<const FoldRule> elementwise_folds();
[[nodiscard]] std::span<const FoldRule> movement_folds();
[[nodiscard]] std::span<const FoldRule> other_folds();

inline Folded one(infer::Value value) {
  Folded out;
  out.push_back(std::move(value));
  return out;
}
template <infer::UnaryValue F>
Folded unary(const FoldCall& c) {
  return c.in(0) ? one(F(c.sizes(), *c.in(0))) : Folded();
}
template <infer::BinaryValue F>
Folded binary(const FoldCall& c) {
  const bool old_broadcast = c.opset < 7 && c.states("axis");
  return c.in(0) && c.in(1) && !old_broadcast ? one(F(c.sizes(), *c.in(0), *c.in(1))) : Folded();
}

}  // namespace alidade::onnx_file
