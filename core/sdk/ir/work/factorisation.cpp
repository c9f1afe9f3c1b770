// Factorisations of dense matrices, and what is solved with them: the leading terms of published counts.
#include <algorithm>

#include "operator.hpp"

namespace alidade::work_parts {
namespace {

/// How many matrices lie side by side, and the sides of one: m rows, n columns, k the smaller, l the larger.
struct Matrices {
  Count count, m, n, k, l;
};

std::optional<Matrices> matrices(const TensorType& x) {
  const auto m = x.dim(-2), n = x.dim(-1);
  const auto count = product(x, 0, -2);
  if (x.rank() < 2 || !m || !n || !count) return std::nullopt;
  return Matrices{*count, as_count(*m), as_count(*n), as_count(std::min(*m, *n)), as_count(std::max(*m, *n))};
}

/// a^2 (3 b - a), thrice what the k^2 (l - k / 3) of the table is.
Count trapezoid(const Count& a, const Count& b) {
  // 3 b - a as b + b + (b - a), for sizes that never grow below zero
  const auto less = b.get().value_or(0) - a.get().value_or(0);
  return a * a * (b + b + Count(less));
}

/// A whole number of thirds.
Figure thirds(const Operator& o, const Count& thrice) {
  const auto figure = thrice.get();
  if (!figure) return o.too_large("FLOP count");
  return Arithmetic{0, *figure / 3};
}

/// Whether a result holds vectors: those that were not asked for are empty, of rank 1, or absent.
bool has_vectors(const Operator& o, std::size_t result) {
  const auto v = o.out(result);
  return v.ranked && v.rank() >= 2 && v.rank() == o.in(0).rank();
}

Count svd_thirds(const Operator& o, const Matrices& a) {
  const Count values = Count(4) * trapezoid(a.k, a.l);
  if (!has_vectors(o, 0)) return values;
  const auto columns = o.out(0).dim(-1);
  const bool all = columns && as_count(*columns).get() == a.m.get() && o.out(2).dim(-2) == o.in(0).dim(-1) &&
                   a.m.get() != a.n.get();
  const Count lk = a.l * a.k;
  if (all) return Count(3) * (Count(4) * a.l * lk + Count(8) * lk * a.k + Count(9) * a.k * a.k * a.k);
  return Count(3) * (Count(14) * lk * a.k + Count(8) * a.k * a.k * a.k);
}

/// k vectors of m elements, from the first operand, meet the m x n of the third or of the result.
Figure householder(const Operator& o, const Matrices& vectors) {
  const auto made = matrices(o.has(2) ? o.in(2) : o.out());
  if (!made) return std::nullopt;
  const Count &m = vectors.m, &k = vectors.k;
  // The side that the reflections act on has m elements; the other is n.
  const Count& n = made->m.get() == m.get() ? made->n : made->m;
  const auto whole = (Count(4) * m * n * k * Count(3)).get();
  const auto saved = o.has(2) ? (Count(6) * n * k * k).get() : (Count(6) * (m + n) * k * k).get();
  const auto back = o.has(2) ? Count(0).get() : (Count(4) * k * k * k).get();
  if (!whole || !saved || !back || *whole + *back < *saved) return o.too_large("FLOP count");
  return thirds(o, made->count * Count(*whole + *back - *saved));
}

Count thrice_per_matrix(const Operator& o, const Matrices& a) {
  const Count cube = a.n * a.n * a.n;
  switch (o.op()) {
    case Op::cholesky:
    case Op::triangular_solve:
      return cube;
    case Op::lu:
      return trapezoid(a.k, a.l);
    case Op::qr:
      return Count(2) * trapezoid(a.k, a.l);
    case Op::eigh:
      return Count(has_vectors(o, 1) ? 27 : 4) * cube;
    case Op::eig:
      return Count(has_vectors(o, 1) ? 75 : 30) * cube;
    default:
      return svd_thirds(o, a);
  }
}

Figure triangular_solve(const Operator& o) {
  const auto n = o.in(0).dim(-1);
  const auto made = o.out().elements();
  if (!n || !made) return std::nullopt;
  return Arithmetic{0, *made * as_count(*n)};
}

}  // namespace

Figure factorisation(const Operator& o) {
  if (o.op() == Op::triangular_solve && o.has(1)) return triangular_solve(o);
  const auto a = matrices(o.in(0));
  if (!a) return std::nullopt;
  if (o.op() == Op::householder) return householder(o, *a);
  return thirds(o, a->count * thrice_per_matrix(o, *a));
}

}  // namespace alidade::work_parts
