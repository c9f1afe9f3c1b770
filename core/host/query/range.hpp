#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "host/query/number.hpp"

namespace alidade::host::query {

/// What a part of an expression is worth. Where that is not known exactly, `least` is a number and `most` the
/// greatest that it may be, infinite without an upper bound. A condition that is not known is from false
/// to 1, and a text that is not known is the word for that, with an infinite `most`.
struct Range {
  Value least;
  std::optional<Number> most;
  [[nodiscard]] bool exact() const { return !most; }
};
[[nodiscard]] Range between(Number least, Number most);
/// "5", "0 to 1200", "at least 0", "not known".
[[nodiscard]] std::string to_text(const Range& range);

[[nodiscard]] bool is_text(const Range& range);
/// Yes or no, or either of them.
[[nodiscard]] bool is_flag(const Range& range);

/// A field of the scope: from X to X_upper where that is known, too; from X on where that has no value.
[[nodiscard]] Range range_of(const FieldScope& scope, const std::string& name);

[[nodiscard]] Verdict verdict_of(bool sure, bool possible);
/// The same as a value: yes and no are true and false, undefined is nothing.
[[nodiscard]] Range range_of(Verdict verdict);
/// Whether a flag holds; nothing is undefined. A number counts as one that is not 0.
[[nodiscard]] Verdict truth(const Range& range);

/// One of + - * / on ranges of numbers; a quotient may be anything where the divisor may be 0.
[[nodiscard]] Range computed(char op, const Range& a, const Range& b);
[[nodiscard]] Range magnitude(const Range& number);
[[nodiscard]] Range lesser(const Range& a, const Range& b);
[[nodiscard]] Range greater(const Range& a, const Range& b);

/// One of < <= > >= between ranges of numbers.
[[nodiscard]] Verdict compared(std::string_view op, const Range& a, const Range& b);
/// Numbers are equal by their size, whether whole or not, texts without regard to case; values of two kinds
/// never are. A text that is not known is the word for that, and may be any other.
[[nodiscard]] Verdict equal(const Range& a, const Range& b);

}  // namespace alidade::host::query
