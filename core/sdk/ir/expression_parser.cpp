#include <algorithm>
#include <limits>
#include <utility>

#include "alidade/base/text.hpp"
#include "expression_functions.hpp"
#include "expression_lexer.hpp"
#include "expression_program.hpp"

namespace alidade {
namespace {

constexpr int kMostDepth = 64;
constexpr std::size_t kMostText = 16'384;

/// How tightly operators bind, as Python says: the loosest first.
enum Level : std::uint8_t {
  any,
  all,
  negation,
  comparison,
  bits_or,
  bits_xor,
  bits_and,
  shift,
  sum,
  product
};

struct Infix {
  std::uint16_t sign;
  Operation operation;
  Level level;
};
using enum Operation;
constexpr Infix kInfix[] = {
    {sign_code("+"), add, sum},
    {sign_code("-"), subtract, sum},
    {sign_code("*"), multiply, product},
    {sign_code("/"), divide, product},
    {sign_code("//"), floor_divide, product},
    {sign_code("%"), modulo, product},
    {sign_code("<"), less, comparison},
    {sign_code("<="), less_equal, comparison},
    {sign_code(">"), greater, comparison},
    {sign_code(">="), greater_equal, comparison},
    {sign_code("=="), equal, comparison},
    {sign_code("!="), not_equal, comparison},
    {sign_code("|"), bit_or, bits_or},
    {sign_code("^"), bit_xor, bits_xor},
    {sign_code("&"), bit_and, bits_and},
    {sign_code("<<"), shift_left, shift},
    {sign_code(">>"), shift_right, shift},
};
constexpr Infix kOr{0, any_of, any}, kAnd{0, all_of, all};

/// Turns a text into steps by precedence climbing; the first problem stops it.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), program_(std::make_unique<Expression::Program>()) {
    program_->text = text;
    program_->steps.reserve(12);
    program_->symbols.reserve(2);
    take();
  }

  Result<std::unique_ptr<const Expression::Program>> whole() {
    if (text_.size() > kMostText) return stop("it is longer than 16384 characters");
    expression(any);
    if (problem_.empty() && next_.kind != Token::Kind::end) unexpected_token();
    if (!problem_.empty()) return stop(problem_);
    return std::move(program_);
  }

 private:
  std::unexpected<Error> stop(const std::string& why) const {
    return fail(Fault::model, "the expression " + text::quoted(text_) + " cannot be read: " + why,
                "column " + std::to_string(next_.at + 1));
  }
  void complain(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
  }
  void unexpected_token() {
    complain(next_.kind == Token::Kind::end
                 ? "it ends too early"
                 : "'" + text::printable(text_.substr(next_.at, 8)) + "' was not expected");
  }
  Token take() {
    const Token taken = next_;
    if (problem_.empty()) std::tie(next_, at_) = next_token(text_, at_);
    return taken;
  }
  bool eat(std::string_view sign) { return next_.is(sign) && (take(), true); }
  void expect(std::string_view sign) {
    if (!eat(sign)) complain("'" + std::string(sign) + "' is missing");
  }
  void emit(Operation operation, std::uint32_t count, std::size_t index = 0) {
    program_->steps.push_back({operation, count, static_cast<std::uint32_t>(index)});
  }

  [[nodiscard]] const Infix* infix() const {
    if (next_.kind == Token::Kind::name)
      return next_.text == "or" ? &kOr : next_.text == "and" ? &kAnd : nullptr;
    if (next_.kind != Token::Kind::sign) return nullptr;
    const auto* found = std::ranges::find(kInfix, next_.code, &Infix::sign);
    return found == std::end(kInfix) ? nullptr : found;
  }
  void expression(Level least) {
    prefix();
    for (const Infix* next = infix(); next && next->level >= least && problem_.empty(); next = infix()) {
      take();
      expression(static_cast<Level>(next->level + 1));
      emit(next->operation, 2);
      if (next->level == comparison && infix() && infix()->level == comparison) return unexpected_token();
    }
  }
  /// Minus binds tighter than a product and looser than a power: -2**2 is -4.
  void prefix() {
    if (++depth_ > kMostDepth) complain("it is nested too deeply");
    if (!problem_.empty()) return;
    if (next_.kind == Token::Kind::name && next_.text == "not")
      take(), expression(comparison), emit(none_of, 1);
    else if (eat("-"))
      prefix(), emit(negate, 1);
    else if (eat("~"))
      prefix(), emit(none_of, 1);
    else if (eat("+"))
      prefix();
    else
      powers();
    --depth_;
  }
  void powers() {
    primary();
    if (!eat("**")) return;
    prefix();
    emit(power, 2);
  }
  void primary() {
    using Kind = Token::Kind;
    if (eat("(")) {
      expression(any);
      return expect(")");
    }
    if (next_.kind == Kind::number) return number();
    if (next_.kind == Kind::quoted) return symbol(take().text);
    if (next_.kind != Kind::name) return unexpected_token();
    const Token name = take();
    if (eat("(")) return call(name);
    if (name.text == "True" || name.text == "False") return constant(name.text == "True" ? 1 : 0);
    symbol(name.text);
  }
  void constant(const Rational& value) {
    const auto whole = value.size();
    if (whole && *whole <= std::numeric_limits<std::uint32_t>::max())
      return emit(Operation::number, 0, static_cast<std::size_t>(*whole));
    emit(fraction, 0, program_->fractions.size());
    program_->fractions.push_back(value);
  }
  void number() {
    const auto value = number_in(next_.text);
    if (!value) return complain("the number " + text::quoted(next_.text) + " is too long");
    take();
    constant(*value);
  }
  void symbol(std::string_view name) { emit(Operation::symbol, 0, listed(program_->symbols, name)); }
  static std::size_t listed(std::vector<std::string>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    const auto index = found - names.begin();
    if (found == names.end()) names.emplace_back(name);
    return static_cast<std::size_t>(index);
  }
  void call(const Token& name) {
    if (name.text == "Piecewise") return pieces();
    std::uint32_t count = 0;
    if (!next_.is(")")) {
      do expression(any), ++count;
      while (problem_.empty() && eat(","));
    }
    expect(")");
    const Function* function = function_named(name.text);
    if (!function) return emit(foreign, count, listed(program_->functions, name.text));
    if (count < function->least || count > function->most)
      return complain(text::quoted(name.text) + " takes " + std::to_string(function->least) +
                      (function->most == kAnyNumber ? " or more" : "") +
                      (function->least == 1 ? " argument, and " : " arguments, and ") +
                      std::to_string(count) + (count == 1 ? " is" : " are") + " given");
    emit(function->operation, count);
  }
  /// "(value, condition), (value, True))"
  void pieces() {
    std::uint32_t count = 0;
    do {
      expect("(");
      expression(any);
      expect(",");
      expression(any);
      expect(")");
      count += 2;
    } while (problem_.empty() && eat(","));
    expect(")");
    emit(piecewise, count);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token next_;
  int depth_ = 0;
  std::string problem_;
  std::unique_ptr<Expression::Program> program_;
};

std::unique_ptr<const Expression::Program> one_name(std::string_view text) {
  auto program = std::make_unique<Expression::Program>();
  program->text = text;
  program->symbols.emplace_back(text);
  program->steps.push_back({Operation::symbol, 0, 0});
  return program;
}

}  // namespace

Result<Expression> Expression::parse(std::string_view text) {
  if (is_name(text)) return Expression(one_name(text));
  auto program = Parser(text).whole();
  if (!program) return std::unexpected(program.error());
  return Expression(std::move(*program));
}

}  // namespace alidade
