#include "host/query/amount.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "alidade/base/text.hpp"
#include "host/query/result_scope.hpp"

namespace alidade::host::query {
namespace {

/// What stands behind the digits: a power of ten, times a power of two.
struct Suffix {
  std::string_view word;
  Unit unit = Unit::none;
  int ten = 0, two = 0;
};
constexpr std::array kSuffixes{Suffix{""},
                               Suffix{"K", Unit::none, 3},
                               Suffix{"M", Unit::none, 6},
                               Suffix{"G", Unit::none, 9},
                               Suffix{"T", Unit::none, 12},
                               Suffix{"P", Unit::none, 15},
                               Suffix{"ns", Unit::seconds, -9},
                               Suffix{"us", Unit::seconds, -6},
                               Suffix{"ms", Unit::seconds, -3},
                               Suffix{"s", Unit::seconds},
                               Suffix{"B", Unit::bytes},
                               Suffix{"kB", Unit::bytes, 3},
                               Suffix{"KB", Unit::bytes, 3},
                               Suffix{"MB", Unit::bytes, 6},
                               Suffix{"GB", Unit::bytes, 9},
                               Suffix{"TB", Unit::bytes, 12},
                               Suffix{"PB", Unit::bytes, 15},
                               Suffix{"KiB", Unit::bytes, 0, 10},
                               Suffix{"MiB", Unit::bytes, 0, 20},
                               Suffix{"GiB", Unit::bytes, 0, 30},
                               Suffix{"TiB", Unit::bytes, 0, 40},
                               Suffix{"PiB", Unit::bytes, 0, 50},
                               Suffix{"uJ", Unit::joules, -6},
                               Suffix{"mJ", Unit::joules, -3},
                               Suffix{"J", Unit::joules},
                               Suffix{"kJ", Unit::joules, 3},
                               Suffix{"mW", Unit::watts, -3},
                               Suffix{"W", Unit::watts},
                               Suffix{"kW", Unit::watts, 3}};

constexpr std::array kWords{
    UnitWords{"a plain number", "1M", "a number, which may have K, M, G, T or P behind it"},
    UnitWords{"a time", "100us", "a time such as 100us or 2ms; a number alone is in s"},
    UnitWords{"an amount of bytes", "4MiB", "bytes such as 4MiB or 2GB; a number alone is in B"},
    UnitWords{"an energy", "5mJ", "an energy such as 5mJ; a number alone is in J"},
    UnitWords{"a power", "250W", "a power such as 250W; a number alone is in W"}};

/// How figures end that are in a unit.
struct Ending {
  std::string_view word;
  Unit unit;
};
constexpr std::array kEndings{Ending{"_s", Unit::seconds}, Ending{"_bytes", Unit::bytes},
                              Ending{"_j", Unit::joules}, Ending{"_watts", Unit::watts},
                              Ending{"memory", Unit::bytes}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits without the point, and the powers of ten and two that they are to be multiplied with.
struct Decimal {
  std::int64_t digits = 0;
  int ten = 0, two = 0;
  bool fits = true;  ///< the digits, into 64 bits

  void add(char digit) {
    fits = fits && !__builtin_mul_overflow(digits, 10, &digits) &&
           !__builtin_add_overflow(digits, digit - '0', &digits);
  }
  [[nodiscard]] std::optional<std::int64_t> whole() const {
    auto out = digits;
    if (!fits || __builtin_mul_overflow(out, std::int64_t{1} << two, &out)) return std::nullopt;
    int left = ten;
    for (; left < 0 && out % 10 == 0 && out != 0; ++left) out /= 10;
    if (left < 0 && out != 0) return std::nullopt;
    for (; left > 0 && out != 0; --left)
      if (__builtin_mul_overflow(out, 10, &out)) return std::nullopt;
    return out;
  }
};

/// The digits of "1.5e-3", or nothing where the power of ten is none.
std::optional<Decimal> decimal_of(std::string_view written) {
  Decimal out;
  const auto mantissa = written.substr(0, written.find_first_of("eE"));
  for (const char c : mantissa)
    if (is_digit(c)) out.add(c);
  if (const auto point = mantissa.find('.'); point != mantissa.npos)
    out.ten = -static_cast<int>(mantissa.size() - point - 1);
  if (mantissa.size() == written.size()) return out;
  auto power = written.substr(mantissa.size() + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  int value = 0;
  if (std::from_chars(power.data(), power.data() + power.size(), value).ec != std::errc())
    return std::nullopt;
  out.ten += value;
  return out;
}

double scaled(double real, const Suffix& suffix) {
  real = std::ldexp(real, suffix.two);
  for (int i = 0; i < suffix.ten; i += 3) real *= 1000;
  return suffix.ten < 0 ? real / std::pow(10, -suffix.ten) : real;
}

/// The part of a name that says what it is in: of figures of a target, whose name stands behind it, the
/// first.
std::string_view telling_part(std::string_view figure) {
  const auto first = figure.substr(0, figure.find('.'));
  if (is_of_target(first)) return first;
  const auto last = figure.substr(figure.rfind('.') + 1);  // npos + 1 is 0
  constexpr std::string_view kUpper = "_upper";
  return last.ends_with(kUpper) ? last.substr(0, last.size() - kUpper.size()) : last;
}

}  // namespace

std::optional<Amount> read_amount(std::string_view text) {
  if (text.empty() || (!is_digit(text[0]) && text[0] != '.')) return std::nullopt;  // "inf", "nan", "-1"
  double real = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), real);
  const auto written = text.substr(0, static_cast<std::size_t>(end - text.data()));
  const auto suffix = std::ranges::find(kSuffixes, text.substr(written.size()), &Suffix::word);
  if (ec != std::errc() || suffix == kSuffixes.end()) return std::nullopt;
  auto decimal = decimal_of(written);
  if (!decimal) return std::nullopt;
  decimal->ten += suffix->ten, decimal->two = suffix->two;
  if (const auto whole = decimal->whole()) return Amount{*whole, suffix->unit};
  return Amount{scaled(real, *suffix), suffix->unit};
}

Unit unit_of(std::string_view figure) {
  const auto part = telling_part(figure);
  const auto found =
      std::ranges::find_if(kEndings, [&](const Ending& ending) { return part.ends_with(ending.word); });
  return found == kEndings.end() ? Unit::none : found->unit;
}

const UnitWords& words_of(Unit unit) { return kWords[static_cast<std::size_t>(unit)]; }

std::string of_two_units(std::string_view figure, Unit of_figure, std::string_view found) {
  return text::quoted(figure) + " is " + std::string(words_of(of_figure).name) + ", found " +
         text::quoted(found);
}

}  // namespace alidade::host::query
