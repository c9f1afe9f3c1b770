#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace alidade {

/// Element types, from 2 bits to complex. `unknown` is a type nobody stated; `text` has no numeric size.
enum class Dtype : std::uint8_t {
  unknown,
  boolean,
  i2,
  i4,
  i8,
  i16,
  i32,
  i64,
  u2,
  u4,
  u8,
  u16,
  u32,
  u64,
  f4e2m1,
  f6e2m3,
  f6e3m2,
  f8e4m3,
  f8e5m2,
  f8e8m0,
  f16,
  bf16,
  f32,
  f64,
  c32,
  c64,
  c128,
  text,
};
inline constexpr int kDtypeCount = static_cast<int>(Dtype::text) + 1;

/// Bits of one stored element: bool 8, i4 4, c64 64; 0 for unknown and text.
[[nodiscard]] int bits(Dtype dtype);
/// "f32", "i4", "bool", "bf16", "?" for unknown.
[[nodiscard]] std::string_view name(Dtype dtype);
[[nodiscard]] std::optional<Dtype> dtype_named(std::string_view name);
[[nodiscard]] bool is_floating(Dtype dtype);  ///< real or complex floating point
[[nodiscard]] bool is_integer(Dtype dtype);   ///< signed or unsigned, not bool
[[nodiscard]] bool is_complex(Dtype dtype);

}  // namespace alidade
