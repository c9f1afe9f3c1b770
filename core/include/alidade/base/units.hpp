#pragma once
#include <compare>
#include <cstdint>
#include <optional>

namespace alidade {

/// A count that remembers overflow: arithmetic is exact or the value is void, never wrapped.
class Count {
 public:
  constexpr Count() = default;
  constexpr Count(std::uint64_t value)
      : value_(value) {}  // NOLINT(google-explicit-constructor): formulas read as written
  [[nodiscard]] constexpr bool fits() const { return fits_; }
  /// The number, or nothing when it did not fit 63 bits (so that it is exact in every report format).
  [[nodiscard]] constexpr std::optional<std::uint64_t> get() const {
    return fits_ ? std::optional(value_) : std::nullopt;
  }
  constexpr Count& operator+=(Count o) {
    fits_ = !__builtin_add_overflow(value_, o.value_, &value_) && (value_ >> 63) == 0 && fits_ && o.fits_;
    return *this;
  }
  constexpr Count& operator*=(Count o) {
    fits_ = !__builtin_mul_overflow(value_, o.value_, &value_) && (value_ >> 63) == 0 && fits_ && o.fits_;
    return *this;
  }
  friend constexpr Count operator+(Count a, Count b) { return a += b; }
  friend constexpr Count operator*(Count a, Count b) { return a *= b; }

 private:
  std::uint64_t value_ = 0;
  bool fits_ = true;
};

/// A number with its unit in the type; only like units add and compare.
template <class Unit, class Rep>
struct Quantity {
  Rep value{};
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep v) : value(v) {}
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity o) {
    value += o.value;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
};

using Macs = Quantity<struct MacUnit, std::uint64_t>;  ///< multiply-accumulates
using Flops =
    Quantity<struct FlopUnit, std::uint64_t>;  ///< floating-point operations, 2 per multiply-accumulate
using Bytes = Quantity<struct ByteUnit, std::uint64_t>;    ///< bytes, never kilobytes or bits
using Params = Quantity<struct ParamUnit, std::uint64_t>;  ///< trainable parameters (elements)
using Seconds = Quantity<struct SecondUnit, double>;
using Joules = Quantity<struct JouleUnit, double>;

}  // namespace alidade
