#include "cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"

namespace alidade::stablehlo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '$'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string shown(const Token& token) {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the file";
    case TokenKind::value:
      return text::quoted("%" + std::string(token.text));
    case TokenKind::symbol:
      return text::quoted("@" + std::string(token.text));
    case TokenKind::hash:
      return text::quoted("#" + std::string(token.text));
    case TokenKind::bang:
      return text::quoted("!" + std::string(token.text));
    case TokenKind::block:
      return text::quoted("^" + std::string(token.text));
    case TokenKind::string:
      return "the string " + text::quoted(token.text);
    default:
      return text::quoted(token.text);
  }
}

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : open == '{' ? '}' : '>'; }

}  // namespace

Cursor::Cursor(std::string_view text) : text_(text) { advance(); }

void Cursor::set(TokenKind kind, std::size_t begin, std::size_t from, std::size_t to) {
  token_ = {kind, text_.substr(from, to - from), static_cast<Place>(begin)};
}

void Cursor::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      const auto end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else {
      return;
    }
  }
}

/// %name, @name, @"name", #name, !name, ^name
void Cursor::sign_and_name(TokenKind kind) {
  const auto begin = at_++;
  if (kind == TokenKind::symbol && peek() == '"') {
    string();
    token_.kind = failed_ ? TokenKind::end : TokenKind::symbol, token_.begin = static_cast<Place>(begin);
    return;
  }
  const auto from = at_;
  while (is_name(peek()) || (peek() == '-' && peek(1) != '>')) ++at_;
  if (kind == TokenKind::value && peek() == '#' && is_digit(peek(1)))
    for (++at_; is_digit(peek());) ++at_;
  set(kind, begin, from, at_);
  if (from == at_) wrong("a name is missing after " + text::quoted(text_.substr(begin, 1)));
}

void Cursor::string() {
  const auto begin = at_++;
  while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
  if (at_ >= text_.size()) return wrong_at(static_cast<Place>(begin), "a string that begins here has no end");
  set(TokenKind::string, begin, begin + 1, at_);
  ++at_;
}

void Cursor::number() {
  const auto begin = at_;
  if (peek() == '-') ++at_;
  if (peek() == '0' && peek(1) == 'x' && is_hex(peek(2))) {
    for (at_ += 2; is_hex(peek());) ++at_;
  } else {
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1)))
      for (++at_; is_digit(peek());) ++at_;
    else if (peek() == '.')
      ++at_;
    const bool signed_power = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && (is_digit(peek(1)) || (signed_power && is_digit(peek(2)))))
      for (at_ += 2; is_digit(peek());) ++at_;
  }
  set(TokenKind::number, begin, begin, at_);
}

void Cursor::advance() {
  if (failed_) return;
  skip_blanks();
  if (at_ >= text_.size()) return set(TokenKind::end, text_.size(), text_.size(), text_.size());
  const char c = text_[at_];
  if (is_letter(c)) {
    const auto begin = at_;
    while (is_name(peek())) ++at_;
    return set(TokenKind::word, begin, begin, at_);
  }
  if (c == '%') return sign_and_name(TokenKind::value);
  if (c == '@') return sign_and_name(TokenKind::symbol);
  if (c == '#' && is_letter(peek(1))) return sign_and_name(TokenKind::hash);
  if (c == '!' && is_letter(peek(1))) return sign_and_name(TokenKind::bang);
  if (c == '^' && is_name(peek(1))) return sign_and_name(TokenKind::block);
  if (c == '"') return string();
  if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return number();
  const auto begin = at_;
  at_ += c == '-' && peek(1) == '>' ? 2 : 1;
  set(at_ - begin == 2 ? TokenKind::arrow : TokenKind::mark, begin, begin, at_);
}

Token Cursor::take() {
  const Token taken = token_;
  advance();
  return taken;
}
bool Cursor::take_mark(char c) { return is_mark(c) ? (advance(), true) : false; }
bool Cursor::take_word(std::string_view word) { return is_word(word) ? (advance(), true) : false; }

bool Cursor::expect_mark(char c, std::string_view where) {
  if (take_mark(c)) return true;
  unexpected(fmt::format("'{}' {}", c, where));
  return false;
}
std::string_view Cursor::expect(TokenKind kind, std::string_view what) {
  if (is(kind)) return take().text;
  unexpected(what);
  return {};
}

void Cursor::resume(std::size_t signs) {
  if (failed_) return;
  at_ = std::min(text_.size(), token_.begin + signs);
  advance();
}

std::string_view Cursor::take_bracketed() {
  const auto all = rest();
  std::string closers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const char c = all[i];
    if (c == '"') {
      for (++i; i < all.size() && all[i] != '"'; ++i) i += all[i] == '\\' ? 1 : 0;
    } else if (c == '-' && i + 1 < all.size() && all[i + 1] == '>') {
      ++i;
    } else if (c == '<' || c == '(' || c == '[' || c == '{') {
      closers.push_back(closing(c));
    } else if (!closers.empty() && c == closers.back()) {
      closers.pop_back();
      if (closers.empty()) return resume(i + 1), all.substr(1, i - 1);
    }
  }
  wrong("the bracket " + text::quoted(token_.text) + " is never closed");
  return {};
}

void Cursor::wrong(std::string what, std::string fix) {
  wrong_at(token_.begin, std::move(what), std::move(fix));
}
void Cursor::wrong_at(Place place, std::string what, std::string fix, Fault fault) {
  if (!failed_) error_ = {fault, std::move(what), {}, std::move(fix)}, error_place_ = place;
  failed_ = true;
  token_ = {TokenKind::end, {}, place};
}
void Cursor::unexpected(std::string_view expected) {
  wrong(fmt::format("expected {}, found {}", expected, shown(token_)));
}

std::string Cursor::line_and_column(std::string_view text, Place place) {
  const auto before = text.substr(0, std::min<std::size_t>(place, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto last = before.rfind('\n');
  const auto column = before.size() - (last == std::string_view::npos ? 0 : last + 1) + 1;
  return fmt::format("{}:{}", line, column);
}

}  // namespace alidade::stablehlo
