#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "alidade/infer/number.hpp"
#include "alidade/ir/builder.hpp"
#include "alidade/ir/size.hpp"

namespace alidade::infer {

/// Exact arithmetic on sizes: integers where both are known, else a formula in normal form that a binding can
/// evaluate later. What does not fit 64 bits, and a formula that grows too long, is unknown. One thread only.
class Sizes {
 public:
  /// Symbols that `bindings` decide are numbers from the start; both must outlive this.
  Sizes(GraphBuilder& builder, const Bindings& bindings) : builder_(builder), bindings_(bindings) {}

  [[nodiscard]] Dim dim(std::string_view expression);
  [[nodiscard]] std::string_view expression(Dim symbolic) const {
    return symbols_[symbolic.symbol().index].text;
  }

  [[nodiscard]] Number add(Number a, Number b);
  [[nodiscard]] Number subtract(Number a, Number b);
  [[nodiscard]] Number multiply(Number a, Number b);
  [[nodiscard]] Number floor_divide(Number a, Number b);  ///< unknown where b is not above zero
  [[nodiscard]] Number ceil_divide(Number a, Number b);
  [[nodiscard]] Number remainder(Number a, Number b);
  [[nodiscard]] Number minimum(Number a, Number b);
  [[nodiscard]] Number maximum(Number a, Number b);
  /// a / b where it is a whole number for every value of the symbols; else unknown.
  [[nodiscard]] Number exact_quotient(Number a, Number b);
  [[nodiscard]] Number truncated_quotient(Number a, Number b);  ///< toward zero
  /// Whether a is no less than b, whatever the symbols are.
  [[nodiscard]] bool at_least(Number a, std::int64_t b);
  /// Whether a and b are equal, or differ, whatever the symbols are; nothing where that depends on them.
  [[nodiscard]] std::optional<bool> equal(Number a, Number b);

 private:
  struct Symbol {
    std::string text;
    Size form;
    bool parsed = false;
  };
  struct Done {
    std::int64_t a = 0, b = 0;
    std::uint8_t step = 0;
    bool operator==(const Done&) const = default;
  };
  struct DoneHash {
    std::size_t operator()(const Done& d) const;
  };
  using Step = Size (*)(const Size&, const Size&);

  Number apply(Step step, std::uint8_t id, Number a, Number b);
  Number number_of(const Size& size);
  Size form(Number n);
  Dim bound(std::string_view expression);

  GraphBuilder& builder_;
  const Bindings& bindings_;
  std::deque<Symbol> symbols_;  // by SymbolId
  std::unordered_map<std::string, Dim> dims_;
  std::unordered_map<Done, Number, DoneHash> done_;
};

}  // namespace alidade::infer
