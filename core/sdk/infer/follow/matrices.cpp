// Shapes of factorisations of dense matrices, and of what is solved with them.
#include <algorithm>
#include <optional>

#include "follow.hpp"

namespace alidade::infer {
namespace {

/// A stack of matrices of m rows and n columns; k is the smaller side.
struct Matrices {
  std::span<const Dim> batch;
  Number m, n, k;
};
using Side = Number Matrices::*;
constexpr Side kRows = &Matrices::m, kColumns = &Matrices::n, kShorter = &Matrices::k;

Matrices matrices(Sizes& sizes, const Shape& x) {
  const auto batch = std::span(*x).first(x->size() - 2);
  const Number m = Number::of(*(x->end() - 2)), n = Number::of(x->back());
  return {batch, m, n, sizes.minimum(m, n)};
}

/// What a result's last dimensions may be: each one of several sides.
using Sides = std::vector<std::vector<Side>>;

Sides sides_of_lu(const Changed& n, std::size_t result, std::size_t rank) {
  if (rank == 1) return {{kShorter}};  // the pivots
  const bool in_parts = n.results.size() == 3 && n.results[2] && n.results[2]->size() == n.in()->size();
  if (!in_parts) return {{kRows}, {kColumns}};
  const Sides parts[] = {{{kRows}, {kRows}}, {{kRows}, {kShorter}}, {{kShorter}, {kColumns}}};
  return parts[result];
}
/// R and the vectors in one, then their factors; or R alone.
Sides sides_of_qr(std::size_t result, std::size_t rank) {
  if (rank == 1) return {{kShorter}};
  return result == 0 ? Sides{{kRows}, {kColumns}} : Sides{{kShorter, kRows}, {kColumns}};
}
/// Q, and R beside it: of all rows, or of as many as there are columns.
Sides sides_of_householder(const Changed& n, std::size_t result) {
  if (n.results.size() == 1) return {{kRows}, {kColumns}};
  return result == 0 ? Sides{{kRows}, {kShorter, kRows}} : Sides{{kShorter, kRows}, {kColumns}};
}
/// Whether all vectors are asked for, or as many as there are values; of square matrices both are the same.
std::optional<bool> is_full(const Changed& n) {
  const Dim rows = *(n.before[0]->end() - 2), columns = n.before[0]->back();
  const Shape &left = n.results[0], &right = n.results[2];
  if (rows == columns || !left || !right || left->empty() || right->size() < 2) return std::nullopt;
  return left->back() == rows && *(right->end() - 2) == columns;
}
Sides sides_of_svd(const Changed& n, std::size_t result) {
  if (n.results.size() < 3 || result == 1) return {{kShorter}};
  const auto full = is_full(n);
  const auto vectors = [&](Side all) {
    return full ? std::vector{*full ? all : kShorter} : std::vector{kShorter, all};
  };
  return result == 0 ? Sides{{kRows}, vectors(kRows)} : Sides{vectors(kColumns), {kColumns}};
}

Sides sides(const Changed& n, std::size_t result, std::size_t rank) {
  if (rank == 0) return {};
  switch (n.graph.op(n.node)) {
    case Op::lu:
      return sides_of_lu(n, result, rank);
    case Op::qr:
      return sides_of_qr(result, rank);
    case Op::householder:
      return sides_of_householder(n, result);
    case Op::svd:
      return sides_of_svd(n, result);
    default:  // of square matrices
      return rank == 1 ? Sides{{kRows}} : Sides{{kRows}, {kColumns}};
  }
}

/// The size now, where all sides that it may have been agree.
Dim now(Dim was, const std::vector<Side>& sides, const Matrices& before, const Matrices& after) {
  Number size;
  bool found = false;
  for (const Side side : sides) {
    if ((before.*side).as_dim() != was) continue;
    if (found && size != after.*side) return {};
    size = after.*side, found = true;
  }
  return size.as_dim();
}

/// A result of other leading dimensions than the matrices' is not theirs: an empty one, which nobody asked
/// for.
Shape factor(const Changed& n, std::size_t result, const Matrices& before, const Matrices& after) {
  Shape made = n.results[result];
  const std::size_t batch = before.batch.size();
  if (!made || made->size() < batch || made->size() > batch + 2) return made;
  if (!std::ranges::equal(std::span(*made).first(batch), before.batch)) return made;
  const Sides last = sides(n, result, made->size() - batch);
  if (last.size() != made->size() - batch) return made;
  std::ranges::copy(after.batch, made->begin());
  for (std::size_t d = 0; d < last.size(); ++d)
    (*made)[batch + d] = now((*made)[batch + d], last[d], before, after);
  return made;
}

}  // namespace

void follow_factorisation(Changed& n) {
  if (!n.before[0] || !n.in() || n.in()->size() < 2) return;
  const auto before = matrices(n.sizes, n.before[0]), after = matrices(n.sizes, n.in());
  std::vector<Shape> made;
  for (std::size_t k = 0; k < n.results.size(); ++k) made.push_back(factor(n, k, before, after));
  const Op op = n.graph.op(n.node);
  const std::size_t other = op == Op::triangular_solve ? 1 : 2;  // what is solved for, or reflected
  const bool applied = op == Op::triangular_solve || op == Op::householder;
  if (applied && n.has(other) && n.before[other] && n.results[0] && *n.results[0] == *n.before[other])
    made[0] = n.after[other];
  n.results = std::move(made);
}

}  // namespace alidade::infer
