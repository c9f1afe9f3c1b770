#include "host/query/evaluation.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "alidade/base/text.hpp"
#include "host/config/precision_names.hpp"
#include "host/query/misuse.hpp"
#include "host/query/node_unit.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;
using Worth = Evaluation::Worth;

const Range kZero{Value(std::int64_t{0}), {}};

bool nothing(const Range& range) { return std::holds_alternative<std::monostate>(range.least); }
bool is_number(const Range& range) { return number_of(range.least).has_value() && !is_flag(range); }
bool may_be_number(const Range& range) { return nothing(range) || is_number(range); }

std::unexpected<Expression::Mistake> at(const Node& node, Error error) {
  return std::unexpected(Expression::Mistake{node.at, std::move(error)});
}

Verdict opposite(Verdict verdict) {
  return verdict == Verdict::yes ? Verdict::no : verdict == Verdict::no ? Verdict::yes : verdict;
}

/// Whether a text is as a pattern says; numbers as they are shown.
Verdict matched(const Range& text, const Range& pattern) {
  const bool exact = text.exact() && pattern.exact();
  const bool matches = text::matches(to_text(pattern.least), to_text(text.least));
  return verdict_of(matches && (exact || is_text(text)), !exact);
}

/// Whether a figure is of what is stored, and so is there in an operator that does not run, too.
bool is_stored(const Node& node) {
  static constexpr std::array<std::string_view, 4> kStored{"params", "param_bytes", "weight_bytes",
                                                           "buffers"};
  if (node.kind == Kind::field) return std::ranges::find(kStored, node.word) != kStored.end();
  return std::ranges::all_of(node.parts, is_stored);
}

/// A word beside the field `precision` or `dtype` by our name for it: int8 is i8.
Range by_our_name(const Range& range, const Node& other) {
  const auto* word = std::get_if<std::string>(&range.least);
  const bool named = other.kind == Kind::field && (other.word == "precision" || other.word == "dtype");
  return word && named ? Range{std::string(our_precision(*word)), {}} : range;
}

/// What a row adds to a sum, or to a maximum: of an operator that may not run, perhaps nothing.
Range as_run(const FieldScope& row, const Node& part, Range value) {
  const bool may_rest = row.knows("conditional") && row.field("conditional") == Value(true);
  if (!may_rest || !is_number(value) || is_stored(part)) return value;
  const auto most = greater(value, kZero);
  return between(*number_of(lesser(value, kZero).least), most.most.value_or(*number_of(most.least)));
}

Worth arithmetic(const Node& node, const Range& left, const Range& right) {
  if (nothing(left) || nothing(right)) return Range{};
  if (!is_number(left) || !is_number(right)) return at(node, no_numbers(node.word, left, right));
  return computed(node.word[0], left, right);
}

/// What the rows of a scope say together. Those where the figure or the condition has no value are left out,
/// by all() as what is not known; a condition counts as 1 where it holds.
class Summary {
 public:
  void add(const Range& value) {
    const auto holds = truth(value);
    surely_ += holds == Verdict::yes ? 1 : 0;
    possibly_ += holds == Verdict::yes || holds == Verdict::maybe ? 1 : 0;
    against_ += holds == Verdict::no ? 1 : 0;
    ++rows_;
    if (nothing(value)) return;
    const Range number{value_of(*number_of(value.least)), value.most};
    if (!nothing(sum_)) sum_ = computed('+', sum_, number);
    least_ = valued_ == 0 ? number : lesser(least_, number);
    most_ = valued_ == 0 ? number : greater(most_, number);
    ++valued_;
  }
  [[nodiscard]] Range of(const std::string& function) const {
    if (function == "count") return between(surely_, possibly_);
    if (function == "any") return range_of(verdict_of(surely_ > 0, possibly_ > 0));
    if (function == "all") return range_of(verdict_of(surely_ == rows_, against_ == 0));
    if (function == "sum") return sum_;
    if (valued_ == 0 || function == "min") return least_;
    if (function == "max") return most_;
    return !nothing(sum_) ? computed('/', sum_, {Value(valued_), {}}) : Range{};
  }

 private:
  Range sum_ = kZero, least_, most_;
  std::int64_t surely_ = 0, possibly_ = 0, against_ = 0, rows_ = 0, valued_ = 0;
};

}  // namespace

