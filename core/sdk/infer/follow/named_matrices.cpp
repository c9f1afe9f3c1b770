// Diagonals, turns and factors of matrices: every way in which arguments may have made the old shape.
#include <algorithm>
#include <array>

#include "named.hpp"

namespace alidade::infer {
namespace {

/// What one way of arguments made of the operands, and makes now.
struct Way {
  Dims was, is;
};

/// Of the ways that made the old shape, what all of them make now; a size that they differ in is unknown.
Shape agreed(const Shape& old, const std::vector<Way>& ways) {
  std::optional<Dims> made;
  for (const auto& way : ways) {
    if (way.was != *old) continue;
    if (!made) made = way.is;
    for (std::size_t d = 0; d < made->size(); ++d)
      if ((*made)[d] != way.is[d]) (*made)[d] = Dim();
  }
  return made ? Shape(*made) : Shape(Dims(old->size()));
}

/// A quarter turn or a half: two dimensions change places, or none.
void follow_turn(Changed& n) {
  if (!has_operand(n)) return;
  std::vector<Way> ways{{*n.before[0], *n.in()}};
  for (std::size_t i = 0; i < n.in()->size(); ++i)
    for (std::size_t k = i + 1; k < n.in()->size(); ++k) {
      Way way = ways[0];
      std::swap(way.was[i], way.was[k]), std::swap(way.is[i], way.is[k]);
      ways.push_back(std::move(way));
    }
  n.results[0] = agreed(n.results[0], ways);
}

/// The elements of a diagonal that begins `offset` columns to the right, or rows down.
Dim diagonal_length(Changed& n, Dim rows, Dim columns, std::int64_t offset) {
  const Number right = Number::of(std::max<std::int64_t>(offset, 0)),
               down = Number::of(std::max<std::int64_t>(-offset, 0));
  const Number shorter =
      n.sizes.minimum(n.sizes.subtract(Number::of(rows), down), n.sizes.subtract(Number::of(columns), right));
  return n.sizes.maximum(shorter, Number::of(0)).as_dim();
}

/// A last dimension that becomes the diagonal of a matrix, larger by the offset.
void follow_embedded(Changed& n) {
  if (!has_operand(n) || n.in()->empty() || n.results[0]->size() != n.in()->size() + 1) {
    n.results[0] = follow_places(n, n.results[0]);
    return;
  }
  std::vector<Way> ways;
  const auto way = [&](const Dims& x, std::size_t i, std::size_t k, Number more) {
    Dims made(x.begin(), x.end() - 1);
    const Dim side = n.sizes.add(Number::of(x.back()), more).as_dim();
    made.insert(made.begin() + static_cast<std::ptrdiff_t>(i), side);
    made.insert(made.begin() + static_cast<std::ptrdiff_t>(k), side);
    return made;
  };
  for (std::size_t i = 0; i < n.results[0]->size(); ++i)
    for (std::size_t k = i + 1; k < n.results[0]->size(); ++k) {
      const Number more = n.sizes.subtract(Number::of((*n.results[0])[k]), Number::of(n.before[0]->back()));
      ways.push_back({way(*n.before[0], i, k, more), way(*n.in(), i, k, more)});
    }
  n.results[0] = agreed(n.results[0], ways);
}

void follow_diagonal(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() + 1 != n.in()->size()) return follow_embedded(n);
  std::vector<Way> ways;
  const Dim length = n.results[0]->back();
  const auto way = [&](const Dims& x, std::size_t i, std::size_t k, std::int64_t offset) {
    Dims made;
    for (std::size_t d = 0; d < x.size(); ++d)
      if (d != i && d != k) made.push_back(x[d]);
    made.push_back(diagonal_length(n, x[i], x[k], offset));
    return made;
  };
  for (std::size_t i = 0; i < n.in()->size(); ++i)
    for (std::size_t k = i + 1; k < n.in()->size(); ++k) {
      const Dim rows = (*n.before[0])[i], columns = (*n.before[0])[k];
      std::vector<std::int64_t> offsets{0};
      if (length.is_known() && rows.is_known() && columns.is_known())
        offsets.insert(offsets.end(), {columns.size() - length.size(), length.size() - rows.size()});
      for (const auto offset : offsets)
        ways.push_back({way(*n.before[0], i, k, offset), way(*n.in(), i, k, offset)});
    }
  n.results[0] = agreed(n.results[0], ways);
}

/// All elements as one diagonal, larger by the offset.
void follow_flat_diagonal(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() != 2) return;
  const Number more = n.sizes.subtract(Number::of(n.results[0]->front()), product(n.sizes, *n.before[0]));
  const Dim side = n.sizes.add(product(n.sizes, *n.in()), more).as_dim();
  n.results[0] = Dims{side, side};
}

/// Matrices along one diagonal; a row is a matrix of one.
void follow_blocks(Changed& n) {
  Number rows = Number::of(0), columns = Number::of(0);
  for (const Shape& block : n.after) {
    if (!block || block->size() > 2) return void(n.results[0] = Dims(2));
    rows = n.sizes.add(rows, block->size() == 2 ? Number::of(block->front()) : Number::of(1));
    columns = n.sizes.add(columns, block->empty() ? Number::of(1) : Number::of(block->back()));
  }
  n.results[0] = Dims{rows.as_dim(), columns.as_dim()};
}

/// Every pair of rows.
void follow_pairs(Changed& n) {
  if (!n.in() || n.in()->size() != 2) return;
  const Number rows = Number::of(n.in()->front()),
               ordered = n.sizes.multiply(rows, n.sizes.subtract(rows, Number::of(1)));
  n.results[0] = Dims{n.sizes.floor_divide(ordered, Number::of(2)).as_dim(), n.in()->back()};
}

/// Factors from their packed form: the permutation, and both triangles.
void follow_unpacked(Changed& n) {
  if (!n.in() || n.in()->size() < 2 || n.results.size() != 3) return;
  const Dims batch(n.in()->begin(), n.in()->end() - 2);
  const Dim rows = *(n.in()->end() - 2), columns = n.in()->back();
  const Dim shorter = n.sizes.minimum(Number::of(rows), Number::of(columns)).as_dim();
  const std::array<std::array<Dim, 2>, 3> sides{{{rows, rows}, {rows, shorter}, {shorter, columns}}};
  for (std::size_t k = 0; k < 3; ++k) {
    if (!n.results[k] || n.results[k]->size() != n.in()->size()) continue;
    Dims made = batch;
    made.insert(made.end(), sides[k].begin(), sides[k].end());
    n.results[k] = std::move(made);
  }
}

constexpr std::array kRules{
    NamedRule{Op::rearrange, "rot90", &follow_turn},
    NamedRule{Op::rearrange, "diag_embed", &follow_embedded},
    NamedRule{Op::rearrange, "diagflat", &follow_flat_diagonal},
    NamedRule{Op::rearrange, "diagonal_copy", &follow_diagonal},
    NamedRule{Op::rearrange, "block_diag", &follow_blocks},
    NamedRule{Op::slice, "diagonal", &follow_diagonal},
    NamedRule{Op::slice, "linalg_diagonal", &follow_diagonal},
    NamedRule{Op::slice, "diag", &follow_diagonal},
    NamedRule{Op::expand, "pdist", &follow_pairs},
    NamedRule{Op::expand, "_pdist_forward", &follow_pairs},
    NamedRule{Op::copy, "lu_unpack", &follow_unpacked},
};

}  // namespace

std::span<const NamedRule> matrix_rules() { return kRules; }

}  // namespace alidade::infer
