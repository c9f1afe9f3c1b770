#include "cli/serving/amounts.hpp"

#include <charconv>
#include <string_view>

namespace alidade::cli {
namespace {

/// A number and what stands behind it.
template <class Number>
std::optional<Number> number_before(const std::string& text, std::string_view& rest) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !(value > 0)) return std::nullopt;
  rest = std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end));
  return value;
}

}  // namespace

std::optional<std::uint64_t> tokens_in(const std::string& text) {
  std::string_view unit;
  const auto value = number_before<std::uint64_t>(text, unit);
  if (!value || *value > (std::uint64_t{1} << 40)) return std::nullopt;
  if (unit.empty()) return value;
  if (unit == "k" || unit == "K") return *value << 10;
  if (unit == "m" || unit == "M") return *value << 20;
  return std::nullopt;
}

std::optional<double> seconds_in(const std::string& text) {
  std::string_view unit;
  const auto value = number_before<double>(text, unit);
  if (!value) return std::nullopt;
  if (unit == "s") return value;
  if (unit == "ms") return *value * 1e-3;
  if (unit == "us") return *value * 1e-6;
  return std::nullopt;
}

}  // namespace alidade::cli
