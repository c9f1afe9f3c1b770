#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "alidade/ir/dtype.hpp"

namespace alidade {

/// The numbers that a model is run in. as_captured: those of the file. f32, bf16, f16: all real numbers, but
/// those that are stored narrower. tf32: as f32, products at the rate of tf32. amp_*: PyTorch's autocast,
/// products and convolutions in 16 bits and the rest as its lists say. f8, i8: products with weights take
/// both operands in 8 bits, the rest is bf16. w8, w4: weights of products are stored in 8 or 4 bits, their
/// scales not counted, and widened where they are multiplied, in bf16. nvfp4: products with weights take both
/// operands in f4e2m1 with a scale of 8 bits for every 16. mxfp4: as w4, in f4e2m1 with a scale of 8 bits for
/// every 32.
enum class Precision : std::uint8_t {
  as_captured,
  f32,
  tf32,
  amp_bf16,
  amp_f16,
  bf16,
  f16,
  f8,
  i8,
  w8,
  w4,
  nvfp4,
  mxfp4
};
inline constexpr std::array kPrecisions{
    Precision::as_captured, Precision::f32,   Precision::tf32, Precision::amp_bf16, Precision::amp_f16,
    Precision::bf16,        Precision::f16,   Precision::f8,   Precision::i8,       Precision::w8,
    Precision::w4,          Precision::nvfp4, Precision::mxfp4};
[[nodiscard]] std::string_view name(Precision precision);  ///< "bf16", "amp_f16"
[[nodiscard]] std::optional<Precision> precision_named(std::string_view name);

/// How numbers are multiplied: devices have a rate for each.
enum class Arithmetic : std::uint8_t { f64, f32, tf32, bf16, f16, f8, f4, i8, i4 };
inline constexpr std::array kArithmetics{Arithmetic::f64,  Arithmetic::f32, Arithmetic::tf32,
                                         Arithmetic::bf16, Arithmetic::f16, Arithmetic::f8,
                                         Arithmetic::f4,   Arithmetic::i8,  Arithmetic::i4};
[[nodiscard]] std::string_view name(Arithmetic arithmetic);
[[nodiscard]] std::optional<Arithmetic> arithmetic_named(std::string_view name);
/// The rate that operands of this type are multiplied at: integers above 8 bits as f32, 6-bit floats as f8.
[[nodiscard]] Arithmetic arithmetic_of(Dtype dtype);
[[nodiscard]] int bits(Arithmetic arithmetic);  ///< of one operand as it is stored; tf32: 32
/// The type that sums of such products are kept in: i32 of integers, f64 of f64, f32 of all others.
[[nodiscard]] Dtype sums_of(Arithmetic arithmetic);

}  // namespace alidade
