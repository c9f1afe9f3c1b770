#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "host/query/number.hpp"

namespace alidade::host::query {

/// What an amount is of; none: a plain number.
enum class Unit : std::uint8_t { none, seconds, bytes, joules, watts };

/// A number in seconds, bytes, joules, watts or in nothing at all.
struct Amount {
  Number value;
  Unit unit = Unit::none;
};

/// "1814073344", "3.6G", "1e-3", "100us", "24GiB": digits, and behind them a decimal prefix or a unit. The
/// number is whole where no digit is left behind the point. Nothing when it is no amount.
[[nodiscard]] std::optional<Amount> read_amount(std::string_view text);

/// What a figure is in, by its name: `time_s.l4` and `memory.as_given.arena_bytes` say it.
[[nodiscard]] Unit unit_of(std::string_view figure);

/// What a unit is called, an amount in it, and what is expected where a figure is in it.
struct UnitWords {
  std::string_view name, example, expected;
};
[[nodiscard]] const UnitWords& words_of(Unit unit);

/// "'macs' is a plain number, found '5ms'", both as they are written.
[[nodiscard]] std::string of_two_units(std::string_view figure, Unit of_figure, std::string_view found);

}  // namespace alidade::host::query