Worth Evaluation::of(const Node& node) const {
  switch (node.kind) {
    case Kind::constant:
      return Range{node.constant, {}};
    case Kind::field:
      return field(node);
    case Kind::negation: {
      auto part = condition(node.parts[0], &node);
      return part ? Worth(range_of(opposite(truth(*part)))) : part;
    }
    case Kind::minus:
      return minus(node);
    case Kind::binary:
      return node.word == "and" || node.word == "or" ? logic(node) : binary(node);
    case Kind::call:
      return call(node);
  }
  return Range{};
}

Worth Evaluation::condition(const Node& node, const Node* around) const {
  auto found = of(node);
  if (!found || nothing(*found) || is_flag(*found)) return found;
  return at(node, no_condition(text_, node, *found, around));
}

Worth Evaluation::field(const Node& node) const {
  if (scope_.knows(node.word))
    return fields_ == Fields::up_to_upper ? range_of(scope_, node.word) : Range{scope_.field(node.word), {}};
  if (node.may_be_text) return Range{Value(node.word), {}};
  return at(node, no_field(node.word, scope_));
}

Worth Evaluation::minus(const Node& node) const {
  auto part = of(node.parts[0]);
  if (!part || nothing(*part)) return part;
  if (!is_number(*part)) return at(node, no_numbers("-", kZero, *part));
  return computed('-', kZero, *part);
}

/// Both parts are looked at, also where one decides: a mistake in the other is one.
Worth Evaluation::logic(const Node& node) const {
  const auto decides = node.word == "and" ? Verdict::no : Verdict::yes;
  const auto left = condition(node.parts[0], &node);
  if (!left) return left;
  const auto right = condition(node.parts[1], &node);
  if (!right) return right;
  const auto first = truth(*left), second = truth(*right);
  if (first == decides || second == decides) return range_of(decides);
  if (first == Verdict::undefined || second == Verdict::undefined) return range_of(Verdict::undefined);
  return range_of(first == Verdict::maybe ? first : second);
}

Worth Evaluation::binary(const Node& node) const {
  const auto left = of(node.parts[0]);
  if (!left) return left;
  const auto right = of(node.parts[1]);
  if (!right) return right;
  if (node.has_unit && may_be_number(*left) && may_be_number(*right))
    if (auto mistake = unit_mistake(text_, node, scope_)) return std::unexpected(std::move(*mistake));
  return is_comparison(node.word) ? compare(node, *left, *right) : arithmetic(node, *left, *right);
}

Worth Evaluation::compare(const Node& node, const Range& left, const Range& right) const {
  const auto& op = node.word;
  if (nothing(left) || nothing(right)) return Range{};
  if (op == "~") return range_of(matched(left, right));
  const auto& other = node.parts[1];
  if (is_number(left) && is_text(right) && other.kind == Kind::field && !scope_.knows(other.word))
    return at(other, no_field(other.word, scope_));
  if (op == "==" || op == "!=") {
    if (is_flag(left) != is_flag(right) || is_text(left) != is_text(right))
      return at(node, of_two_kinds(op, left, right));
    const auto same = equal(by_our_name(left, other), by_our_name(right, node.parts[0]));
    return range_of(op == "==" ? same : opposite(same));
  }
  if (!is_number(left) || !is_number(right)) return at(node, no_numbers(op, left, right));
  return range_of(compared(op, left, right));
}

Worth Evaluation::call(const Node& node) const {
  if (node.word != "abs") return over_rows(node);
  auto part = figure(node.parts[0], node.word);
  return !part || nothing(*part) ? part : magnitude(*part);
}

/// What a function of numbers is of; a condition counts as 1 where it holds.
Worth Evaluation::figure(const Node& node, const std::string& function) const {
  auto found = of(node);
  const bool wrong = found && (is_text(*found) || (function == "abs" && is_flag(*found)));
  return wrong ? at(node, no_figure(function, *found)) : found;
}

Worth Evaluation::over_rows(const Node& node) const {
  const bool asks = node.word == "count" || node.word == "any" || node.word == "all";
  Summary summary;
  for (std::size_t i = 0; i < scope_.row_count(); ++i) {
    const Evaluation row(text_, *scope_.row(i), fields_);
    auto value = asks ? row.condition(node.parts[0], &node) : row.figure(node.parts[0], node.word);
    if (!value) return value;
    const bool of_runs = fields_ == Fields::up_to_upper && (node.word == "sum" || node.word == "max");
    summary.add(of_runs ? as_run(*scope_.row(i), node.parts[0], *value) : *value);
  }
  return summary.of(node.word);
}

}  // namespace alidade::host::query
