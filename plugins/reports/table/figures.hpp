#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alidade/base/units.hpp"

namespace alidade::table {

/// 11689512 -> "11.690M", 231211008 bytes -> "231.21MB": as the hierarchical profile prints them; 0 -> "-".
[[nodiscard]] std::string count_cell(std::uint64_t value);
[[nodiscard]] std::string bytes_cell(std::uint64_t value);
/// The same, with a "+" where it may be more.
[[nodiscard]] std::string count_cell(std::uint64_t value, Upper most);
[[nodiscard]] std::string bytes_cell(std::uint64_t value, Upper most);
/// How many: "12", "1 to 3", "at least 1".
[[nodiscard]] std::string count_range(std::uint64_t least, Upper most);
/// 0.985 -> "98.5%"; "0%" for nothing at all.
[[nodiscard]] std::string percent(double share);
/// "98.5%", or "45.0 to 98.5%" where it lies between two.
[[nodiscard]] std::string percent(double least, double most);
/// FLOPs per byte: "57.1", "0.25", "n/a" without traffic.
[[nodiscard]] std::string intensity(std::optional<double> value);
/// A path cut in its middle: "encoder.laye...attention.query".
[[nodiscard]] std::string shortened(std::string_view path, std::size_t width);

}  // namespace alidade::table
