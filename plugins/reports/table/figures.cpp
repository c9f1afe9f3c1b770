#include "figures.hpp"

#include <array>

#include "alidade/base/text.hpp"

namespace alidade::table {
namespace {

/// A value above 1000 in units of a power of 1000, rounded half up to `digits` behind the point.
std::string in_thousands(std::uint64_t value, int digits, const std::array<std::string_view, 7>& units) {
  unsigned __int128 unit = 1000, scale = 1;
  std::size_t power = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const auto rounded = [&] { return (value * scale + unit / 2) / unit; };
  while (power + 1 < units.size() && rounded() >= 1000 * scale) unit *= 1000, ++power;
  const auto whole = static_cast<std::uint64_t>(rounded());
  const auto point = static_cast<std::uint64_t>(scale);
  const auto fraction = std::to_string(whole % point);
  const auto zeros = std::string(static_cast<std::size_t>(digits) - fraction.size(), '0');
  return (std::to_string(whole / point) + "." + zeros + fraction).append(units[power]);
}

}  // namespace

std::string count_cell(std::uint64_t value) {
  if (value == 0) return "-";
  return value < 1000 ? std::to_string(value) : in_thousands(value, 3, {"", "K", "M", "G", "T", "P", "E"});
}

std::string count_cell(std::uint64_t value, Upper most) {
  if (most <= value) return count_cell(value);
  return (value == 0 ? "0" : count_cell(value)) + "+";
}
std::string bytes_cell(std::uint64_t value, Upper most) {
  if (most <= value) return bytes_cell(value);
  return (value == 0 ? "0" : bytes_cell(value)) + "+";
}

std::string bytes_cell(std::uint64_t value) {
  if (value == 0) return "-";
  if (value < 1000) return std::to_string(value) + "B";
  return in_thousands(value, 2, {"B", "kB", "MB", "GB", "TB", "PB", "EB"});
}

std::string count_range(std::uint64_t least, Upper most) {
  const auto low = std::to_string(least);
  if (!most.bounded()) return "at least " + low;
  return most <= least ? low : low + " to " + std::to_string(*most.get());
}

std::string percent(double share) {
  if (share == 0) return "0%";
  return share < 0.0005 ? "<0.1%" : text::fixed(100 * share, 1) + "%";
}

std::string percent(double least, double most) {
  const auto low = percent(least), high = percent(most);
  return low == high ? low : low.substr(0, low.size() - 1) + " to " + high;
}

std::string intensity(std::optional<double> value) {
  return value ? text::fixed(*value, *value < 10 ? 2 : 1) : "n/a";
}

std::string shortened(std::string_view path, std::size_t width) {
  auto whole = text::printable(path);
  if (text::columns(whole) <= width || whole.size() != text::columns(whole)) return whole;
  const auto head = (width - 3) / 2;
  return whole.substr(0, head) + "..." + whole.substr(whole.size() - (width - 3 - head));
}

}  // namespace alidade::table
