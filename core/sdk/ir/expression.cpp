#include "alidade/ir/expression.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "expression_lexer.hpp"
#include "expression_program.hpp"
#include "expression_value.hpp"
#include "expression_whole.hpp"

namespace alidade {
namespace {

/// " at h=5, w=6"
std::string place(const Expression::Program& program, const Bindings& bindings) {
  std::vector<std::string> values;
  for (const auto& name : program.symbols)
    if (const auto found = bindings.find(name); found != bindings.end())
      values.push_back(name + "=" + std::to_string(found->second));
  return values.empty() ? "" : " at " + text::printable(text::join(values, ", "));
}

std::unexpected<Error> stop(const Expression::Program& program, const Bindings& bindings,
                            const std::string& why) {
  return fail(Fault::model, "the expression " + text::quoted(program.text) + " has no value" +
                                place(program, bindings) + ": " + why);
}

Value value_of(const Step& step, const Expression::Program& program, std::span<const Value> operands,
               const Bindings& bindings) {
  if (step.operation == Operation::number) return {step.index};
  if (step.operation == Operation::fraction) return {program.fractions[step.index]};
  if (step.operation != Operation::symbol) return applied(step, operands);
  const auto found = bindings.find(program.symbols[step.index]);
  return found == bindings.end() ? Value{0, Problem::unbound} : Value{found->second};
}

std::string words(const Value& value, const Expression::Program& program) {
  if (value.problem == Problem::foreign)
    return "the function " + text::quoted(program.functions[value.function]) + " is not known";
  if (value.problem != Problem::none) return std::string(words(value.problem));
  if (!value.number.is_whole()) return "it is " + value.number.text() + ", not a whole number";
  return "it does not fit 64 bits";
}

}  // namespace

Expression::Expression(std::unique_ptr<const Program> program) : program_(std::move(program)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

std::span<const std::string> Expression::symbols() const { return program_->symbols; }

Result<std::optional<std::int64_t>> Expression::evaluate(const Bindings& bindings) const {
  if (const auto whole = whole_value(*program_, bindings)) return whole;
  std::vector<Value> stack;
  stack.reserve(4);
  for (const Step& step : program_->steps) {
    const auto operands = stack.size() - step.count;
    const Value value = value_of(step, *program_, std::span<const Value>(stack).subspan(operands), bindings);
    stack.resize(operands);
    stack.push_back(value);
  }
  const Value& result = stack.back();
  if (result.problem == Problem::unbound) return std::nullopt;
  if (result.problem == Problem::none)
    if (const auto size = result.number.size()) return size;
  return stop(*program_, bindings, words(result, *program_));
}

Result<std::optional<std::int64_t>> evaluate(std::string_view text, const Bindings& bindings) {
  if (const auto found = bindings.find(text); found != bindings.end()) return found->second;
  if (is_name(text)) return std::nullopt;
  const auto expression = Expression::parse(text);
  if (!expression) return std::unexpected(expression.error());
  return expression->evaluate(bindings);
}

std::vector<std::string> symbols_in(std::string_view text) {
  if (is_name(text)) return {std::string(text)};
  const auto expression = Expression::parse(text);
  if (!expression) return {std::string(text)};
  const auto names = expression->symbols();
  return {names.begin(), names.end()};
}

}  // namespace alidade
