#pragma once
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"
#include "text_form.hpp"

namespace alidade::text_form {

/// Characters with their place. The first mistake is kept; after it everything reads as the end.
class Cursor {
 public:
  Cursor(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' ||
                                  text_[at_] == '\r' || text_[at_] == '#')) {
      if (text_[at_] == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else
        ++at_;
    }
  }
  [[nodiscard]] char peek() {
    skip();
    return problem_.empty() && at_ < text_.size() ? text_[at_] : '\0';
  }
  bool eat(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!eat(c)) wrong(std::string("expected '") + c + "'");
  }
  /// The bare word here, or empty; does not move on.
  std::string_view word() {
    skip();
    std::size_t end = at_;
    while (problem_.empty() && end < text_.size() && is_bare(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool eat_word(std::string_view w) {
    if (word() != w) return false;
    at_ += w.size();
    return true;
  }
  std::string_view take_word(std::string_view expected) {
    const auto w = word();
    if (w.empty()) wrong("expected " + std::string(expected));
    at_ += w.size();
    return w;
  }
  std::string quoted() {
    std::string out;
    expect('"');
    while (problem_.empty()) {
      if (at_ >= text_.size() || text_[at_] == '\n') return wrong("the text has no closing '\"'"), out;
      const char c = text_[at_++];
      if (c == '"') return out;
      out += c == '\\' ? escape() : c;
    }
    return out;
  }
  std::string name() { return peek() == '"' ? quoted() : std::string(take_word("a name")); }
  std::int64_t integer() {
    skip();
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), n);
    if (ec != std::errc()) return wrong("expected a whole number"), 0;
    at_ = static_cast<std::size_t>(end - text_.data());
    return n;
  }
  double real() {
    skip();
    double x = 0;
    const auto [end, ec] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), x);
    if (ec != std::errc()) return wrong("expected a number"), 0;
    at_ = static_cast<std::size_t>(end - text_.data());
    return x;
  }
  /// Everything up to (not including) one of the characters, trimmed at the end.
  std::string_view until(std::string_view stops) {
    skip();
    const auto end = std::min(text_.find_first_of(stops, at_), text_.size());
    auto part = text_.substr(at_, end - at_);
    at_ = end;
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    return part;
  }
  /// Remembers where a token begins, for wrong_there().
  void mark() { skip(), marked_ = at_; }
  void wrong_there(std::string what) {
    if (!problem_.empty()) return;
    at_ = marked_;
    wrong(std::move(what));
  }
  void wrong(std::string what) {
    if (!problem_.empty()) return;
    skip();
    problem_ = std::move(what);
    if (at_ >= text_.size())
      problem_ += ", found the end of the text";
    else if (problem_.starts_with("expected"))
      problem_ += ", found '" + std::string(1, text_[at_]) + "'";
    const auto newline = at_ == 0 ? std::string_view::npos : text_.rfind('\n', at_ - 1);
    line_begin_ = newline == std::string_view::npos ? 0 : newline + 1;
    wrong_at_ = at_;
  }
  /// What makes sense, and is more than is allowed.
  void beyond(std::string what) {
    if (problem_.empty()) fault_ = Fault::limit;
    wrong(std::move(what));
  }
  [[nodiscard]] bool ok() const { return problem_.empty(); }
  [[nodiscard]] std::unexpected<Error> error() const {
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(line_begin_), '\n') + 1;
    const auto column = wrong_at_ - line_begin_ + 1;
    const auto shown =
        text_.substr(line_begin_, std::min(text_.find('\n', line_begin_), text_.size()) - line_begin_);
    return fail(fault_, problem_,
                std::string(file_) + ":" + std::to_string(line) + ":" + std::to_string(column) + "\n    " +
                    std::string(shown) + "\n    " + std::string(column - 1, ' ') + "^");
  }

 private:
  char escape() {
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    if (c == 'n') return '\n';
    if (c != 'x') return c;
    unsigned value = 0;
    if (at_ + 2 <= text_.size()) std::from_chars(text_.data() + at_, text_.data() + at_ + 2, value, 16);
    at_ = std::min(at_ + 2, text_.size());
    return static_cast<char>(value);
  }
  std::string_view text_, file_;
  std::size_t at_ = 0, line_begin_ = 0, wrong_at_ = 0, marked_ = 0;
  std::string problem_;
  Fault fault_ = Fault::model;
};

}  // namespace alidade::text_form
