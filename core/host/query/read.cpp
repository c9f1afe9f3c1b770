// From the text of an expression to its parts.
#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "alidade/base/text.hpp"
#include "host/query/node.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

constexpr int kDeepest = 64;
constexpr int kMostOperators = 1000;  // a chain of them is a tree as deep
constexpr std::array<std::string_view, 8> kFunctions{"count", "sum", "min", "max",
                                                     "mean",  "any", "all", "abs"};
/// Operators by how tightly they bind, the loosest first.
const std::vector<std::vector<std::string_view>> kLevels{
    {"or"}, {"and"}, {"==", "!=", "<=", ">=", "<", ">", "~"}, {"+", "-"}, {"*", "/"}};
constexpr std::size_t kComparison = 2;

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool goes_on(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

/// Yes and no, as they are written and as answers show them.
std::optional<bool> flag_of(std::string_view word) {
  if (word == "true" || word == "yes") return true;
  if (word == "false" || word == "no") return false;
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { advance(); }

  Result<Node> read() {
    auto node = level(0, 0);
    if (node && !token_.empty()) return wrong("an operator or the end");
    return node;
  }

 private:
  // --- tokens: token_ is the one at hand, empty at the end; behind_ is where the one before it ends ---
  void advance() {
    behind_ = begin_ + token_.size();
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    begin_ = at_;
    if (at_ < text_.size()) at_ = end_of_token();
    token_ = text_.substr(begin_, at_ - begin_);
  }
  [[nodiscard]] std::size_t end_of_token() const {
    std::size_t end = at_ + 1;
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      const auto close = text_.find(c, end);
      return close == std::string_view::npos ? text_.size() : close + 1;
    }
    const bool number = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (starts_word(c) || number) {
      while (end < text_.size() && (goes_on(text_[end]) || joins(end, number))) ++end;
      return end;
    }
    const bool pair = end < text_.size() && text_[end] == '=' && std::string_view("=!<>").find(c) < 4;
    return pair ? end + 1 : end;
  }
  /// "compute-bound" is a word and "1e-3" a number; a subtraction has blanks around it.
  [[nodiscard]] bool joins(std::size_t i, bool number) const {
    if (text_[i] != '-' && text_[i] != '+') return false;
    if (number) return text_[i - 1] == 'e' && i + 1 < text_.size();
    return text_[i] == '-' && goes_on(text_[i - 1]) && i + 1 < text_.size() && goes_on(text_[i + 1]);
  }
  bool take(std::string_view token) {
    if (token_ != token) return false;
    advance();
    return true;
  }
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& expected) const {
    return fail(Fault::config,
                "expected " + expected + ", found " + (token_.empty() ? "the end" : text::quoted(token_)) +
                    " at character " + std::to_string(begin_ + 1) + " of " + text::quoted(text_),
                {}, "for example 'kind == conv and depthwise', or 'count(kind == opaque) == 0'");
  }

  static std::unexpected<Error> too_deep() { return fail(Fault::config, "brackets are more than 64 deep"); }

  // --- grammar ---
  Result<Node> level(std::size_t tightness, int depth) {
    if (depth > kDeepest) return too_deep();
    if (tightness == kLevels.size()) return unary(depth);
    const auto begin = begin_;
    auto left = tightness == kComparison ? negation(tightness, depth) : level(tightness + 1, depth);
    while (left) {
      const auto word = operator_here(tightness);
      if (!word) break;
      if (++operators_ > kMostOperators)
        return fail(Fault::config, "the expression has more than 1000 operators", {}, "ask it in parts");
      const auto behind = begin_;
      auto right = level(tightness + 1, depth);
      if (!right) return right;
      if (tightness == kComparison) right->may_be_text = true;
      left = between(*word, std::move(*left), std::move(*right));
      if (tightness == kComparison) return alone(std::move(*left), begin, behind, depth);
    }
    return left;
  }
  /// What would compare a comparison's answer is refused: `0 < macs < 5` reads as a range and would be none.
  Result<Node> alone(Node comparison, std::size_t begin, std::size_t middle, int depth) {
    const auto second = begin_;
    if (!operator_here(kComparison)) return comparison;
    if (auto last = level(kComparison + 1, depth); !last) return last;
    return fail(Fault::config,
                "comparisons do not chain, found " + text::quoted(written(second, begin_)) + " behind " +
                    text::quoted(written(begin, second)) + " at character " + std::to_string(second + 1) +
                    " of " + text::quoted(text_),
                {}, "write " + text::quoted(written(begin, second) + " and " + written(middle, begin_)));
  }
  /// A part of the text, without the blanks behind it.
  [[nodiscard]] std::string written(std::size_t from, std::size_t to) const {
    while (to > from && std::isspace(static_cast<unsigned char>(text_[to - 1])) != 0) --to;
    return std::string(text_.substr(from, to - from));
  }
  std::optional<std::string_view> operator_here(std::size_t tightness) {
    for (const auto word : kLevels[tightness])
      if (take(word)) return word;
    return std::nullopt;
  }
  Result<Node> negation(std::size_t tightness, int depth) {
    const auto begin = begin_;
    if (!take("not")) return level(tightness + 1, depth);
    auto part = level(tightness, depth + 1);
    if (!part) return part;
    return around(Kind::negation, std::move(*part), begin);
  }
  Result<Node> unary(int depth) {
    if (depth > kDeepest) return too_deep();
    const auto begin = begin_;
    if (!take("-")) return primary(depth);
    auto part = unary(depth + 1);
    if (!part) return part;
    return around(Kind::minus, std::move(*part), begin);
  }
  /// A part from `begin` to the token at hand.
  [[nodiscard]] Node node(Kind kind, std::size_t begin, std::string_view word = {},
                          Value constant = {}) const {
    return {kind,  std::string(word), std::move(constant), false, {}, begin,
            begin, behind_,           Unit::none,          false};
  }
  [[nodiscard]] Node around(Kind kind, Node part, std::size_t begin, std::string_view word = {}) const {
    auto out = node(kind, begin, word);
    out.has_unit = part.has_unit;
    out.parts.push_back(std::move(part));
    return out;
  }
  [[nodiscard]] Node between(std::string_view op, Node left, Node right) const {
    auto out = node(Kind::binary, left.begin, op);
    out.has_unit = left.has_unit || right.has_unit;
    out.parts.push_back(std::move(left)), out.parts.push_back(std::move(right));
    return out;
  }
  Result<Node> primary(int depth) {
    const auto at = begin_;
    if (take("(")) return bracketed(at, depth);
    const char first = token_.empty() ? '\0' : token_[0];
    if (first == '\'' || first == '"') return quoted();
    if (std::isdigit(static_cast<unsigned char>(first)) != 0) return number();
    if (!starts_word(first) || token_ == "and" || token_ == "or") return wrong("a field, a number or a text");
    const auto word = token_;
    advance();
    if (const auto flag = flag_of(word)) return node(Kind::constant, at, {}, Value(*flag));
    if (take("(")) return call(word, at, depth);
    return node(Kind::field, at, word);
  }
  Result<Node> bracketed(std::size_t begin, int depth) {
    auto inner = closed(level(0, depth + 1));
    if (inner) inner->begin = begin, inner->end = behind_;
    return inner;
  }
  Result<Node> closed(Result<Node> inner) {
    if (inner && !take(")")) return wrong("')'");
    return inner;
  }
  Result<Node> call(std::string_view word, std::size_t at, int depth) {
    const std::vector<std::string> known(kFunctions.begin(), kFunctions.end());
    if (std::ranges::find(known, word) == known.end())
      return fail(Fault::config,
                  "there is no function " + text::quoted(word) + text::did_you_mean(word, known), {},
                  "functions: " + text::join(known, ", "));
    auto inner = closed(level(0, depth + 1));
    if (!inner) return inner;
    return around(Kind::call, std::move(*inner), at, word);
  }
  Result<Node> quoted() {
    if (token_.size() < 2 || token_.back() != token_[0]) return wrong("a closing quote");
    const auto at = begin_;
    const Value text(std::string(token_.substr(1, token_.size() - 2)));
    advance();
    return node(Kind::constant, at, {}, text);
  }
  Result<Node> number() {
    const auto amount = read_amount(token_);
    if (!amount) return wrong("a number");
    const auto at = begin_;
    advance();
    auto out = node(Kind::constant, at, {}, value_of(amount->value));
    out.unit = amount->unit, out.has_unit = out.unit != Unit::none;
    return out;
  }

  std::string_view text_, token_;
  std::size_t at_ = 0, begin_ = 0, behind_ = 0;
  int operators_ = 0;
};

}  // namespace

bool is_comparison(std::string_view op) {
  return std::ranges::find(kLevels[kComparison], op) != kLevels[kComparison].end();
}

Result<Node> read_expression(std::string_view text) { return Reader(text).read(); }

}  // namespace alidade::host::query
