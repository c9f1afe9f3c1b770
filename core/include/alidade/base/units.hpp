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

/// The most that a figure can be: a number that fits 63 bits, or no bound. What is added to "no bound" or
/// multiplied with it has none either, but 0 times it is 0; what does not fit has none.
class Upper {
 public:
  constexpr Upper() = default;  ///< 0
  constexpr Upper(std::uint64_t value)
      : value_((value >> 63) == 0 ? value : kNone) {}  // NOLINT(google-explicit-constructor): as Count
  [[nodiscard]] static constexpr Upper none() { return kNone; }
  [[nodiscard]] constexpr bool bounded() const { return value_ != kNone; }
  [[nodiscard]] constexpr std::optional<std::uint64_t> get() const {
    return bounded() ? std::optional(value_) : std::nullopt;
  }
  constexpr Upper& operator+=(Upper o) {
    return *this = bounded() && o.bounded() ? value_ + o.value_ : kNone;
  }
  constexpr Upper& operator*=(Upper o) {
    if (value_ == 0 || o.value_ == 0) return *this = 0;
    std::uint64_t product = 0;
    const bool fits = bounded() && o.bounded() && !__builtin_mul_overflow(value_, o.value_, &product);
    return *this = fits ? product : kNone;
  }
  friend constexpr Upper operator+(Upper a, Upper b) { return a += b; }
  friend constexpr Upper operator*(Upper a, Upper b) { return a *= b; }
  /// "No bound" is more than any number.
  constexpr auto operator<=>(const Upper&) const = default;

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t value_ = 0;
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

/// The bare number of a quantity that may not be known.
template <class Unit, class Rep>
[[nodiscard]] constexpr std::optional<Rep> value_of(std::optional<Quantity<Unit, Rep>> quantity) {
  return quantity ? std::optional(quantity->value) : std::nullopt;
}

}  // namespace alidade
