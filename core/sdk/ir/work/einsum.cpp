// Einsum: operands are contracted in pairs from left to right, as torch does; an index that one operand has
// alone is summed before, a pair without a summed index is a plain product.
#include "einsum.hpp"

namespace alidade::work_parts {
namespace {

/// One pair: sums what only one side has, then multiplies. Gives the indices that are left.
Mask contract(const Contraction& c, Mask a, Mask b, Mask needed, Arithmetic& sum) {
  for (Mask* side : {&a, &b}) {
    const Mask alone = *side & ~((side == &a ? b : a) | needed);
    if (alone != 0) sum.flops += c.size(*side);
    *side &= ~alone;
  }
  const Mask joint = a | b;
  ((joint & ~needed) != 0 ? sum.macs : sum.flops) += c.size(joint);
  return joint & needed;
}

}  // namespace

Figure einsum(const Operator& o) {
  Contraction c(o);
  const auto known = c.read();
  if (!known) return std::unexpected(known.error());
  if (!*known) return std::nullopt;
  Arithmetic sum;
  const auto terms = c.terms();
  Mask left = terms[0].wide;
  for (std::size_t i = 1; i < terms.size(); ++i)
    left = contract(c, left, terms[i].wide, c.needed(i + 1), sum);
  if ((left & ~c.result()) != 0) sum.flops += c.size(left);
  return sum;
}

}  // namespace alidade::work_parts
