#include "dimension_names.hpp"

#include <algorithm>
#include <cctype>

#include "alidade/ir/expression.hpp"
#include "types.hpp"

namespace alidade::onnx_file {
namespace {

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool begins_name(char c) {
  return in_word(c) && std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '.';
}

std::size_t after_word(std::string_view s, std::size_t at) {
  while (at < s.size() && in_word(s[at])) ++at;
  return at;
}
std::size_t after_hyphenated(std::string_view s, std::size_t at) {
  at = after_word(s, at);
  while (at + 1 < s.size() && s[at] == '-' && in_word(s[at + 1])) at = after_word(s, at + 1);
  return at;
}

/// A name with hyphens, no difference of names.
bool is_one_name(std::string_view words, const DimensionNames& of_inputs) {
  bool hyphen = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto end = after_word(words, at);
    if (of_inputs.contains(words.substr(at, end - at))) return false;
    hyphen = hyphen || end < words.size();
    at = end;
  }
  return hyphen;
}

/// The end of the piece that begins here: words, a text in quotes, or one character.
std::size_t after_piece(std::string_view s, std::size_t at) {
  if (in_word(s[at])) return begins_name(s[at]) ? after_hyphenated(s, at) : after_word(s, at);
  const auto quote = s[at] == '\'' ? s.find('\'', at + 1) : std::string_view::npos;
  return quote == std::string_view::npos ? at + 1 : quote + 1;
}

}  // namespace

DimensionNames dimension_names(const GraphView& graph) {
  GraphBuilder scratch;
  const Bindings none;
  Types types(scratch, none);
  DimensionNames names;
  for (const auto& input : graph.inputs)
    for (const Dim d : types[types.read(input.type)].dims)
      if (d.is_symbolic()) names.emplace(types.sizes.expression(d));
  return names;
}

std::string with_names_quoted(std::string_view text, const DimensionNames& of_inputs) {
  if (!text.contains('-') || !Expression::parse(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = after_piece(text, at);
    const auto piece = text.substr(at, end - at);
    const bool name = begins_name(piece[0]) && is_one_name(piece, of_inputs);
    out += name ? "'" + std::string(piece) + "'" : std::string(piece);
    at = end;
  }
  return out;
}

}  // namespace alidade::onnx_file
