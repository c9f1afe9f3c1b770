#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "operation.hpp"

namespace alidade::aten {

/// One operator of PyTorch: the canonical one that it is, and the function that adds its nodes. `name` is
/// without the namespace for aten, without overload, and without the underscore of the in-place form.
struct Rule {
  std::string_view name;
  Op op;
  void (*make)(Operation&, Op);
};

// The table, split by theme; no name stands in it twice.
[[nodiscard]] std::span<const Rule> convolution_rules();
[[nodiscard]] std::span<const Rule> contraction_rules();
[[nodiscard]] std::span<const Rule> product_rules();
[[nodiscard]] std::span<const Rule> factorisation_rules();
[[nodiscard]] std::span<const Rule> normalisation_rules();
[[nodiscard]] std::span<const Rule> unary_rules();
[[nodiscard]] std::span<const Rule> special_rules();
[[nodiscard]] std::span<const Rule> binary_rules();
[[nodiscard]] std::span<const Rule> reduction_rules();
[[nodiscard]] std::span<const Rule> window_rules();
[[nodiscard]] std::span<const Rule> view_rules();
[[nodiscard]] std::span<const Rule> movement_rules();
[[nodiscard]] std::span<const Rule> selection_rules();
[[nodiscard]] std::span<const Rule> generator_rules();
[[nodiscard]] std::span<const Rule> spectral_rules();
[[nodiscard]] std::span<const Rule> distance_rules();
[[nodiscard]] std::span<const Rule> loss_rules();
[[nodiscard]] std::span<const Rule> class_loss_rules();
[[nodiscard]] std::span<const Rule> joining_rules();
[[nodiscard]] std::span<const Rule> gradient_rules();
[[nodiscard]] std::span<const Rule> backward_rules();
[[nodiscard]] std::span<const Rule> backward_norm_rules();
[[nodiscard]] std::span<const Rule> backward_distance_rules();
[[nodiscard]] std::span<const Rule> sequence_loss_rules();
[[nodiscard]] std::span<const Rule> backward_window_rules();
[[nodiscard]] std::span<const Rule> quantisation_rules();
[[nodiscard]] std::span<const Rule> quantised_rules();
[[nodiscard]] std::span<const Rule> packed_rules();

/// One theme of the table and what it is called in docs/aten_operators.md.
struct Theme {
  std::string_view title;
  std::span<const Rule> rules;
};
[[nodiscard]] std::vector<Theme> themes();

/// The rule of an operation; nothing for an unknown operator.
[[nodiscard]] const Rule* rule_for(const Operation& operation);
/// Adds the nodes of an operation that is no higher-order operator: by its rule, or as an opaque node. One
/// without a tensor among its results adds none: sizes, numbers and assertions are not work.
void add_nodes(Operation& operation);

// Makers that several themes use.
void unknown(Operation& o);              ///< an opaque node, named in a warning
void every_tensor(Operation& o, Op op);  ///< operands: all tensors, in order
void first_tensor(Operation& o, Op op);  ///< operands: the first tensor
void two_operands(Operation& o, Op op);  ///< operands: the first two arguments, numbers as constants
void nothing(Operation& o, Op op);       ///< no operands

/// The first argument, which is the tensor worked on in nearly every schema.
[[nodiscard]] inline ValueId first_operand(Operation& o) { return o.operand(std::size_t{0}); }

}  // namespace alidade::aten
