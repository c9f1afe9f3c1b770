// What must be known of a text before toml++ sees it: release 3.3.0 recurses once per part of a dotted key
// and per bracket (a header of 100,000 parts ends it by a signal).
#include "alidade/base/utf8.hpp"
#include "toml.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr int kDeepest = 64, kMostParts = 64;

/// Walks over TOML as its brackets, dots and strings lie, without making anything of it.
class Scan {
 public:
  Scan(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::optional<Mistake> run() {
    for (; at_ < text_.size(); ++at_) {
      step();
      if (at_ >= text_.size()) break;
      if (depth_ > kDeepest)
        return here("expected brackets at most 64 levels deep, found more", "flatten the value");
      if (parts_ > kMostParts)
        return here("expected keys of at most 64 parts, found more", "shorten the key");
    }
    return std::nullopt;
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '"' || c == '\'')
      skip_string(c);
    else if (c == '#')
      skip_comment();
    else if (c == '.')
      ++parts_;
    else if (c == '[' || c == '{')
      ++depth_, parts_ = 1;
    else if (c == ']' || c == '}')
      depth_ -= depth_ > 0, parts_ = 1;
    else if (c == '\n')
      end_line();
    else if (c == '=' || c == ',')
      parts_ = 1;
  }
  /// Leaves at_ on the closing quote, or on the newline that a string of one line must not reach.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool block = text_.substr(at_, 3) == three;
    for (at_ += block ? 3 : 1; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') {
        end_line();
        if (!block) return;
      } else if (text_[at_] == '\\' && quote == '"') {
        if (++at_ < text_.size() && text_[at_] == '\n') end_line();
      } else if (block && text_.substr(at_, 3) == three) {
        return skip_closing(quote);
      } else if (!block && text_[at_] == quote) {
        return;
      }
    }
  }
  /// A block string may end in two quotes of its own before the three that close it.
  void skip_closing(char quote) {
    at_ += 2;
    for (int own = 0; own < 2 && at_ + 1 < text_.size() && text_[at_ + 1] == quote; ++own) ++at_;
  }
  void skip_comment() {
    while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
  }
  void end_line() { ++line_, line_start_ = at_ + 1, parts_ = 1; }
  [[nodiscard]] Mistake here(std::string what, std::string fix) const {
    int column = 1;
    for (auto i = line_start_; i < at_; i += first_character(text_.substr(i)).length) ++column;
    return {{file_, line_, column}, std::move(what), std::move(fix)};
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0, line_start_ = 0;
  int line_ = 1, depth_ = 0, parts_ = 1;
};

std::optional<Mistake> refuse_bytes(std::string_view text, const std::string& file) {
  int line = 1, column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = first_character(text.substr(i));
    if (!c.valid)
      return Mistake{{file, line, column},
                     "byte " + std::to_string(i) + " of the file is not UTF-8",
                     "save the file as UTF-8"};
    ++column;
    if (c.code == '\n') ++line, column = 1;
    i += c.length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Mistake> refuse_text(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes)
    return Mistake{{file},
                   "expected at most 1 MiB of TOML, found more",
                   "check that this is the pipeline file, not a model"};
  if (auto mistake = refuse_bytes(text, file)) return mistake;
  return Scan(text, file).run();
}

}  // namespace alidade::host
