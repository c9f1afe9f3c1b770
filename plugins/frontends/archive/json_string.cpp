#include "json_string.hpp"

#include <cctype>
#include <cstdint>
#include <cstring>

namespace alidade::archive {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;

std::uint64_t eight(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}
constexpr std::uint64_t has_zero(std::uint64_t w) { return (w - kOnes) & ~w & kHighs; }
constexpr std::uint64_t has_byte(std::uint64_t w, char c) {
  return has_zero(w ^ (kOnes * static_cast<unsigned char>(c)));
}
constexpr std::uint64_t has_control(std::uint64_t w) { return (w - kOnes * 0x20) & ~w & kHighs; }

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t n = 0;
  for (const char c : digits.substr(0, 4))
    n = n * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return n;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80)
    out += static_cast<char>(c);
  else if (c < 0x800)
    out += static_cast<char>(0xc0 | (c >> 6)), tail(0);
  else if (c < 0x10000)
    out += static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0);
  else
    out += static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0);
}

/// The character of a \u escape at the head of `rest`, and how many bytes it took: two escapes for a pair.
std::size_t append_unicode(std::string& out, std::string_view rest) {
  std::uint32_t c = hex4(rest.substr(2));
  const bool high = c >= 0xd800 && c < 0xdc00;
  if (high && rest.size() >= 12 && rest.substr(6, 2) == "\\u") {
    const auto low = hex4(rest.substr(8));
    if (low >= 0xdc00 && low < 0xe000) {
      append_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
      return 12;
    }
  }
  if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
  append_utf8(out, c);
  return 6;
}

/// Bytes of the well-formed sequence at the head of `rest`; 0 when there is none.
std::size_t sequence_length(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < rest.size() ? rest[i] : 0); };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead < 0xf0) {
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0, surrogate = lead == 0xed && byte(1) >= 0xa0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4) return 0;
  const bool overlong = lead == 0xf0 && byte(1) < 0x90, beyond = lead == 0xf4 && byte(1) >= 0x90;
  return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
}

}  // namespace

std::size_t string_stop(std::string_view bytes, std::size_t from) {
  while (from + 8 <= bytes.size()) {
    const auto w = eight(bytes.data() + from);
    if ((has_byte(w, '"') | has_byte(w, '\\') | has_control(w)) != 0) break;
    from += 8;
  }
  while (from < bytes.size() && bytes[from] != '"' && bytes[from] != '\\' &&
         static_cast<unsigned char>(bytes[from]) >= 0x20)
    ++from;
  return from;
}

std::size_t escape_length(std::string_view rest) {
  if (rest.size() < 2) return 0;
  if (std::string_view("\"\\/bfnrt").contains(rest[1])) return 2;
  if (rest[1] != 'u' || rest.size() < 6) return 0;
  for (const char c : rest.substr(2, 4))
    if (!std::isxdigit(static_cast<unsigned char>(c))) return 0;
  return 6;
}

std::string unescaped(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const auto stop = raw.find('\\', at);
    out += raw.substr(at, stop == std::string_view::npos ? stop : stop - at);
    if (stop == std::string_view::npos || stop + 1 >= raw.size()) break;
    static constexpr std::string_view kFrom = "bfnrt", kTo = "\b\f\n\r\t";
    const auto which = kFrom.find(raw[stop + 1]);
    if (raw[stop + 1] == 'u') {
      at = stop + append_unicode(out, raw.substr(stop));
    } else {
      out += which == std::string_view::npos ? raw[stop + 1] : kTo[which];
      at = stop + 2;
    }
  }
  return out;
}

std::optional<std::size_t> broken_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (at + 8 <= bytes.size() && (eight(bytes.data() + at) & kHighs) == 0) {
      at += 8;
      continue;
    }
    const auto length = sequence_length(bytes.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace alidade::archive
