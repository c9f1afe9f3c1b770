#include "alidade/base/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "alidade/base/text.hpp"
#include "alidade/base/utf8.hpp"

namespace alidade {
namespace {

void append_unit(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 15];
}

/// How a character that may not stand as it is is written.
std::string escaped(Character c) {
  std::string out;
  if (!c.valid) {
    out = "\\ufffd";
  } else if (c.code == '"' || c.code == '\\') {
    out = {'\\', static_cast<char>(c.code)};
  } else if (c.code < 0x10000) {
    append_unit(out, c.code);
  } else {
    append_unit(out, 0xd800 + ((c.code - 0x10000) >> 10));
    append_unit(out, 0xdc00 + ((c.code - 0x10000) & 0x3ff));
  }
  return out;
}

/// Whether a byte of ASCII stands as it is.
bool stands(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '<'; }
bool stands(Character c) {
  return c.valid && (c.code < 0x80 ? stands(static_cast<char>(c.code)) : !is_unprintable(c.code));
}

template <class Number>
std::string digits(Number value) {
  std::array<char, 24> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

}  // namespace

void write_json_string(Sink& out, std::string_view value) {
  out.write("\"");
  std::size_t done = 0;
  for (std::size_t i = 0; i < value.size();) {
    if (stands(value[i])) {
      ++i;
      continue;
    }
    const auto c = first_character(value.substr(i));
    if (!stands(c)) {
      out.write(value.substr(done, i - done));
      out.write(escaped(c));
      done = i + c.length;
    }
    i += c.length;
  }
  out.write(value.substr(done));
  out.write("\"");
}

void JsonWriter::newline() {
  if (indent_ > 0) out_.write("\n" + std::string(open_.size() * static_cast<std::size_t>(indent_), ' '));
}

/// What stands before a member: the comma, the line's indent and, in an object, the key.
void JsonWriter::lead(std::string_view key) {
  if (open_.empty()) return;
  if (open_.back().filled) out_.write(indent_ > 0 ? "," : ", ");
  open_.back().filled = true;
  newline();
  if (open_.back().array) return;
  write_json_string(out_, key);
  out_.write(": ");
}

void JsonWriter::open(std::string_view key, char bracket) {
  lead(key);
  out_.write({&bracket, 1});
  open_.push_back({bracket == '[', false});
}

void JsonWriter::close(char bracket) {
  const bool filled = open_.back().filled;
  open_.pop_back();
  if (filled) newline();
  out_.write({&bracket, 1});
  if (open_.empty()) out_.write("\n");
}

void JsonWriter::begin_object(std::string_view key) { open(key, '{'); }
void JsonWriter::end_object() { close('}'); }
void JsonWriter::begin_array(std::string_view key) { open(key, '['); }
void JsonWriter::end_array() { close(']'); }

void JsonWriter::text(std::string_view key, std::string_view value) {
  lead(key);
  write_json_string(out_, value);
}
void JsonWriter::count(std::string_view key, std::uint64_t value) {
  lead(key);
  out_.write(digits(value));
}
void JsonWriter::integer(std::string_view key, std::int64_t value) {
  lead(key);
  out_.write(digits(value));
}
void JsonWriter::real(std::string_view key, double value) {
  if (!std::isfinite(value)) return nothing(key);
  lead(key);
  out_.write(text::number(value));
}
void JsonWriter::flag(std::string_view key, bool value) {
  lead(key);
  out_.write(value ? "true" : "false");
}
void JsonWriter::nothing(std::string_view key) {
  lead(key);
  out_.write("null");
}

}  // namespace alidade
