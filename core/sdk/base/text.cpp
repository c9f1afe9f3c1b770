#include "alidade/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "alidade/base/utf8.hpp"

namespace alidade::text {
namespace {

constexpr std::size_t kLongestName = 120;

/// Three significant digits and the power of 1000 they belong to: 46758016 -> {"46.8", 2}.
struct Scaled {
  std::string digits;
  std::size_t group;
};

Scaled scaled(std::uint64_t value) {
  std::size_t count = std::to_string(value).size();
  unsigned __int128 divisor = 1;
  for (std::size_t i = 3; i < count; ++i) divisor *= 10;
  auto rounded = static_cast<std::uint64_t>((value + divisor / 2) / divisor);
  if (rounded == 1000) rounded = 100, ++count;
  const auto group = (count - 1) / 3;
  const auto whole = count - 3 * group;
  auto digits = std::to_string(rounded);
  if (whole < 3) digits.insert(whole, ".");
  return {std::move(digits), group};
}

/// How many characters at the start are printable ASCII, a byte and a column each: nearly every name, whole.
std::size_t plain_run(std::string_view text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c < ' ' || c > '~'; });
  return static_cast<std::size_t>(end - text.begin());
}

/// Text of a name for one line, ending in "..." when it needs more than `limit` columns.
std::string shown(std::string_view name, std::size_t limit) {
  if (name.size() <= limit && plain_run(name) == name.size()) return std::string(name);
  std::string out;
  std::size_t used = 0, cut = 0;
  while (!name.empty()) {
    const auto c = first_character(name);
    const bool plain = c.valid && !is_unprintable(c.code);
    used += plain ? static_cast<std::size_t>(column_width(c.code)) : 4 * c.length;
    if (used > limit) return out.substr(0, cut) + "...";
    if (plain)
      out += name.substr(0, c.length);
    else
      append_hex(out, name.substr(0, c.length));
    if (limit - used >= 3) cut = out.size();
    name.remove_prefix(c.length);
  }
  return out;
}

/// Edits between two words, a swap of neighbours being one; `limit` + 1 when there are more.
std::size_t edits(std::string_view a, std::string_view b, std::size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before, last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last, last = now;
  }
  return last.back();
}

/// Where the character that starts at `i` ends.
std::size_t after(std::string_view name, std::size_t i) { return i + first_character(name.substr(i)).length; }

std::string scaled(double value, std::string_view unit) {
  static constexpr std::array<std::string_view, 4> prefixes = {"", "m", "u", "n"};
  if (!std::isfinite(value)) return "n/a";
  std::size_t prefix = 0;
  while (value != 0 && std::abs(value) < 1 && prefix + 1 < prefixes.size()) value *= 1000, ++prefix;
  const int digits = std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2;
  return (fixed(value, digits) + " ").append(prefixes[prefix]).append(unit);
}

}  // namespace

std::string si(std::uint64_t value) {
  static constexpr std::array<std::string_view, 7> prefixes = {"", "K", "M", "G", "T", "P", "E"};
  if (value < 1000) return std::to_string(value);
  const auto [digits, group] = scaled(value);
  return (digits + " ").append(prefixes[group]);
}

std::string bytes(std::uint64_t value) {
  static constexpr std::array<std::string_view, 7> units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (value < 1000) return std::to_string(value) + " B";
  const auto [digits, group] = scaled(value);
  return (digits + " ").append(units[group]);
}

namespace {
std::string interval(std::uint64_t low, Upper high, std::string (*written)(std::uint64_t)) {
  const auto most = high.get();
  if (!most) return "at least " + written(low);
  return *most <= low ? written(low) : written(low) + " to " + written(*most);
}
}  // namespace
std::string si(std::uint64_t low, Upper high) { return interval(low, high, si); }
std::string bytes(std::uint64_t low, Upper high) { return interval(low, high, bytes); }

std::string number(double value) {
  if (!std::isfinite(value)) return "n/a";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return "n/a";
  std::array<char, 512> buffer{};  // the largest double has 309 digits before the point
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, std::clamp(digits, 0, 100))
                       .ptr;
  return {buffer.data(), end};
}

std::string seconds(double value) { return scaled(value, "s"); }
std::string seconds(double least, std::optional<double> most) {
  if (!most) return "at least " + seconds(least);
  return *most <= least ? seconds(least) : seconds(least) + " to " + seconds(*most);
}
std::string joules(double value) { return scaled(value, "J"); }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  auto out = grouped(count) + " " + std::string(count == 1 || many.empty() ? one : many);
  return count == 1 || !many.empty() ? out : out + "s";
}
std::string grouped(std::uint64_t value) {
  auto out = std::to_string(value);
  for (std::size_t i = out.size(); i > 3;) out.insert(i -= 3, ",");
  return out;
}

std::string quoted(std::string_view name) { return "'" + printable(name) + "'"; }
std::string printable(std::string_view name) { return shown(name, kLongestName); }

std::string visible(std::string_view name) { return shown(name, std::string::npos); }

std::size_t columns(std::string_view line) {
  std::size_t width = plain_run(line);
  line.remove_prefix(width);
  while (!line.empty()) {
    const auto c = first_character(line);
    width += c.valid ? static_cast<std::size_t>(column_width(c.code)) : 1;
    line.remove_prefix(c.length);
  }
  return width;
}

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > kLongestName) return {};
  auto least = word.size() / 3 + 1;
  std::string_view best;
  for (const auto& candidate : candidates)
    if (const auto distance = edits(word, candidate, word.size() / 3); distance < least)
      best = candidate, least = distance;
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto found = nearest(word, candidates);
  return found.empty() ? std::string{} : " (did you mean " + quoted(found) + "?)";
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out.append(i == 0 ? std::string_view{} : separator).append(parts[i]);
  return out;
}

std::vector<std::string> split(std::string_view whole, char separator) {
  std::vector<std::string> parts;
  for (auto at = whole.find(separator); at != whole.npos; at = whole.find(separator)) {
    parts.emplace_back(whole.substr(0, at));
    whole.remove_prefix(at + 1);
  }
  parts.emplace_back(whole);
  return parts;
}

bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = pattern.npos,
              taken = 0;  // the last '*', and how far it reaches into the name
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++, taken = n;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p, n = after(name, n);
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p, ++n;
    } else if (star != pattern.npos) {
      p = star + 1, n = taken = after(name, taken);
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

}  // namespace alidade::text
