#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade {

/// Values for symbolic dimensions: {"batch": 8, "seq": 384}.
using Bindings = std::map<std::string, std::int64_t, std::less<>>;

/// A formula over sizes, parsed once and evaluated often: names, numbers, Python's operators with Python's
/// precedence and rounding, and the functions of sympy and torch (docs/text_form.md lists them). Arithmetic
/// is exact; length, nesting and time are bounded, so any text is safe. It does not change and may be shared
/// by threads.
class Expression {
 public:
  struct Program;  ///< the formula as steps; known inside the SDK only

  /// An error says where the text stops making sense. A text of name characters alone, "unk__12" or
  /// "onnx::Reshape_5", is one name.
  [[nodiscard]] static Result<Expression> parse(std::string_view text);
  /// The names in it, in order of appearance, each once.
  [[nodiscard]] std::span<const std::string> symbols() const;
  /// Nothing while a name that decides it is unbound. A value that is not a whole number of 64 bits, and a
  /// division by zero, are errors.
  [[nodiscard]] Result<std::optional<std::int64_t>> evaluate(const Bindings& bindings) const;
  [[nodiscard]] const Program& program() const { return *program_; }

  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

 private:
  explicit Expression(std::unique_ptr<const Program> program);
  std::unique_ptr<const Program> program_;
};

/// Parses and evaluates at once. A text that the bindings name as a whole, "batch size", has their value.
[[nodiscard]] Result<std::optional<std::int64_t>> evaluate(std::string_view text, const Bindings& bindings);
/// The names in an expression, in order of appearance, each once. A text that is no formula is itself a name.
[[nodiscard]] std::vector<std::string> symbols_in(std::string_view text);

}  // namespace alidade
