// Special functions: each is taken as one primitive, as the others of the library of mathematics are. How
// many terms of a series or steps of a recurrence run depends on the data, and no definition says it.
#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// The multivariate log-gamma: p shifted arguments, a function and a sum of each.
void log_gammas(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  auto dims = dims_of(o, x);
  dims.emplace_back(o.integer("p", 1));
  const TypeId wide = type_of(o, x, dims);
  Steps s(o);
  auto column = dims_of(o, x);
  column.emplace_back(1);
  const ValueId shifted =
      s(Op::add, {reshaped(o, s, x, column), s(Op::range, {}, type_of(o, x, {dims.back()}))}, wide);
  o.emit(op, {s(Op::unary, {shifted}, wide)}, axes_attrs(o, {static_cast<std::int64_t>(dims.size()) - 1}));
}

/// The powers of every element, each from the one before.
void powers(Operation& o, Op op) {
  const ValueId x = o.tensor("x");
  Steps s(o);
  const ValueId columns = s(Op::expand, {x}, o.result_type());
  o.emit(op, {columns}, axes_attrs(o, {o.rank(columns) - 1}));
}

constexpr Rule kRules[] = {
    {"special_airy_ai", Op::unary, first_tensor},
    {"special_bessel_j0", Op::unary, first_tensor},
    {"special_bessel_j1", Op::unary, first_tensor},
    {"special_bessel_y0", Op::unary, first_tensor},
    {"special_bessel_y1", Op::unary, first_tensor},
    {"special_entr", Op::unary, first_tensor},
    {"special_erfcx", Op::unary, first_tensor},
    {"special_i0e", Op::unary, first_tensor},
    {"special_i1", Op::unary, first_tensor},
    {"special_i1e", Op::unary, first_tensor},
    {"special_log_ndtr", Op::unary, first_tensor},
    {"special_modified_bessel_i0", Op::unary, first_tensor},
    {"special_modified_bessel_i1", Op::unary, first_tensor},
    {"special_modified_bessel_k0", Op::unary, first_tensor},
    {"special_modified_bessel_k1", Op::unary, first_tensor},
    {"special_ndtr", Op::unary, first_tensor},
    {"special_ndtri", Op::unary, first_tensor},
    {"special_polygamma", Op::unary, first_tensor},
    {"special_scaled_modified_bessel_k0", Op::unary, first_tensor},
    {"special_scaled_modified_bessel_k1", Op::unary, first_tensor},
    {"special_spherical_bessel_j0", Op::unary, first_tensor},
    {"special_digamma", Op::unary, first_tensor},
    {"special_psi", Op::unary, first_tensor},
    {"special_gammaln", Op::unary, first_tensor},
    {"special_erfinv", Op::unary, first_tensor},
    {"special_erfc", Op::unary, first_tensor},
    {"special_exp2", Op::unary, first_tensor},
    {"special_expm1", Op::unary, first_tensor},
    {"special_log1p", Op::unary, first_tensor},
    {"special_logit", Op::unary, first_tensor},
    {"special_round", Op::unary, first_tensor},
    {"special_sinc", Op::unary, first_tensor},
    {"polygamma", Op::unary, first_tensor},
    {"linalg_vander", Op::cumulative, powers},
    {"frexp", Op::unary, first_tensor},
    {"mvlgamma", Op::reduce_sum, log_gammas},
    {"special_multigammaln", Op::reduce_sum, log_gammas},
    {"special_chebyshev_polynomial_t", Op::binary, two_operands},
    {"special_chebyshev_polynomial_u", Op::binary, two_operands},
    {"special_chebyshev_polynomial_v", Op::binary, two_operands},
    {"special_chebyshev_polynomial_w", Op::binary, two_operands},
    {"special_hermite_polynomial_h", Op::binary, two_operands},
    {"special_hermite_polynomial_he", Op::binary, two_operands},
    {"special_laguerre_polynomial_l", Op::binary, two_operands},
    {"special_legendre_polynomial_p", Op::binary, two_operands},
    {"special_shifted_chebyshev_polynomial_t", Op::binary, two_operands},
    {"special_shifted_chebyshev_polynomial_u", Op::binary, two_operands},
    {"special_shifted_chebyshev_polynomial_v", Op::binary, two_operands},
    {"special_shifted_chebyshev_polynomial_w", Op::binary, two_operands},
    {"special_xlog1py", Op::binary, two_operands},
    {"special_xlogy", Op::binary, two_operands},
    {"special_zeta", Op::binary, two_operands},
    {"special_gammainc", Op::binary, two_operands},
    {"special_gammaincc", Op::binary, two_operands},
    {"igamma", Op::binary, two_operands},
    {"igammac", Op::binary, two_operands},
    {"lcm", Op::binary, two_operands},
    {"ldexp", Op::binary, two_operands},
    {"nextafter", Op::binary, two_operands},
    {"logaddexp2", Op::binary, two_operands},
};

}  // namespace

std::span<const Rule> special_rules() { return kRules; }

}  // namespace alidade::aten
