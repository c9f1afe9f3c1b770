#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "alidade/base/ids.hpp"
#include "alidade/base/units.hpp"
#include "alidade/ir/dtype.hpp"

namespace alidade {

/// One dimension: a number, a symbolic expression of the graph ("batch", "2*seq"), or unknown. 8 bytes, flat.
class Dim {
 public:
  constexpr Dim() = default;  // unknown
  constexpr explicit Dim(std::int64_t size) : code_(size < 0 ? kUnknown : size) {}
  [[nodiscard]] static constexpr Dim symbol(SymbolId s) {
    Dim d;
    d.code_ = -2 - static_cast<std::int64_t>(s.index);
    return d;
  }
  [[nodiscard]] constexpr bool is_known() const { return code_ >= 0; }
  [[nodiscard]] constexpr bool is_symbolic() const { return code_ <= -2; }
  [[nodiscard]] constexpr bool is_unknown() const { return code_ == kUnknown; }
  [[nodiscard]] constexpr std::int64_t size() const { return code_; }  ///< only when known
  [[nodiscard]] constexpr SymbolId symbol() const { return SymbolId(static_cast<std::size_t>(-2 - code_)); }
  constexpr bool operator==(const Dim&) const = default;

 private:
  static constexpr std::int64_t kUnknown = -1;
  std::int64_t code_ = kUnknown;
};

/// So many elements at the stored width, rounded up; nothing for text.
[[nodiscard]] std::optional<Count> stored_bytes(Count elements, Dtype dtype);

/// A value's type as the graph shows it: element type and, where the rank is known, its dimensions.
struct TensorType {
  Dtype dtype = Dtype::unknown;
  bool ranked = false;
  std::span<const Dim> dims;

  [[nodiscard]] std::size_t rank() const { return dims.size(); }
  [[nodiscard]] bool is_static() const;  ///< ranked, every dimension a number
  [[nodiscard]] std::optional<std::int64_t> dim(
      int i) const;  ///< i < 0 counts from the end; nothing unless a number
  [[nodiscard]] std::optional<Count> elements() const;  ///< nothing unless static; may carry overflow
  [[nodiscard]] std::optional<Count> size_bytes()
      const;  ///< elements at the stored width, rounded up; nothing for text
};

}  // namespace alidade
