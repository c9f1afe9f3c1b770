// The leading terms of the table beside algorithms that run, every operation counted.
#include <cmath>

#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

std::uint64_t flops_of(const std::string& op, std::int64_t m, std::int64_t n) {
  return exact_work("input %x : " + type({m, n}) + "\n %y = " + op + "(%x) : " + type({m, n})).flops.value;
}

/// Gaussian elimination without pivots: a quotient for each row below, a product and a difference for each
/// element of it.
std::uint64_t eliminated(std::int64_t m, std::int64_t n) {
  std::uint64_t steps = 0;
  for (std::int64_t at = 0; at < std::min(m, n); ++at)
    for (std::int64_t row = at + 1; row < m; ++row) {
      ++steps;
      for (std::int64_t column = at + 1; column < n; ++column) steps += 2;
    }
  return steps;
}

/// For every column of L: its diagonal's root, and for each element below a dot product and a quotient.
std::uint64_t cholesky_steps(std::int64_t n) {
  std::uint64_t steps = 0;
  for (std::int64_t column = 0; column < n; ++column)
    for (std::int64_t row = column; row < n; ++row) steps += static_cast<std::uint64_t>(2 * column + 1);
  return steps;
}

/// A Householder vector for every column, which meets every column to its right: a dot product, an update.
std::uint64_t reflected(std::int64_t m, std::int64_t n) {
  std::uint64_t steps = 0;
  for (std::int64_t at = 0; at < std::min(m, n); ++at)
    for (std::int64_t column = at; column < n; ++column)
      for (std::int64_t row = at; row < m; ++row) steps += 4;
  return steps;
}

void close(std::uint64_t formula, std::uint64_t loops, std::int64_t size) {
  INFO(formula << " by the formula, " << loops << " by loops");
  CHECK(std::abs(static_cast<double>(formula) - static_cast<double>(loops)) <=
        4.0 * static_cast<double>(size) * static_cast<double>(size));
}

}  // namespace

TEST_CASE("factorisations count what loops count, lower orders aside") {
  const Shape sizes{3, 17, 40, 90};
  for (const auto m : sizes)
    for (const auto n : sizes) {
      INFO(m << " x " << n);
      close(flops_of("lu", m, n), eliminated(m, n), std::max(m, n));
      close(flops_of("qr", m, n), reflected(m, n), std::max(m, n));
    }
  for (const auto n : sizes) close(flops_of("cholesky", n, n), cholesky_steps(n), n);
}

TEST_CASE("the published counts of a square matrix of 30") {
  CHECK(flops_of("lu", 30, 30) == 18000);                                                    // 2 n^3 / 3
  CHECK(flops_of("cholesky", 30, 30) == 9000);                                               // n^3 / 3
  CHECK(flops_of("qr", 30, 30) == 36000);                                                    // 4 n^3 / 3
  CHECK(exact_work("input %x : f32[30,30]\n %y = svd(%x) : f32[30]").flops.value == 72000);  // 8 n^3 / 3
  CHECK(exact_work("input %x : f32[30,30]\n (%y, %s, %v) = svd(%x) : f32[30,30], f32[30], f32[30,30]", "y")
            .flops.value == 594000);                                                          // 22 n^3
  CHECK(exact_work("input %x : f32[30,30]\n %y = eigh(%x) : f32[30]").flops.value == 36000);  // 4 n^3 / 3
  CHECK(exact_work("input %x : f32[30,30]\n (%y, %v) = eigh(%x) : f32[30], f32[30,30]").flops.value ==
        243000);
  CHECK(exact_work("input %x : f32[30,30]\n (%y, %v) = eig(%x) : c64[30], c64[30,30]").flops.value == 675000);
}

TEST_CASE("a factorisation of matrices of unknown sides is unknown") {
  const auto w = work_in("input %x : f32[?,3,3]\n %y = lu(%x) : f32[?,3,3]");
  REQUIRE(w.has_value());
  CHECK(w->certainty == Certainty::unknown);
}
