// Matrix products: of linear layers, of batches with broadcast operands, of experts and of einsums.
#include "alidade/sdk/storage.hpp"
#include "problems.hpp"
#include "sdk/fusion/traffic/reads.hpp"
#include "sdk/ir/work/einsum.hpp"

namespace alidade::lowering {
namespace {

std::uint64_t number(std::int64_t n) { return static_cast<std::uint64_t>(n); }

/// The two operands as the operator multiplies them: a vector is a row on the left, a column on the right.
struct Sides {
  TensorType left, right, made;
  bool turned_left = false, turned_right = false;

  [[nodiscard]] std::optional<std::int64_t> m() const {
    return left.rank() < 2 ? std::optional<std::int64_t>(1) : left.dim(turned_left ? -1 : -2);
  }
  [[nodiscard]] std::optional<std::int64_t> k() const {
    return left.dim(turned_left && left.rank() > 1 ? -2 : -1);
  }
  [[nodiscard]] std::optional<std::int64_t> n() const {
    return right.rank() < 2 ? std::optional<std::int64_t>(1) : right.dim(turned_right ? -2 : -1);
  }
};

/// Products of a list of matrices with one matrix are one product of all their rows.
std::optional<GemmProblem> matrix_product(const Sides& s) {
  const int matrix = (s.left.rank() > 1 ? 1 : 0) + (s.right.rank() > 1 ? 1 : 0);
  const auto m = s.m(), k = s.k(), n = s.n();
  const auto groups = extent(s.made, 0, -matrix), lists = extent(s.left, 0, -2),
             others = extent(s.right, 0, -2);
  if (!m || !k || !n || !groups || !lists || !others) return std::nullopt;
  GemmProblem out{.groups = *groups,
                  .m = number(*m),
                  .n = number(*n),
                  .k = number(*k),
                  .transposed_left = s.turned_left,
                  .transposed_right = s.turned_right};
  if (*others != 1 || s.turned_left) return out;
  const Count rows = Count(*groups) * Count(out.m);
  if (!rows.fits()) return std::nullopt;
  out.groups = 1, out.m = *rows.get();
  return out;
}

std::optional<GemmProblem> of_experts(const Sides& s) {
  const auto rows = extent(s.left, 0, -1);
  const auto n = s.made.dim(-1), k = s.left.dim(-1), experts = s.right.dim(0);
  if (!rows || !n || !k || !experts) return std::nullopt;
  return GemmProblem{.m = *rows,
                     .n = number(*n),
                     .k = number(*k),
                     .experts = number(*experts),
                     .transposed_right = s.turned_right};
}

/// One pair of operands, by their indices: what both have and the result needs, what either has, what is
/// summed.
struct Pair {
  work_parts::Mask left = 0, right = 0, needed = 0;
  std::size_t at = 0;  ///< the right operand

  [[nodiscard]] bool multiplies() const { return (left & right & ~needed) != 0; }
  [[nodiscard]] std::optional<GemmProblem> problem(const work_parts::Contraction& c) const {
    const auto groups = c.size(left & right & needed).get(), m = c.size(left & ~right).get(),
               n = c.size(right & ~left).get(), k = c.size(left & right & ~needed).get();
    if (!groups || !m || !n || !k) return std::nullopt;
    return GemmProblem{.groups = *groups, .m = *m, .n = *n, .k = *k};
  }
};

/// The largest product of an einsum, whose operands meet from left to right; what one has alone is summed
/// before.
std::optional<GemmProblem> of_einsum(const FusionInput& input, NodeId node) {
  const work_parts::Operator o(input.graph(), node);
  work_parts::Contraction c(o);
  const auto known = c.read();
  if (!known || !*known) return std::nullopt;
  Pair largest;
  auto left = c.terms()[0].wide;
  for (std::size_t i = 1; i < c.terms().size(); ++i) {
    const auto needed = c.needed(i + 1), right = c.terms()[i].wide;
    const Pair pair{left & (right | needed), right & (left | needed), needed, i};
    const bool larger = !largest.multiplies() || c.size(pair.left | pair.right).get().value_or(0) >
                                                     c.size(largest.left | largest.right).get().value_or(0);
    if (pair.multiplies() && larger) largest = pair;
    left = (pair.left | pair.right) & needed;
  }
  if (!largest.multiplies()) return std::nullopt;
  auto out = largest.problem(c);
  const auto inputs = input.graph().inputs(node);
  const bool first_is_weight = largest.at == 1 && is_weight(input, inputs[0]);
  if (out && first_is_weight) std::swap(out->m, out->n);
  if (out) out->weight = first_is_weight || is_weight(input, inputs[largest.at]);
  return out;
}

}  // namespace

bool is_weight(const FusionInput& input, ValueId v) {
  if (!v.valid()) return false;
  const ValueId root = input.reads().root(v);
  const NodeId maker = input.graph().producer(root);
  return maker.valid() ? input.is_folded(maker) || input.graph().op(maker) == Op::constant
                       : is_stored(input.graph().kind(root));
}

std::optional<std::uint64_t> extent(const TensorType& type, int first, int last) {
  const auto product =
      work_parts::product(type, first, last <= 0 ? static_cast<int>(type.rank()) + last : last);
  return product ? product->get() : std::nullopt;
}

std::optional<GemmProblem> product_problem(const FusionInput& input, NodeId n) {
  const Graph& g = input.graph();
  if (g.op(n) == Op::einsum) return of_einsum(input, n);
  const auto inputs = g.inputs(n);
  if (inputs.size() < 2 || !inputs[0].valid() || !inputs[1].valid()) return std::nullopt;
  const auto& a = g.attrs<MatmulAttrs>(n);
  const Sides sides{g.type(inputs[0]), g.type(inputs[1]), g.type(g.outputs(n)[0]), a.transpose_a != 0,
                    a.transpose_b != 0};
  auto out = g.op(n) == Op::routed_matmul ? of_experts(sides) : matrix_product(sides);
  if (out) out->weight = is_weight(input, inputs[1]);
  return out;
}

}  // namespace alidade::lowering
