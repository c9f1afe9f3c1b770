#include "fold_call.hpp"

namespace alidade::onnx_file {

std::optional<std::vector<const Literal*>> FoldCall::all() const {
  std::vector<const Literal*> out;
  for (const auto& input : inputs) {
    if (!input.literal) return std::nullopt;
    out.push_back(input.literal);
  }
  return out;
}

const TensorType* FoldCall::type(std::size_t i) const {
  return i < inputs.size() && inputs[i].type.valid() ? &types[inputs[i].type] : nullptr;
}

std::int64_t FoldCall::integer(Text name, std::int64_t fallback) const {
  const auto* a = attributes.find(name);
  return a ? a->i : fallback;
}

Text FoldCall::text(Text name, Text fallback) const {
  const auto* a = attributes.find(name);
  return a ? a->s : fallback;
}

std::optional<std::vector<std::int64_t>> FoldCall::integers(Text attribute) const {
  const auto* a = attributes.find(attribute);
  if (!a) return std::nullopt;
  const auto first = attributes.ints.begin() + a->ints.first;
  return std::vector(first, first + a->ints.count);
}

std::optional<std::int64_t> FoldCall::scalar(std::size_t i, std::optional<std::int64_t> fallback) const {
  if (!has(i)) return fallback;
  const Literal* l = in(i);
  if (!l || l->elements.size() != 1 || !l->elements[0].is_number()) return std::nullopt;
  return l->elements[0].whole;
}

List list_of(const FoldCall& call, std::size_t operand, Text attribute) {
  if (!call.has(operand)) return {true, call.integers(attribute)};
  const Literal* l = call.in(operand);
  if (!l || !l->all_numbers() || l->is_floating()) return {};
  return {true, l->integers()};
}

namespace {

const std::unordered_map<Text, Fold>& folds() {
  static const auto kRules = [] {
    std::unordered_map<Text, Fold> rules;
    for (const auto& list : {elementwise_folds(), movement_folds(), other_folds()})
      for (const auto& rule : list) rules.emplace(rule.op, rule.fold);
    return rules;
  }();
  return kRules;
}

}  // namespace

bool is_foldable(Text op) { return folds().contains(op); }

std::vector<std::optional<Literal>> fold(Text op, int opset, const AttributeList& attributes,
                                         std::span<const FoldInput> inputs, std::size_t outputs,
                                         Types& types) {
  const auto rule = folds().find(op);
  if (rule == folds().end()) return {};
  auto made = rule->second({opset, attributes, inputs, outputs, types});
  if (made.size() > outputs) made.resize(outputs);
  return made;
}

}  // namespace alidade::onnx_file
