#include "alidade/base/shell_word.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::text {

std::string shell_word(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,+@%").contains(c);
  };
  auto word = visible(name);
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace alidade::text
