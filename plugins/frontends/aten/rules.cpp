#include "rules.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace alidade::aten {
namespace {

using Table = std::unordered_map<std::string_view, const Rule*>;

const Table& table() {
  static const Table whole = [] {
    Table made;
    for (const auto& theme : themes())
      for (const auto& rule : theme.rules) made.emplace(rule.name, &rule);
    return made;
  }();
  return whole;
}

const Rule* find(std::string_view name) {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : found->second;
}

/// "relu_" works in place; "__and__" does not.
bool in_place(std::string_view base) { return base.ends_with('_') && !base.ends_with("__"); }

/// Namespaces whose operators without tensors among their results compute sizes and check assumptions.
bool is_bookkeeping(std::string_view space) {
  return space == "aten" || space == "_operator" || space == "math" || space == "torch" || space == "prims" ||
         space == "prim";
}

}  // namespace

std::vector<Theme> themes() {
  return {{"Convolutions", convolution_rules()},
          {"Matrix products, attention, recurrent layers", contraction_rules()},
          {"Sums of products, chains and powers", product_rules()},
          {"Normalisation and softmax", normalisation_rules()},
          {"Dense linear algebra", factorisation_rules()},
          {"Functions of one element", unary_rules()},
          {"Special functions", special_rules()},
          {"Functions of several elements", binary_rules()},
          {"Reductions", reduction_rules()},
          {"Pooling and resampling", window_rules()},
          {"Views", view_rules()},
          {"Data movement", movement_rules()},
          {"Joining and splitting", joining_rules()},
          {"Sorting and selecting", selection_rules()},
          {"Generators", generator_rules()},
          {"Fourier transforms", spectral_rules()},
          {"Distances", distance_rules()},
          {"Losses", loss_rules()},
          {"Losses over classes", class_loss_rules()},
          {"Losses over sequences", sequence_loss_rules()},
          {"Sampled derivatives and integrals", gradient_rules()},
          {"Backward passes of activations, losses and movement", backward_rules()},
          {"Backward passes of norms and softmax", backward_norm_rules()},
          {"Backward passes of windows and attention", backward_window_rules()},
          {"Backward passes of distances", backward_distance_rules()},
          {"Quantisation", quantisation_rules()},
          {"On quantised tensors", quantised_rules()},
          {"With packed weights", packed_rules()}};
}

const Rule* rule_for(const Operation& o) {
  if (o.space() == "aten" || o.space() == "prims") {
    const auto base = o.base();
    if (const auto* rule = find(base)) return rule;
    return in_place(base) ? find(base.substr(0, base.size() - 1)) : nullptr;
  }
  return find(std::string(o.space()) + "." + std::string(o.base()));
}

void add_nodes(Operation& o) {
  if (o.results() == 0 && is_bookkeeping(o.space())) return;
  if (const auto* rule = rule_for(o)) {
    rule->make(o, rule->op);
  } else {
    unknown(o);
  }
  if (o.space() == "aten" && in_place(o.base())) o.rebind("self");
}

void unknown(Operation& o) {
  o.draft().note_opaque(o.foreign());
  every_tensor(o, Op::opaque);
}
void every_tensor(Operation& o, Op op) { o.emit(op, o.every_tensor()); }
void first_tensor(Operation& o, Op op) {
  const auto all = o.every_tensor();
  o.emit(op, std::span(all).first(std::min<std::size_t>(all.size(), 1)));
}
void two_operands(Operation& o, Op op) { o.emit(op, {o.operand(std::size_t{0}), o.operand(std::size_t{1})}); }
void nothing(Operation& o, Op op) { o.emit(op, std::span<const ValueId>{}); }

}  // namespace alidade::aten
