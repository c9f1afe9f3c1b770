#include "host/query/evaluation.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

const Range kZero{Value(std::int64_t{0}), {}};

bool nothing(const Range& range) { return std::holds_alternative<std::monostate>(range.least); }
bool is_text(const Range& range) { return std::holds_alternative<std::string>(range.least); }
bool is_number(const Range& range) { return number_of(range.least).has_value(); }

std::unexpected<Error> unlike(const std::string& op, const Range& left, const Range& right) {
  return fail(Fault::config, "'" + op + "' stands between numbers, found " + text::quoted(to_text(left)) +
                                 " and " + text::quoted(to_text(right)));
}

Verdict opposite(Verdict verdict) {
  return verdict == Verdict::yes ? Verdict::no : verdict == Verdict::no ? Verdict::yes : verdict;
}

/// `depthwise == often` would hold for no operator, and look like an answer.
std::unexpected<Error> flag_and_text(const std::string& op, const Range& left, const Range& right) {
  const bool text_left = is_text(left);
  return fail(Fault::config,
              "'" + op + "' compares " + text::quoted(to_text(text_left ? left.least : right.least)) +
                  " with a field that is yes or no",
              {}, "write yes or no, or the field alone: depthwise, not depthwise");
}

Result<Range> compare(const std::string& op, const Range& left, const Range& right) {
  if (nothing(left) || nothing(right)) return Range{};
  if ((is_flag(left) && is_text(right)) || (is_text(left) && is_flag(right)))
    return flag_and_text(op, left, right);
  if (op == "==") return range_of(equal(left, right));
  if (op == "!=") return range_of(opposite(equal(left, right)));
  if (op == "~")
    return range_of(
        verdict_of(left.exact() && right.exact() && text::matches(to_text(right.least), to_text(left.least)),
                   !left.exact() || !right.exact()));
  if (!is_number(left) || !is_number(right)) return unlike(op, left, right);
  return range_of(compared(op, left, right));
}

Result<Range> arithmetic(const std::string& op, const Range& left, const Range& right) {
  if (nothing(left) || nothing(right)) return Range{};
  if (!is_number(left) || !is_number(right)) return unlike(op, left, right);
  return computed(op[0], left, right);
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
    if (!is_number(value)) return;
    const Range number{value_of(*number_of(value.least)), value.most};
    if (is_number(sum_)) sum_ = computed('+', sum_, number);
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
    return is_number(sum_) ? computed('/', sum_, {Value(valued_), {}}) : Range{};
  }

 private:
  Range sum_ = kZero, least_, most_;
  std::int64_t surely_ = 0, possibly_ = 0, against_ = 0, rows_ = 0, valued_ = 0;
};

}  // namespace

Error no_field(const std::string& word, const FieldScope& scope) {
  const auto names = scope.names();
  const auto group = word.substr(0, word.find('.') + 1);
  auto near = names;
  std::erase_if(near, [&](const auto& name) { return !name.starts_with(group); });
  if (group.empty()) std::erase_if(near, [](const auto& name) { return name.contains('.'); });
  return {Fault::config,
          "there is no field " + text::quoted(word) + text::did_you_mean(word, names),
          {},
          "fields: " + text::join(near.empty() ? names : near, ", ")};
}

Result<Range> Evaluation::of(const Node& node) const {
  switch (node.kind) {
    case Kind::constant:
      return Range{node.constant, {}};
    case Kind::field:
      return field(node);
    case Kind::negation: {
      auto part = of(node.parts[0]);
      return part ? Result<Range>(range_of(opposite(truth(*part)))) : part;
    }
    case Kind::minus: {
      auto part = of(node.parts[0]);
      return part ? arithmetic("-", kZero, *part) : part;
    }
    case Kind::binary:
      return node.word == "and" || node.word == "or" ? logic(node) : binary(node);
    case Kind::call:
      return call(node);
  }
  return Range{};
}

Result<Range> Evaluation::field(const Node& node) const {
  if (scope_.knows(node.word))
    return fields_ == Fields::up_to_upper ? range_of(scope_, node.word) : Range{scope_.field(node.word), {}};
  if (node.may_be_text) return Range{Value(node.word), {}};
  return std::unexpected(no_field(node.word, scope_));
}

Result<Range> Evaluation::logic(const Node& node) const {
  const auto decides = node.word == "and" ? Verdict::no : Verdict::yes;
  auto left = of(node.parts[0]);
  if (!left) return left;
  const auto first = truth(*left);
  if (first == decides) return range_of(decides);
  auto right = of(node.parts[1]);
  if (!right) return right;
  const auto second = truth(*right);
  if (second == decides) return range_of(decides);
  if (first == Verdict::undefined || second == Verdict::undefined) return range_of(Verdict::undefined);
  return range_of(first == Verdict::maybe ? first : second);
}

Result<Range> Evaluation::binary(const Node& node) const {
  auto left = of(node.parts[0]);
  if (!left) return left;
  auto right = of(node.parts[1]);
  if (!right) return right;
  return is_comparison(node.word) ? compare(node.word, *left, *right) : arithmetic(node.word, *left, *right);
}

Result<Range> Evaluation::call(const Node& node) const {
  if (node.word != "abs") return over_rows(node);
  auto part = of(node.parts[0]);
  if (!part || !is_number(*part)) return part;
  return magnitude({value_of(*number_of(part->least)), part->most});
}

Result<Range> Evaluation::over_rows(const Node& node) const {
  Summary summary;
  for (std::size_t i = 0; i < scope_.row_count(); ++i) {
    auto value = Evaluation(*scope_.row(i), fields_).of(node.parts[0]);
    if (!value) return value;
    summary.add(*value);
  }
  return summary.of(node.word);
}

}  // namespace alidade::host::query
