// Dense linear algebra: factorisations, and what PyTorch makes of them.
#include <algorithm>
#include <span>

#include "rules.hpp"
#include "saturate.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

ValueId matrix(Operation& o) {
  for (const auto* name : {"A", "self", "input"})
    if (const ValueId v = o.tensor(name); v.valid()) return v;
  return first_operand(o);
}
void of_matrix(Operation& o, Op op) { o.emit(op, {matrix(o)}); }

/// One of the last dimensions: 1 is the last.
Dim side(Operation& o, ValueId a, std::size_t from_end) {
  const auto dims = dims_of(o, a);
  return from_end <= dims.size() ? dims[dims.size() - from_end] : Dim();
}

/// The batch of a, with other sides: [..., rows, columns], or [..., rows].
TypeId beside(Operation& o, ValueId a, std::initializer_list<Dim> sides) {
  auto dims = dims_of(o, a);
  dims.resize(dims.size() < 2 ? 0 : dims.size() - 2);
  dims.insert(dims.end(), sides);
  return type_of(o, a, dims);
}
Dim shorter_side(Operation& o, ValueId a) { return smaller(side(o, a, 2), side(o, a, 1)); }

/// The size of the dimensions as one.
Dim flattened(std::span<const Dim> dims) {
  Dim n(1);
  for (const Dim& dim : dims) n = n.is_known() && dim.is_known() ? Dim(times(n.size(), dim.size())) : Dim();
  return n;
}

ValueId diagonal(Operation& o, Steps& s, ValueId a) {
  return s(Op::slice, {a}, beside(o, a, {shorter_side(o, a)}));
}

/// Q from the Householder vectors that R's factorisation leaves; R alone where nobody asks for Q.
void qr(Operation& o, Op op) {
  const ValueId a = matrix(o);
  if (o.word("mode") == "r") return void(o.emit(Op::qr, {a}));
  Steps s(o);
  o.emit(op, {s(Op::qr, {a}, o.draft().type_id(a))});
}
void reflections(Operation& o, Op op) { o.emit(op, o.every_tensor()); }

/// L and U, then a triangular system for each; right sides may be one vector.
void solve_factored(Operation& o, Op op, ValueId factors, ValueId right) {
  Steps s(o);
  const ValueId half = s(op, {factors, right}, o.result_type());
  o.emit(op, {factors, half});
}
void lu_solve(Operation& o, Op op) {
  const bool old = o.has("LU_data");
  solve_factored(o, op, o.tensor(old ? "LU_data" : "LU"), o.tensor(old ? "self" : "B"));
}
void cholesky_solve(Operation& o, Op op) { solve_factored(o, op, o.tensor("input2"), o.tensor("self")); }
void symmetric_solve(Operation& o, Op op) { solve_factored(o, op, o.tensor("LD"), o.tensor("B")); }

ValueId lu_of(Operation& o, Steps& s, ValueId a) { return s(Op::lu, {a}, o.draft().type_id(a)); }

void solve(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  solve_factored(o, op, lu_of(o, s, a), o.tensor("B"));
}

/// The result, reshaped, solves a square system of as many unknowns as the second operand has elements.
void solve_flat(Operation& o, Op op) {
  const ValueId a = matrix(o), b = o.tensor("other");
  Steps s(o);
  const Dim n = flattened(dims_of(o, b));
  const ValueId square = s(Op::reshape, {a}, type_of(o, a, {n, n}));
  solve_factored(o, op, lu_of(o, s, square), b);
}

/// LU, the inverse of L, and a triangular system with it on the right: 2 n^3 in all.
ValueId inverse_steps(Operation& o, Steps& s, ValueId a, ValueId& factors) {
  factors = lu_of(o, s, a);
  return s(Op::triangular_solve, {factors}, o.draft().type_id(a));
}
void inverse(Operation& o, Op op) {
  Steps s(o);
  ValueId factors;
  const ValueId half = inverse_steps(o, s, matrix(o), factors);
  o.emit(op, {factors, half});
}
void inverse_flat(Operation& o, Op op) {
  const ValueId a = matrix(o);
  auto dims = dims_of(o, a);
  dims.resize(std::clamp<std::int64_t>(o.integer("ind", 2), 0, static_cast<std::int64_t>(dims.size())));
  const Dim n = flattened(dims);
  Steps s(o);
  ValueId factors;
  const TypeId square = type_of(o, a, {n, n});
  const ValueId half = inverse_steps(o, s, s(Op::reshape, {a}, square), factors);
  o.emit(Op::reshape, {s(op, {factors, half}, square)});
}
/// From L: its inverse, and the product of two triangles, which costs what the inverse does.
void inverse_of_symmetric(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  o.emit(op, {s(op, {a}, o.draft().type_id(a))});
}

