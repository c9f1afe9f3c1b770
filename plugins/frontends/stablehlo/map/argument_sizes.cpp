#include "argument_sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "alidade/ir/size.hpp"
#include "call.hpp"

namespace alidade::stablehlo {
namespace {

constexpr int kDeepest = 64;  // operators between a size and what is asserted of it

using Text = std::optional<std::string>;

class ArgumentSizes {
 public:
  ArgumentSizes(Reading& reading, const Function& f) : r_(reading), f_(f) {
    for (const auto& op : f.body.operations)
      for (std::uint32_t k = 0; k < op.results; ++k) makers_[op.first_result + k] = &op;
  }

  SizeTexts find() {
    for (const auto& op : f_.body.operations) take_names(op);
    for (const auto& [value, name] : names_) solve(value, std::string(name), 0);
    for (const auto& op : f_.body.operations) take_assertion(op);
    for (auto& [place, text] : texts_)
      if (const auto size = Size::parse(text); size.is_known()) text = size.text();
    return std::move(texts_);
  }

 private:
  using Place = std::pair<std::size_t, std::size_t>;

  [[nodiscard]] const Operation* maker(ValueRef v) const {
    const auto found = makers_.find(v);
    return found == makers_.end() ? nullptr : found->second;
  }
  [[nodiscard]] static bool is(const Operation& op, std::string_view name, std::size_t operands) {
    return op.name.ends_with(name) && op.operands.size() == operands;
  }
  /// A quotient that is rounded down, or the remainder: the function of JAX that gives both.
  [[nodiscard]] bool divides(const Operation& op) const {
    const Function* inner = r_.called(op);
    return inner != nullptr && inner->name.starts_with("divmod") && op.operands.size() >= 2 &&
           op.results == 2;
  }
  /// The argument and dimension that a value is the size of.
  [[nodiscard]] std::optional<Place> size_of(ValueRef v) const {
    const Operation* op = maker(v);
    if (op == nullptr || op->name != "stablehlo.get_dimension_size" || op->operands.empty())
      return std::nullopt;
    const auto* dim = op->find("dim") != nullptr ? op->find("dim") : op->find("dimension");
    const auto at = std::ranges::find(f_.body.arguments, op->operands[0]);
    if (dim == nullptr || dim->integer < 0 || at == f_.body.arguments.end()) return std::nullopt;
    return Place{at - f_.body.arguments.begin(), dim->integer};
  }

  void take_names(const Operation& op) {
    const Function* inner = r_.called(op);
    if (inner == nullptr) return;
    for (std::size_t k = 0; k < op.operands.size() && k < inner->argument_attributes.size(); ++k)
      if (const auto* name = stablehlo::find(inner->argument_attributes[k], "jax.global_constant");
          name != nullptr && !name->text.empty())
        names_.emplace(op.operands[k], name->text);
  }

  /// `v` is `text`: what then the size is that it was computed from. A quotient came out even.
  void solve(ValueRef v, std::string text, int depth) {
    if (const auto place = size_of(v)) return void(texts_.try_emplace(*place, std::move(text)));
    const Operation* op = maker(v);
    if (op == nullptr || op->operands.empty() || depth > kDeepest) return;
    if (is(*op, ".convert", 1)) return solve(op->operands[0], std::move(text), depth + 1);
    const bool quotient = divides(*op) && v == op->first_result;
    const bool adds = is(*op, ".add", 2), takes = is(*op, ".subtract", 2);
    if (!quotient && !adds && !takes) return;
    const std::size_t last = op->operands.size() - 1;
    if (const auto by = formula(op->operands[last], depth + 1))
      solve(op->operands[last - 1],
            fmt::format("({}) {} ({})", text,
                        quotient ? '*'
                        : adds   ? '-'
                                 : '+',
                        *by),
            depth + 1);
  }

  /// What a value is in symbols and numbers.
  Text formula(ValueRef v, int depth) {
    if (const auto name = names_.find(v); name != names_.end()) return std::string(name->second);
    if (const auto place = size_of(v)) {
      const auto known = texts_.find(*place);
      return known == texts_.end() ? Text() : known->second;
    }
    const Operation* op = maker(v);
    if (op == nullptr || depth > kDeepest) return std::nullopt;
    if (is(*op, ".constant", 0)) return number(*op);
    if (is(*op, ".convert", 1)) return formula(op->operands[0], depth + 1);
    if (divides(*op)) return of_two(*op, v == op->first_result ? "//" : "%", depth);
    for (const auto& [name, sign] : {std::pair{".add", "+"}, {".subtract", "-"}, {".multiply", "*"}})
      if (is(*op, name, 2)) return of_two(*op, sign, depth);
    return std::nullopt;
  }
  Text of_two(const Operation& op, std::string_view sign, int depth) {
    const auto last = op.operands.size() - 1;
    const auto a = formula(op.operands[last - 1], depth + 1), b = formula(op.operands[last], depth + 1);
    return a && b ? Text(fmt::format("({}) {} ({})", *a, sign, *b)) : std::nullopt;
  }
  Text number(const Operation& op) {
    const auto* value = op.find("value");
    const auto literal = value != nullptr ? read_dense(r_, *value, 1) : std::nullopt;
    if (!literal || !literal->all_numbers() || literal->elements.size() != 1) return std::nullopt;
    return std::to_string(literal->elements[0].whole);
  }

  /// Two numbers are equal, or the model does not run.
  void take_assertion(const Operation& op) {
    if (!is_assertion(op) || op.operands.empty()) return;
    const Operation* compared = maker(op.operands[0]);
    if (compared == nullptr || !is(*compared, ".compare", 2) || !is_equality(*compared)) return;
    for (const std::size_t side : {0, 1}) {
      const auto place = size_of(compared->operands[side]);
      if (!place || texts_.contains(*place)) continue;
      if (auto text = formula(compared->operands[1 - side], 0))
        return void(texts_[*place] = std::move(*text));
    }
  }
  [[nodiscard]] static bool is_assertion(const Operation& op) {
    if (op.name != "stablehlo.custom_call") return false;
    const auto* named = op.positional.empty() ? op.find("call_target_name") : &op.positional.front();
    return named != nullptr && named->text == "shape_assertion";
  }
  [[nodiscard]] static bool is_equality(const Operation& op) {
    const auto* how = op.find("comparison_direction");
    if (how == nullptr && !op.positional.empty()) how = &op.positional.front();
    return how != nullptr && how->text == "EQ";
  }

  Reading& r_;
  const Function& f_;
  std::unordered_map<ValueRef, const Operation*> makers_;
  std::map<ValueRef, std::string_view> names_;
  SizeTexts texts_;
};

}  // namespace

SizeTexts argument_sizes(Reading& reading, const Function& f) {
  const bool has_symbols = std::ranges::any_of(f.body.arguments, [&](ValueRef v) {
    const auto& dims = reading.stated(v).dims;
    return std::ranges::any_of(dims, [](auto size) { return size < 0; });
  });
  return has_symbols ? ArgumentSizes(reading, f).find() : SizeTexts();
}

}  // namespace alidade::stablehlo
