#include "cli/serving/amounts.hpp"

#include <charconv>
#include <string_view>

#include "host/query/amount.hpp"

namespace alidade::cli {
namespace {

using host::query::Unit;

/// What is written in a unit, and is more than nothing.
std::optional<double> positive(const std::string& text, Unit unit) {
  const auto amount = host::query::read_amount(text);
  if (!amount || amount->unit != unit) return std::nullopt;
  const auto value = host::query::real_of(amount->value);
  return value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> tokens_in(const std::string& text) {
  std::uint64_t value = 0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || value == 0 || value > (std::uint64_t{1} << 40)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  if (unit.empty()) return value;
  if (unit == "k" || unit == "K") return value << 10;
  if (unit == "m" || unit == "M") return value << 20;
  return std::nullopt;
}

std::optional<double> seconds_in(const std::string& text) { return positive(text, Unit::seconds); }

std::optional<std::uint64_t> bytes_in(const std::string& text) {
  const auto value = positive(text, Unit::bytes);
  return value && *value < 0x1p62 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

}  // namespace alidade::cli
