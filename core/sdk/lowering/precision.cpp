#include "alidade/sdk/precision.hpp"

#include <algorithm>

namespace alidade {
namespace {

constexpr std::array<std::string_view, kPrecisions.size()> kPrecisionNames{
    "as_captured", "f32", "tf32", "amp_bf16", "amp_f16", "bf16", "f16",
    "f8",          "i8",  "w8",   "w4",       "nvfp4",   "mxfp4"};
constexpr std::array<std::string_view, kArithmetics.size()> kArithmeticNames{
    "f64", "f32", "tf32", "bf16", "f16", "f8", "f4", "i8", "i4"};

template <class E, std::size_t N>
std::optional<E> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? std::nullopt : std::optional(static_cast<E>(at - names.begin()));
}

}  // namespace

std::string_view name(Precision precision) { return kPrecisionNames[static_cast<std::size_t>(precision)]; }
std::optional<Precision> precision_named(std::string_view name) {
  return named<Precision>(kPrecisionNames, name);
}
std::string_view name(Arithmetic arithmetic) {
  return kArithmeticNames[static_cast<std::size_t>(arithmetic)];
}
std::optional<Arithmetic> arithmetic_named(std::string_view name) {
  return named<Arithmetic>(kArithmeticNames, name);
}

Arithmetic arithmetic_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
    case Dtype::c128:
      return Arithmetic::f64;
    case Dtype::bf16:
      return Arithmetic::bf16;
    case Dtype::f16:
    case Dtype::c32:
      return Arithmetic::f16;
    case Dtype::f8e4m3:
    case Dtype::f8e5m2:
    case Dtype::f8e8m0:
    case Dtype::f6e2m3:
    case Dtype::f6e3m2:
      return Arithmetic::f8;
    case Dtype::f4e2m1:
      return Arithmetic::f4;
    case Dtype::i8:
    case Dtype::u8:
      return Arithmetic::i8;
    case Dtype::i4:
    case Dtype::u4:
    case Dtype::i2:
    case Dtype::u2:
      return Arithmetic::i4;
    default:
      return Arithmetic::f32;
  }
}

int bits(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::f64:
      return 64;
    case Arithmetic::f32:
    case Arithmetic::tf32:
      return 32;
    case Arithmetic::bf16:
    case Arithmetic::f16:
      return 16;
    case Arithmetic::f8:
    case Arithmetic::i8:
      return 8;
    case Arithmetic::f4:
    case Arithmetic::i4:
      return 4;
  }
  return 0;
}

Dtype sums_of(Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::i8 || arithmetic == Arithmetic::i4) return Dtype::i32;
  return arithmetic == Arithmetic::f64 ? Dtype::f64 : Dtype::f32;
}

}  // namespace alidade
