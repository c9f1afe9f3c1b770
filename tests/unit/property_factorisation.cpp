// Factorisations: the published leading terms, written here as fractions of a cube.
#include <algorithm>

#include "property.hpp"

namespace alidade::properties {
namespace {

/// Sides of random matrices that lie side by side, and what one of them costs, in sixths of a FLOP.
struct Drawn {
  std::int64_t count, m, n, k, l;
};

Drawn drawn(Trial& t, bool square) {
  Drawn d{t.dice.roll(1, 3), t.dice.roll(1, 7), t.dice.roll(1, 7), 0, 0};
  if (square) d.n = d.m;
  d.k = std::min(d.m, d.n), d.l = std::max(d.m, d.n);
  return d;
}

void spend(Trial& t, const Drawn& d, std::int64_t sixths) {
  t.steps += static_cast<std::uint64_t>(d.count * sixths / 6);
}

void cholesky(Trial& t) {
  const auto d = drawn(t, true);
  spend(t, d, 2 * d.n * d.n * d.n);
  t.operand({d.count, d.n, d.n}, t.real());
  t.result({d.count, d.n, d.n}, "f32");
}
const Property kCholesky{{Op::cholesky}, cholesky};

/// LU is half of QR.
void trapezoid(Trial& t) {
  const auto d = drawn(t, false);
  const auto qr = 12 * d.l * d.k * d.k - 4 * d.k * d.k * d.k;
  spend(t, d, t.op == Op::qr ? qr : qr / 2);
  t.operand({d.count, d.m, d.n}, t.real());
  t.result({d.count, d.m, d.n}, "f32");
}
const Property kTrapezoid{{Op::lu, Op::qr}, trapezoid};

/// Each of the vectors, from its own place on, meets every column: one dot product and one update.
void householder(Trial& t) {
  const auto m = t.dice.roll(1, 7), k = t.dice.roll(1, m), count = t.dice.roll(1, 2);
  const bool applied = t.chance();
  const auto n = applied ? t.dice.roll(1, 7) : t.dice.roll(k, m);
  const Drawn d{count, m, n, k, m};
  spend(t, d,
        applied ? 24 * m * n * k - 12 * n * k * k : 24 * m * n * k - 12 * (m + n) * k * k + 8 * k * k * k);
  t.operand({count, m, k}, t.real());
  t.operand({count, k}, t.real());
  if (applied) t.operand({count, m, n}, t.real());
  t.result({count, m, n}, "f32");
}
const Property kHouseholder{{Op::householder}, householder};

void eigen(Trial& t) {
  const auto d = drawn(t, true);
  const bool vectors = t.chance();
  const auto cube = d.n * d.n * d.n;
  spend(t, d, t.op == Op::eigh ? (vectors ? 54 : 8) * cube : (vectors ? 150 : 60) * cube);
  t.operand({d.count, d.n, d.n}, t.real());
  t.result({d.count, d.n}, "f32");
  if (vectors) t.result({d.count, d.n, d.n}, "f32");
}
const Property kEigen{{Op::eigh, Op::eig}, eigen};

void singular(Trial& t) {
  const auto d = drawn(t, false);
  const bool vectors = t.chance(), all = t.chance() && d.m != d.n;
  const auto k3 = d.k * d.k * d.k, lk2 = d.l * d.k * d.k;
  t.operand({d.count, d.m, d.n}, t.real());
  if (vectors) t.result({d.count, d.m, all ? d.m : d.k}, "f32");
  t.result({d.count, d.k}, "f32");
  if (vectors) t.result({d.count, all ? d.n : d.k, d.n}, "f32");
  if (!vectors) return spend(t, d, 24 * lk2 - 8 * k3);
  spend(t, d, all ? 24 * d.l * d.l * d.k + 48 * lk2 + 54 * k3 : 84 * lk2 + 48 * k3);
}
const Property kSingular{{Op::svd}, singular};

/// Every unknown takes the products with the others, on average half of them, a sum for each, and a quotient.
void solve(Trial& t) {
  const auto d = drawn(t, true);
  if (t.chance()) {  // the triangle's own inverse
    spend(t, d, 2 * d.n * d.n * d.n);
    t.operand({d.count, d.n, d.n}, t.real());
    return t.result({d.count, d.n, d.n}, "f32");
  }
  const auto sides = t.dice.roll(1, 4);
  for (std::int64_t i = 0; i < d.count * sides; ++i)
    for (std::int64_t row = 0; row < d.n; ++row) t.steps += static_cast<std::uint64_t>(2 * row + 1);
  t.operand({d.count, d.n, d.n}, t.real());
  t.operand({d.count, d.n, sides}, t.real());
  t.result({d.count, d.n, sides}, "f32");
}
const Property kSolve{{Op::triangular_solve}, solve};

}  // namespace
}  // namespace alidade::properties
