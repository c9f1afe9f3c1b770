#pragma once
#include "alidade/infer/values.hpp"

// Arithmetic on one element of a tensor of a certain type. Elements of integer and boolean tensors are
// `whole`, those of floating point `real`; symbols in floating point are quotients of sizes.
namespace alidade::infer::numbers {

/// An element as a fraction of whole numbers and sizes.
struct Fraction {
  Number above, below;
  [[nodiscard]] bool is_known() const { return !above.is_unknown() && !below.is_unknown(); }
};
[[nodiscard]] Fraction fraction(Number real);
[[nodiscard]] Number as_real(Sizes& sizes, Fraction f);

/// A real as the nearest one that the type holds.
[[nodiscard]] double rounded(Dtype dtype, double x);
[[nodiscard]] Number real(Dtype dtype, double x);
/// An integer that the type holds, else unknown.
[[nodiscard]] Number fitting(Dtype dtype, Number n);
/// Bits below the type's width as its number.
[[nodiscard]] Number wrapped(Dtype dtype, std::int64_t n);
[[nodiscard]] Number one_or_zero(bool yes);
[[nodiscard]] bool is_plain(Dtype dtype);  ///< boolean, an integer, or f16, bf16, f32, f64

[[nodiscard]] Number add(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number subtract(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number multiply(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number divide(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number floor_divide(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number modulo(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number remainder(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number power(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number minimum(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number maximum(Sizes& sizes, Dtype dtype, Number a, Number b);
[[nodiscard]] Number cast(Sizes& sizes, Dtype from, Dtype to, Number n);

[[nodiscard]] Number equal(Sizes& sizes, Dtype dtype, Number a, Number b);
/// Conditions of which one that is `decisive` decides: 0 for "and", 1 for "or".
[[nodiscard]] Number either(Number a, Number b, std::int64_t decisive);
[[nodiscard]] Number less(Sizes& sizes, Dtype dtype, Number a, Number b);

}  // namespace alidade::infer::numbers
