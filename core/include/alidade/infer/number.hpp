#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alidade/ir/dtype.hpp"
#include "alidade/ir/type.hpp"

namespace alidade::infer {

/// One number while a graph is read: known, an expression of the graph's symbols, or unknown.
struct Number {
  enum class Kind : std::uint8_t { unknown, number, symbol } kind = Kind::unknown;
  std::int64_t whole = 0;  ///< integers and booleans
  double real = 0;         ///< floating point
  Dim size;                ///< symbols; unlike a dimension, the expression may be below zero
  Dim over{};              ///< in floating point: what `size` is divided by; unknown for nothing

  static constexpr Number of(std::int64_t n) { return {Kind::number, n, static_cast<double>(n), {}, {}}; }
  static constexpr Number of_real(double x) { return {Kind::number, 0, x, {}, {}}; }
  static constexpr Number of(Dim d) {
    return d.is_known() ? of(d.size()) : d.is_symbolic() ? Number{Kind::symbol, 0, 0, d, {}} : Number{};
  }
  [[nodiscard]] constexpr bool is_number() const { return kind == Kind::number; }
  [[nodiscard]] constexpr bool is_symbol() const { return kind == Kind::symbol; }
  [[nodiscard]] constexpr bool is_unknown() const { return kind == Kind::unknown; }
  [[nodiscard]] constexpr bool is(std::int64_t n) const { return is_number() && whole == n; }
  /// As a dimension: unknown for what is below zero.
  [[nodiscard]] constexpr Dim as_dim() const {
    return is_number() ? Dim(whole) : is_symbol() && over.is_unknown() ? size : Dim();
  }
  constexpr bool operator==(const Number&) const = default;
};

/// A small tensor whose contents shapes or attributes depend on.
struct Literal {
  static constexpr std::size_t kMost = 4096;  ///< elements
  Dtype dtype = Dtype::i64;
  std::vector<std::int64_t> dims;
  std::vector<Number> elements;

  [[nodiscard]] bool is_floating() const { return alidade::is_floating(dtype); }
  [[nodiscard]] bool all_numbers() const;
  [[nodiscard]] std::vector<std::int64_t> integers() const;  ///< only when all are numbers; reals are cut
};

/// Elements that a tensor of these dimensions holds; nothing on overflow or a negative dimension.
[[nodiscard]] std::optional<std::uint64_t> element_count(std::span<const std::int64_t> dims);

}  // namespace alidade::infer
