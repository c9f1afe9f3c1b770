#pragma once
#include <string_view>
#include <vector>

#include "follow.hpp"

namespace alidade::infer {

using Dims = std::vector<Dim>;

/// How the shapes of an operator follow whose arguments the graph does not hold: told by the name that it has
/// in the file.
struct NamedRule {
  Op op;
  std::string_view name;
  void (*follow)(Changed&);
};
[[nodiscard]] std::span<const NamedRule> matrix_rules();
[[nodiscard]] std::span<const NamedRule> signal_rules();
/// Of every transform: it states how many points it takes.
void follow_points(Changed& n);
/// The operand before and now, where both are known and alike in rank.
[[nodiscard]] inline bool has_operand(const Changed& n) {
  return n.results[0] && n.before[0] && n.in() && n.before[0]->size() == n.in()->size();
}

}  // namespace alidade::infer