/// The product of U's diagonal.
void determinant(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  const ValueId d = diagonal(o, s, lu_of(o, s, a));
  o.emit(op, {d}, axes_attrs(o, {o.rank(d) - 1}));
}
/// The sum of the logarithms of U's diagonal.
void log_determinant(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  const ValueId d = diagonal(o, s, lu_of(o, s, a));
  o.emit(op, {s(Op::log, {d}, o.draft().type_id(d))}, axes_attrs(o, {o.rank(d) - 1}));
}

/// The singular values of a matrix, or the eigenvalues of a symmetric one.
ValueId values_of(Operation& o, Steps& s, ValueId a) {
  return s(o.flag("hermitian", false) ? Op::eigh : Op::svd, {a}, beside(o, a, {shorter_side(o, a)}));
}

/// Which singular values are above a share of the largest, the first.
ValueId above_tolerance(Operation& o, Steps& s, ValueId a, ValueId sizes) {
  const TypeId first = beside(o, a, {Dim(1)});
  const ValueId tolerance =
      s(Op::mul, {s(Op::slice, {sizes}, first), number_beside(o, sizes, "tolerance")}, first);
  return s(Op::compare, {sizes, tolerance}, o.draft().type_id(sizes));
}

/// V S^-1 U^T: each of the values is compared with the tolerance and inverted. V is U of a symmetric matrix.
void pseudo_inverse(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  const bool symmetric = o.flag("hermitian", false);
  const Dim k = shorter_side(o, a), m = side(o, a, 2), n = side(o, a, 1);
  const TypeId left = beside(o, a, {m, k}), values = beside(o, a, {k}), right = beside(o, a, {k, n});
  auto parts = symmetric ? s.all(Op::eigh, {a}, {values, left}) : s.all(Op::svd, {a}, {left, values, right});
  if (symmetric) parts = {parts[1], parts[0], parts[1]};
  const ValueId u = parts[0], sizes = parts[1], v = parts[2];
  const ValueId kept = above_tolerance(o, s, a, sizes);
  const ValueId zero = number_beside(o, sizes, "0");
  const ValueId inverted = s(Op::where, {kept, s(Op::reciprocal, {sizes}, values), zero}, values);
  const ValueId factors =
      s(Op::reshape, {inverted}, symmetric ? beside(o, a, {Dim(1), k}) : beside(o, a, {k, Dim(1)}));
  const ValueId scaled = s(Op::mul, {v, factors}, o.draft().type_id(v));
  o.emit(op, {scaled, u}, MatmulAttrs{symmetric ? 0 : 1, 1});
}

/// How many singular values are above a share of the largest.
void matrix_rank(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  const ValueId values = values_of(o, s, a);
  const ValueId above = above_tolerance(o, s, a, values);
  o.emit(op, {above}, axes_attrs(o, {o.rank(values) - 1}));
}

/// Norms that need singular values: "nuc", 2 and -2.
bool is_spectral(Operation& o, std::string_view name) {
  if (!o.has(name)) return true;
  if (const auto word = o.word(name); !word.empty()) return word == "nuc";
  const auto order = o.real(name);
  return order && (*order == 2 || *order == -2);
}

/// Along two dimensions: the singular values' largest or sum, or the elements' own sums.
void matrix_norm(Operation& o, Op op) {
  const ValueId a = matrix(o);
  auto axes = o.axes(a, "dim");
  if (axes.empty()) axes = {o.rank(a) - 2, o.rank(a) - 1};
  const bool keep = o.flag("keepdim", false);
  Steps s(o);
  if (!is_spectral(o, "ord") || o.overload() == "str_ord" || axes.size() != 2) {
    if (o.word("ord") != "nuc") return void(o.emit(op, {a}, axes_attrs(o, axes, keep)));
  }
  const auto all = dims_of(o, a);
  Dims dims;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (static_cast<std::int64_t>(i) != axes[0] && static_cast<std::int64_t>(i) != axes[1])
      dims.push_back(all[i]);
  const auto sized = [&](std::int64_t axis) {
    return axis >= 0 && static_cast<std::size_t>(axis) < all.size() ? all[static_cast<std::size_t>(axis)]
                                                                    : Dim();
  };
  dims.push_back(sized(axes[0])), dims.push_back(sized(axes[1]));
  const ValueId permuted = s(Op::reshape, {a}, type_of(o, a, dims));
  const ValueId values = values_of(o, s, permuted);
  const std::vector<std::int64_t> last{o.rank(values) - 1};
  if (!keep) return void(o.emit(op, {values}, axes_attrs(o, last)));
  o.emit(Op::reshape, {reduced(o, s, op, values, last)});
}

