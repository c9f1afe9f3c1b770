#include "alidade/base/error.hpp"

#include <string_view>

#include "alidade/base/utf8.hpp"

namespace alidade {
namespace {

/// A last line of defence: whoever wrote the sentence may have forgotten to quote a name.
void append_safe(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto c = first_character(text);
    const auto bytes = text.substr(0, c.length);
    if (c.valid && (c.code == '\n' || !is_unprintable(c.code)))
      out += bytes;
    else
      append_hex(out, bytes);
    text.remove_prefix(c.length);
  }
}

}  // namespace

std::string to_text(const Error& error) {
  std::string out = "error: ";
  append_safe(out, error.what);
  if (!error.where.empty()) append_safe(out += "\n  --> ", error.where);
  if (!error.fix.empty()) append_safe(out += "\n  fix: ", error.fix);
  return out;
}

}  // namespace alidade
