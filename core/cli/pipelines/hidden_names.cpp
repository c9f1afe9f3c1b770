#include "cli/pipelines/hidden_names.hpp"

#include <cctype>
#include <map>
#include <utility>

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_bare(char c) { return is_word(c) || std::string_view(".$/:-").contains(c); }

/// Rewrites one line after the other; equal names get equal numbers.
class Hider {
 public:
  std::string line(std::string_view text) {
    std::string out;
    before_.clear();
    for (text_ = text, at_ = 0; at_ < text_.size();) out += next();
    return out;
  }

 private:
  /// What stands at the place that the line was read to, rewritten.
  std::string next() {
    const char c = text_[at_];
    if (c == '%') return ++at_, "%" + numbered("v", text_[at_] == '"' ? literal() : bare());
    if (c == '"') {
      const bool attribute = at_ > 0 && text_[at_ - 1] == '=';
      const auto name = literal();
      return '"' + (attribute ? name : quoted(name)) + '"';
    }
    if (!is_word(c)) return ++at_, std::string(1, c);
    const auto begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return before_ = text_.substr(begin, at_ - begin);
  }
  std::string bare() {
    const auto begin = at_;
    while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// Between quotes as it stands there, with its escapes.
  std::string literal() {
    const auto begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return std::string(text_.substr(begin, at_++ - begin));
  }
  /// A text by the word that it stands behind.
  std::string quoted(const std::string& name) {
    const auto word = std::exchange(before_, before_ == "module"    ? "class"
                                             : before_ == "warning" ? "said"
                                                                    : "");
    if (word == "graph" || word == "named" || word == "on") return numbered("v", name);
    if (word == "module" || word == "in") return path(name);
    if (word == "class") return name.starts_with("torch.") ? name : numbered("Class", name);
    if (word == "at") return numbered("file", name) + ".py";
    return word == "said" ? "hidden" : name;
  }
  std::string path(const std::string& module) {
    std::string out;
    for (const auto& part : text::split(module, '.')) out += (out.empty() ? "" : ".") + numbered("m", part);
    return out;
  }
  std::string numbered(const std::string& lead, const std::string& name) {
    if (name.empty()) return name;
    auto& known = numbers_[lead];
    return lead + std::to_string(known.emplace(name, known.size() + 1).first->second);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string before_;
  std::map<std::string, std::map<std::string, std::size_t>> numbers_;
};

}  // namespace

std::string with_hidden_names(std::string_view graph_text) {
  Hider hider;
  std::string out;
  for (const auto& line : text::split(graph_text, '\n'))
    if (!line.starts_with("  attachment ")) out += hider.line(line) + "\n";
  return out.substr(0, out.size() - (graph_text.ends_with('\n') ? 1 : 0));
}

}  // namespace alidade::cli