/// The largest singular value over the smallest; of other norms, the matrix's and its inverse's.
void condition(Operation& o, Op op) {
  const ValueId a = matrix(o);
  Steps s(o);
  const TypeId made = o.result_type();
  if (is_spectral(o, "p") && o.word("p").empty()) {
    const ValueId values = values_of(o, s, a);
    return void(o.emit(op, {s(Op::slice, {values}, made), s(Op::slice, {values}, made)}));
  }
  const auto norm = [&](ValueId of) {
    const ValueId measured = o.word("p") == "nuc" ? values_of(o, s, of) : of;
    std::vector<std::int64_t> axes{o.rank(measured) - 1};
    if (measured == of) axes.insert(axes.begin(), o.rank(measured) - 2);
    return s(Op::reduce, {measured}, made, axes_attrs(o, axes));
  };
  ValueId factors;
  const ValueId half = inverse_steps(o, s, a, factors);
  const ValueId inverted = s(Op::triangular_solve, {factors, half}, o.draft().type_id(a));
  o.emit(Op::mul, {norm(a), norm(inverted)});
}

void solve_triangular(Operation& o, Op op) {
  const bool old = o.has("A");
  o.emit(op, {o.tensor(old ? "A" : "self"), o.tensor(old ? "self" : "B")});
}

constexpr Rule kRules[] = {
    {"cholesky", Op::cholesky, of_matrix},
    {"linalg_cholesky", Op::cholesky, of_matrix},
    {"linalg_cholesky_ex", Op::cholesky, of_matrix},
    {"linalg_ldl_factor", Op::cholesky, of_matrix},
    {"linalg_ldl_factor_ex", Op::cholesky, of_matrix},
    {"_lu_with_info", Op::lu, of_matrix},
    {"linalg_lu", Op::lu, of_matrix},
    {"linalg_lu_factor", Op::lu, of_matrix},
    {"linalg_lu_factor_ex", Op::lu, of_matrix},
    {"lu_unpack", Op::copy, every_tensor},
    {"geqrf", Op::qr, of_matrix},
    {"qr", Op::householder, qr},
    {"linalg_qr", Op::householder, qr},
    {"orgqr", Op::householder, reflections},
    {"ormqr", Op::householder, reflections},
    {"linalg_householder_product", Op::householder, reflections},
    {"linalg_eigh", Op::eigh, of_matrix},
    {"linalg_eigvalsh", Op::eigh, of_matrix},
    {"_linalg_eigh", Op::eigh, of_matrix},
    {"linalg_eig", Op::eig, of_matrix},
    {"_linalg_eigvals", Op::eig, of_matrix},
    {"linalg_eigvals", Op::eig, of_matrix},
    {"svd", Op::svd, of_matrix},
    {"linalg_svd", Op::svd, of_matrix},
    {"linalg_svdvals", Op::svd, of_matrix},
    {"_linalg_svd", Op::svd, of_matrix},
    {"linalg_solve_triangular", Op::triangular_solve, solve_triangular},
    {"triangular_solve", Op::triangular_solve, solve_triangular},
    {"lu_solve", Op::triangular_solve, lu_solve},
    {"linalg_lu_solve", Op::triangular_solve, lu_solve},
    {"cholesky_solve", Op::triangular_solve, cholesky_solve},
    {"linalg_ldl_solve", Op::triangular_solve, symmetric_solve},
    {"linalg_solve", Op::triangular_solve, solve},
    {"linalg_solve_ex", Op::triangular_solve, solve},
    {"_linalg_solve_ex", Op::triangular_solve, solve},
    {"linalg_tensorsolve", Op::triangular_solve, solve_flat},
    {"inverse", Op::triangular_solve, inverse},
    {"linalg_inv", Op::triangular_solve, inverse},
    {"linalg_inv_ex", Op::triangular_solve, inverse},
    {"linalg_tensorinv", Op::triangular_solve, inverse_flat},
    {"cholesky_inverse", Op::triangular_solve, inverse_of_symmetric},
    {"det", Op::reduce, determinant},
    {"linalg_det", Op::reduce, determinant},
    {"_linalg_det", Op::reduce, determinant},
    {"logdet", Op::reduce_sum, log_determinant},
    {"slogdet", Op::reduce_sum, log_determinant},
    {"linalg_slogdet", Op::reduce_sum, log_determinant},
    {"_linalg_slogdet", Op::reduce_sum, log_determinant},
    {"pinverse", Op::matmul, pseudo_inverse},
    {"linalg_pinv", Op::matmul, pseudo_inverse},
    {"linalg_matrix_rank", Op::reduce_sum, matrix_rank},
    {"linalg_matrix_norm", Op::reduce, matrix_norm},
    {"linalg_cond", Op::div, condition},
};

}  // namespace

std::span<const Rule> factorisation_rules() { return kRules; }

}  // namespace alidade::aten
