// needs: alidade_host
// covers: core/sdk/base/csv.cpp core/sdk/base/json.cpp core/sdk/base/shell_word.cpp
// covers: core/sdk/base/text.cpp core/sdk/base/utf8.cpp core/host/output/report_path.cpp
// Every escaper with a text that may be anything: what it writes reads back as the text, or has nothing in it
// that a terminal, a browser, a spreadsheet, a shell or a file system acts on.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "alidade/base/csv.hpp"
#include "alidade/base/json.hpp"
#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "harness.hpp"
#include "host/config/toml.hpp"
#include "host/output/output.hpp"

namespace alidade::fuzz {
namespace {

/// Whether all of it is UTF-8, by the table of RFC 3629.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const auto tail = [&](std::size_t at) { return (byte(at) & 0xc0) == 0x80; };
    const unsigned a = byte(i), b = byte(i + 1);
    if (a < 0x80)
      i += 1;
    else if (a >= 0xc2 && a <= 0xdf && tail(i + 1))
      i += 2;
    else if (a >= 0xe0 && a <= 0xef && tail(i + 1) && tail(i + 2) && (a != 0xe0 || b >= 0xa0) &&
             (a != 0xed || b < 0xa0))
      i += 3;
    else if (a >= 0xf0 && a <= 0xf4 && tail(i + 1) && tail(i + 2) && tail(i + 3) &&
             (a != 0xf0 || b >= 0x90) && (a != 0xf4 || b < 0x90))
      i += 4;
    else
      return false;
  }
  return true;
}

/// Control characters of one byte and of two, and the marks that turn the direction of writing.
bool acts_on_terminal(std::string_view text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; })) return true;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  static constexpr std::string_view kMarks[] = {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d",
                                                "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
  return std::ranges::any_of(kMarks, [&](auto mark) { return text.contains(mark); });
}

void check_terminal(std::string_view text) {
  for (const auto& shown : {text::printable(text), text::quoted(text), text::visible(text)})
    promise(is_utf8(shown) && !acts_on_terminal(shown),
            "a terminal shows what is printable and acts on nothing");
  promise(text::columns(text::printable(text)) <= 4 * 120 + 100, "a name on a terminal is cut");
}

void check_json(std::string_view text) {
  StringSink out;
  write_json_string(out, text);
  promise(!acts_on_terminal(out.str()) || !acts_on_terminal(text) || is_utf8(text),
          "JSON has no control bytes");
  promise(
      !out.str().contains('<') && std::ranges::none_of(out.str(), [](unsigned char c) { return c < ' '; }),
      "a JSON string opens no tag");
  const auto read = nlohmann::json::parse(out.str(), nullptr, false);
  promise(read.is_string(), "a JSON string reads as one");
  if (is_utf8(text)) promise(read.get<std::string>() == text, "JSON reads back as what was written");
}

void check_csv(std::string_view text) {
  const auto cell = text::csv_cell(text);
  promise(!acts_on_terminal(cell), "a cell is one line");
  std::string read = cell;
  if (cell.starts_with('"')) {
    promise(cell.size() > 1 && cell.ends_with('"'), "a quoted cell ends in a quote");
    read.clear();
    for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
      promise(cell[i] != '"' || (i + 2 < cell.size() && cell[++i] == '"'), "a quote in a cell is doubled");
      read += cell[i];
    }
  } else {
    promise(cell.find_first_of(",;|\"") == cell.npos, "what splits cells stands in quotes");
  }
  promise(read.empty() || !std::string_view("=+-@").contains(read[0]), "no cell is a formula");
  promise(read == text::visible(text) || read == "'" + text::visible(text),
          "CSV reads back as what was written");
}

/// A file name of the folder that was asked for, and of no other.
void check_file_name(std::string_view text) {
  const auto path = host::report_path("out/{model}.json", text);
  promise(path.starts_with("out/") && path.ends_with(".json"), "a report lies in its folder");
  const auto name = path.substr(4);
  promise(!name.contains('/') && !name.contains('\0') && !name.starts_with('.') && !name.starts_with('-') &&
              name.size() < 128,
          "a model's name is fit for a file's");
}

/// As a shell reads one word: plain, in quotes, or $'...'.
void check_shell_word(std::string_view text) {
  const auto word = text::shell_word(text);
  promise(!word.empty() && !acts_on_terminal(word), "a word for a shell is one line");
  if (word.starts_with("$'") && word.ends_with('\'')) return;
  std::string read;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\'') {
      for (++i; i < word.size() && word[i] != '\''; ++i) read += word[i];
      promise(i < word.size(), "a quote of a shell is closed");
    } else if (word[i] == '\\') {
      promise(++i < word.size(), "a backslash stands before something"), read += word[i];
    } else {
      promise(!std::string_view(" \t\n\"$`&|;<>()*?[]#~!{}^").contains(word[i]), "a shell acts on nothing");
      read += word[i];
    }
  }
  promise(read == text, "a shell reads what was written");
}

void check_toml(std::string_view text) {
  if (!is_utf8(text)) return;
  const host::ConfigNode node{std::string(text), {}};
  const auto read = host::parse_toml(host::key_to_toml(text) + " = " + host::to_toml(node), {"m.toml"});
  promise(read && read->text(text) && *read->text(text) == text, "TOML reads back as what was written");
}

}  // namespace

void try_bytes(std::string_view bytes) {
  check_terminal(bytes), check_json(bytes), check_csv(bytes), check_file_name(bytes), check_shell_word(bytes);
  check_toml(bytes);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return {};
  return {"layer1.0.conv1",
          "=cmd|' /C calc'!A0",
          "</script><img src=x onerror=alert(1)>",
          "\x1b]0;title\x07\x1b[31mred",
          "../../etc/passwd",
          "a\"b,c;d|e",
          "it's $HOME `id`",
          "\xff\xfe\xc0\x80\xed\xa0\x80",
          "\u202egnp.exe\u2066\u200b",
          "\xc2\x9b"
          "31m",
          "日本語 e\u0301 👩‍👩‍👧",
          std::string("a\0b\n\t\r", 6),
          "",
          std::string(400, 'x'),
          "＝1+1"};
}

}  // namespace alidade::fuzz
