#include "alidade/base/shell_word.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::text {
namespace {

/// $'a\x0ab': every byte that is not a plain character by its number.
std::string escaped(std::string_view name) {
  std::string out = "$'";
  for (const unsigned char c : name) {
    const bool plain = c >= ' ' && c < 0x7f && c != '\'' && c != '\\';
    if (plain)
      out += static_cast<char>(c);
    else
      out += {'\\', 'x', "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};
  }
  return out + "'";
}

}  // namespace

std::string shell_word(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,+@%").contains(c);
  };
  if (visible(name) != name) return escaped(name);
  if (!name.empty() && std::ranges::all_of(name, plain)) return std::string(name);
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace alidade::text
