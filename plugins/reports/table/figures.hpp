#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alidade::table {

/// 11689512 -> "11.690M", 231211008 bytes -> "231.21MB": as the hierarchical profile prints them; 0 -> "-".
[[nodiscard]] std::string count_cell(std::uint64_t value);
[[nodiscard]] std::string bytes_cell(std::uint64_t value);
/// The same, with a "+" where operators that are not exactly known may add to it.
[[nodiscard]] std::string count_cell(std::uint64_t value, bool exact);
/// 0.985 -> "98.5%"; "0%" for nothing at all.
[[nodiscard]] std::string percent(double share);
/// FLOPs per byte: "57.1", "0.25", "n/a" without traffic.
[[nodiscard]] std::string intensity(std::optional<double> value);
/// "1.23 ms", "456 us", "0.12 J".
[[nodiscard]] std::string seconds(double value);
[[nodiscard]] std::string joules(double value);
/// One figure, or "3.65 G to 4.10 G" where the truth lies between two.
[[nodiscard]] std::string between(std::uint64_t low, std::uint64_t high);
/// A path cut in its middle: "encoder.laye...attention.query".
[[nodiscard]] std::string shortened(std::string_view path, std::size_t width);

}  // namespace alidade::table
