#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"

namespace alidade::text {

/// 1814073344 -> "1.81 G"; below 1000 the bare number. Decimal prefixes, 3 significant digits.
[[nodiscard]] std::string si(std::uint64_t value);
/// One figure, "3.65 G to 4.10 G" where the truth lies between two, "at least 3.65 G" without a bound.
[[nodiscard]] std::string si(std::uint64_t low, Upper high);
/// 46758016 -> "46.8 MB" (decimal megabytes).
[[nodiscard]] std::string bytes(std::uint64_t value);
[[nodiscard]] std::string bytes(std::uint64_t low, Upper high);
/// Shortest decimal text that reads back to the same double; "n/a" when not finite. Ignores the locale.
[[nodiscard]] std::string number(double value);
/// Fixed digits after the point, ignoring the locale; "n/a" when not finite.
[[nodiscard]] std::string fixed(double value, int digits);
/// 0.00123 -> "1.23 ms"; "n/a" when not finite.
[[nodiscard]] std::string seconds(double value);
/// The same of two: "1.23 ms to 1.40 ms", "at least 1.23 ms" without a bound.
[[nodiscard]] std::string seconds(double least, std::optional<double> most);
[[nodiscard]] std::string joules(double value);
/// 1814073344 -> "1,814,073,344".
[[nodiscard]] std::string grouped(std::uint64_t value);
/// "1 stage", "3 stages"; with `many` where the plural is another word: "1 analysis", "3 analyses".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});
/// A quoted name fit for one line of a terminal: control, invalid and bidi bytes as \xNN, cut at 120
/// characters.
[[nodiscard]] std::string quoted(std::string_view name);
/// The same without the quotes.
[[nodiscard]] std::string printable(std::string_view name);
/// The same, whole: for files that other programs read.
[[nodiscard]] std::string visible(std::string_view name);
/// Columns that a line takes on a terminal: wide characters two, combining marks none.
[[nodiscard]] std::size_t columns(std::string_view line);
/// The nearest candidate within a third of the word's length, or empty.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string> candidates);
/// " (did you mean 'x'?)" or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
/// Splits at every separator; "" gives one empty part.
[[nodiscard]] std::vector<std::string> split(std::string_view whole, char separator);
/// Whether `name` matches a shell pattern with * and ?.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

}  // namespace alidade::text
