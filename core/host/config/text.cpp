#include <algorithm>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/base/utf8.hpp"
#include "config.hpp"

namespace alidade::host {
namespace {

constexpr int kWidest = 100;  // characters of a source line that are shown
constexpr int kBefore = 60;   // of them before the caret, when the line is longer

bool is_word(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '+' || c >= 0x80;
}

/// Characters of the key or value that starts at `rest`: a word, a string with its quotes, or one character.
std::size_t token_bytes(std::string_view rest) {
  if (rest.empty()) return 0;
  if (rest[0] == '"' || rest[0] == '\'') {
    const auto end = rest.find(rest[0], 1);
    return end == rest.npos ? rest.size() : end + 1;
  }
  std::size_t length = 0;
  while (length < rest.size()) {
    const auto c = first_character(rest.substr(length));
    if (!is_word(c.code)) break;
    length += c.length;
  }
  return length > 0 ? length : first_character(rest).length;
}

/// A character as a terminal may show it; a tab is one blank, so that the caret stands below what it means.
std::string shown(std::string_view bytes, Character c) {
  std::string out;
  if (c.code == '\t')
    out = " ";
  else if (c.valid && !is_unprintable(c.code))
    out = bytes;
  else
    append_hex(out, bytes);
  return out;
}

/// A source line and the caret below it.
struct Excerpt {
  std::string line, caret;
};

Excerpt excerpt(std::string_view line, int column) {
  Excerpt out;
  std::size_t token_end = line.npos;
  const int first = column > kWidest ? column - kBefore : 1;
  std::size_t at = 0;
  for (int i = 1; at < line.size() && i < first + kWidest; ++i) {
    const auto c = first_character(line.substr(at));
    const auto text = shown(line.substr(at, c.length), c);
    if (i == column) token_end = at + token_bytes(line.substr(at));
    if (i >= first) {
      out.line += text;
      const bool marked = i >= column && at < token_end && token_end != line.npos;
      out.caret.append(text::columns(text), marked ? '^' : ' ');
    }
    at += c.length;
  }
  if (token_end == line.npos) out.caret += '^';
  if (at < line.size()) out.line += "...";
  if (first > 1) out.line.insert(0, "..."), out.caret.insert(0, "   ");
  while (out.caret.ends_with(' ')) out.caret.pop_back();
  return out;
}

std::string block(const Mistake& mistake) {
  std::string out = "error: " + mistake.what + "\n";
  if (const auto where = to_text(mistake.place); !where.empty()) out += "  --> " + where + "\n";
  if (!mistake.line.empty()) {
    const auto [line, caret] = excerpt(mistake.line, mistake.place.column);
    const auto number = mistake.place.origin == Origin::file || mistake.place.origin == Origin::builtin
                            ? std::to_string(mistake.place.line)
                            : std::string(" ");
    const auto gutter = " " + std::string(number.size(), ' ') + " |";
    out += gutter + "\n " + number + " | " + line + "\n" + gutter + " " + caret + "\n";
  }
  if (!mistake.fix.empty()) out += "  fix: " + mistake.fix + "\n";
  return out;
}

std::string_view line_of(std::string_view text, int line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n');
    if (end == text.npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string to_text(const Place& place) {
  if (place.origin == Origin::flag || place.origin == Origin::environment) return text::printable(place.file);
  if (place.origin == Origin::builtin && place.line == 0) return "default";
  auto out = text::printable(place.file);
  if (place.line > 0) out += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  return out;
}

std::string to_text(std::span<const Mistake> mistakes) {
  std::string out;
  for (const auto& mistake : mistakes) out += block(mistake);
  return out;
}

void write_json(std::span<const Mistake> mistakes, Sink& out) {
  JsonWriter json(out);
  json.begin_array();
  for (const auto& mistake : mistakes) {
    json.begin_object();
    json.text("file", mistake.place.file);
    json.integer("line", mistake.place.line);
    json.integer("column", mistake.place.column);
    json.text("what", mistake.what);
    json.text("fix", mistake.fix);
    json.end_object();
  }
  json.end_array();
}

std::string_view source_line(std::span<const Source> sources, const Place& place) {
  const auto source = std::ranges::find(sources, place.file, &Source::file);
  return source != sources.end() && place.line > 0 ? line_of(source->text, place.line) : std::string_view{};
}

void settle(std::vector<Mistake>& mistakes, std::span<const Source> sources) {
  const auto rank = [&](const Place& place) {
    return std::ranges::find(sources, place.file, &Source::file) - sources.begin();
  };
  std::ranges::stable_sort(mistakes, [&](const Mistake& a, const Mistake& b) {
    return std::tuple(rank(a.place), a.place.line, a.place.column) <
           std::tuple(rank(b.place), b.place.line, b.place.column);
  });
  for (auto& mistake : mistakes)
    if (const auto line = source_line(sources, mistake.place); !line.empty()) mistake.line = line;
}

}  // namespace alidade::host
