#include "cli/serving/amounts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

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

std::optional<std::uint64_t> bytes_in(const std::string& text) {
  constexpr std::array kUnits{
      std::pair{std::string_view("MB"), 1e6},     std::pair{std::string_view("GB"), 1e9},
      std::pair{std::string_view("TB"), 1e12},    std::pair{std::string_view("MiB"), 0x1p20},
      std::pair{std::string_view("GiB"), 0x1p30}, std::pair{std::string_view("TiB"), 0x1p40}};
  std::string_view unit;
  const auto value = number_before<double>(text, unit);
  const auto found = std::ranges::find(kUnits, unit, [](const auto& known) { return known.first; });
  if (!value || found == kUnits.end() || *value * found->second >= 0x1p62) return std::nullopt;
  return static_cast<std::uint64_t>(*value * found->second);
}

}  // namespace alidade::cli
