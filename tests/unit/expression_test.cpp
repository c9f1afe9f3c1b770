#include "alidade/ir/expression.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <sstream>

#include "alidade/base/text.hpp"
#include "alidade/ir/size.hpp"
#include "alidade/ir/sole_name.hpp"

using namespace alidade;

namespace {

std::string outcome(std::string_view text, const Bindings& bindings = {}) {
  const auto value = evaluate(text, bindings);
  if (!value) return value.error().what + (value.error().where.empty() ? "" : ", " + value.error().where);
  return *value ? std::to_string(**value) : "nothing";
}

/// A line of the table that tools/expression_cases makes: what Python and sympy say.
struct Case {
  std::string formula;
  Bindings bindings;
  std::string value;
};

std::vector<Case> cases() {
  std::vector<Case> out;
  std::ifstream table(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/expressions.tsv");
  for (std::string line; std::getline(table, line);) {
    const auto columns = text::split(line, '\t');
    Case c{columns.at(0), {}, columns.at(2)};
    for (const auto& binding : text::split(columns[1], ',')) {
      const auto sides = text::split(binding, '=');
      c.bindings[sides.at(0)] = std::stoll(sides.at(1));
    }
    out.push_back(std::move(c));
  }
  return out;
}

/// What evaluating gives, where the table has `value`.
std::string expected(std::string_view formula, const std::string& value, std::string_view place) {
  const auto start = "the expression " + text::quoted(formula) + " has no value" + std::string(place) + ": ";
  if (value == "none") return start + "it divides by zero";
  return value.find('/') == std::string::npos ? value : start + "it is " + value + ", not a whole number";
}

/// " at a=1, b=2" as the error has it: the names in order of appearance.
std::string place(std::string_view formula, const Bindings& bindings) {
  std::vector<std::string> values;
  for (const auto& name : symbols_in(formula))
    values.push_back(name + "=" + std::to_string(bindings.at(name)));
  return values.empty() ? "" : " at " + text::join(values, ", ");
}

}  // namespace

TEST_CASE("formulas come to what Python and sympy say") {
  const auto all = cases();
  REQUIRE(all.size() == 2000);
  for (const auto& [formula, bindings, value] : all) {
    INFO(formula);
    CHECK(outcome(formula, bindings) == expected(formula, value, place(formula, bindings)));
  }
}

TEST_CASE("the normal form of a formula has its value, and reads back as itself") {
  int known = 0;
  for (const auto& [formula, bindings, value] : cases()) {
    const auto size = Size::parse(formula);
    if (!size.is_known() || value == "none") continue;
    ++known;
    const auto text = size.text();
    INFO(formula << " as " << text);
    CHECK(outcome(text, bindings) == expected(text, value, place(text, bindings)));
    CHECK(Size::parse(text).text() == text);
  }
  CHECK(known > 1700);
}

TEST_CASE("signs bind as in Python") {
  const Bindings b{{"s0", 2}, {"s1", 5}, {"h", 4}};
  CHECK(outcome("-s0**2 + s0*s1", b) == "6");
  CHECK(outcome("floor(h/2 - 1/2)", b) == "1");
  CHECK(outcome("2**3**2", b) == "512");
  CHECK(outcome("4*2**-1", b) == "2");
  CHECK(outcome("-7//2", b) == "-4");
  CHECK(outcome("-7 % 3", b) == "2");
  CHECK(outcome("7 % -3", b) == "-2");
  CHECK(outcome("1 + 6 >> 1 & 2", b) == "2");
  CHECK(outcome("not s0 == s1 and s0 < s1", b) == "1");
  CHECK(outcome("(s0 == 2) | (s1 == 2)", b) == "1");
  CHECK(outcome("~(s0 > s1)", b) == "1");
}

TEST_CASE("functions of sympy and torch") {
  const Bindings b{{"s0", 7}, {"s1", 4}};
  CHECK(outcome("FloorDiv(-7, 2)", b) == "-4");
  CHECK(outcome("PythonMod(-7, s1) + Mod(s0, s1)", b) == "4");
  CHECK(outcome("CleanDiv(8, s1) + CeilDiv(s0, s1)", b) == "4");
  CHECK(outcome("CeilToInt(IntTrueDiv(s0, s1)) + TruncToInt(-1.5)", b) == "1");
  CHECK(outcome("RoundToInt(FloatTrueDiv(s0, 2)) + RoundToInt(2.5)", b) == "6");
  CHECK(outcome("RoundDecimal(ToFloat(s0)/8, 2)*100", b) == "88");
  CHECK(outcome("ModularIndexing(s0, 2, 2) + Identity(s0)", b) == "8");
  CHECK(outcome("LShift(s0, 2) + RShift(s0, 1)", b) == "31");
  CHECK(outcome("PowByNatural(s1, 3) + sqrt(s1)", b) == "66");
  CHECK(outcome("Where(Eq(s0, 7), 1, 1/0)", b) == "1");
  CHECK(outcome("Piecewise((1/(s0 - 7), Ne(s0, 7)), (5, True))", b) == "5");
  CHECK(outcome("torch.utils._sympy.functions.FloorDiv(s0, 2)", b) == "3");
  CHECK(outcome("BitwiseFn_bitwise_xor(s0, 2)", b) == "5");
}

TEST_CASE("decimal numbers are exact, and printed doubles are what they stand for") {
  CHECK(outcome("0.7*s0", {{"s0", 10}}) == "7");
  CHECK(outcome("1.0*s0 + 5e-1*s0 + .5*s0", {{"s0", 10}}) == "20");
  CHECK(outcome("floor(0.333333333333333*s0)", {{"s0", 9}}) == "3");
  CHECK(outcome("floor(0.69999999999999996*s0)", {{"s0", 10}}) == "7");
  CHECK(outcome("floor(0.333333*s0)", {{"s0", 9}}) == "2");
}

TEST_CASE("names, and what is not bound") {
  CHECK(outcome("unk__1", {{"unk__1", 5}}) == "5");
  CHECK(outcome("onnx::Shape_3 + 1", {{"onnx::Shape_3", 9}}) == "10");
  CHECK(outcome("'batch size'*2", {{"batch size", 4}}) == "8");
  CHECK(outcome("batch size", {{"batch size", 4}}) == "4");
  CHECK(outcome("2*other + 1", {{"s0", 1}}) == "nothing");
  CHECK(outcome("And(False, other > 1)") == "0");
  CHECK(symbols_in("s0*(s1 + s0) // heads") == std::vector<std::string>{"s0", "s1", "heads"});
  CHECK(symbols_in("batch size") == std::vector<std::string>{"batch size"});
}

TEST_CASE("a size goes by one name, plain, in quotes or no formula at all") {
  CHECK(sole_name("batch") == "batch");
  CHECK(sole_name("'batch-size'") == "batch-size");
  CHECK(sole_name("(batch)") == "batch");
  CHECK(sole_name("batch size") == "batch size");
  CHECK_FALSE(sole_name("batch-size"));
  CHECK_FALSE(sole_name("2*batch"));
  CHECK_FALSE(sole_name("8"));
}

TEST_CASE("an expression is parsed once and evaluated often") {
  const auto e = Expression::parse("2*h + w").value();
  CHECK(std::vector<std::string>(e.symbols().begin(), e.symbols().end()) ==
        std::vector<std::string>{"h", "w"});
  for (std::int64_t h = 0; h < 10; ++h) CHECK(e.evaluate({{"h", h}, {"w", 3}}).value() == 2 * h + 3);
}

TEST_CASE("what is too wide between two steps has its value all the same") {
  const std::int64_t large = std::int64_t{1} << 40;
  CHECK(evaluate("a*a//a", {{"a", large}}).value() == large);
  CHECK(evaluate("a**2 - (a**2 - 7)", {{"a", large}}).value() == 7);
  CHECK(evaluate("a*(1/2)*2", {{"a", 3}}).value() == 3);
  CHECK(evaluate("Max(a*a, 1) - a*a + 5", {{"a", large}}).value() == 5);
  CHECK(evaluate("-7//a + (0 - 6)//a", {{"a", 2}}).value() == -7);
  CHECK(evaluate("9223372036854775807 + a - a", {{"a", 1}}).value() == INT64_MAX);
  CHECK_FALSE(evaluate("a*a", {{"a", large}}));
}

TEST_CASE("what cannot be read is said with its place") {
  CHECK(outcome("1 +") == "the expression '1 +' cannot be read: it ends too early, column 4");
  CHECK(outcome("(1") == "the expression '(1' cannot be read: ')' is missing, column 3");
  CHECK(outcome("1 1") == "the expression '1 1' cannot be read: '1' was not expected, column 3");
  CHECK(outcome("$") == "the expression '$' cannot be read: '$' was not expected, column 1");
  CHECK(outcome("") == "the expression '' cannot be read: it ends too early, column 1");
  CHECK(outcome("1 < 2 < 3") ==
        "the expression '1 < 2 < 3' cannot be read: '< 3' was not expected, column 7");
  CHECK(outcome("1 + * 2") == "the expression '1 + * 2' cannot be read: '* 2' was not expected, column 5");
  CHECK(outcome("Mod(1)") ==
        "the expression 'Mod(1)' cannot be read: 'Mod' takes 2 arguments, and 1 is given, column 7");
  CHECK(outcome("floor(1, 2)") ==
        "the expression 'floor(1, 2)' cannot be read: 'floor' takes 1 argument, and 2 are given, column 12");
  CHECK(outcome("1e99") == "the expression '1e99' cannot be read: the number '1e99' is too long, column 1");
  CHECK(outcome("Piecewise(1, 2)") ==
        "the expression 'Piecewise(1, 2)' cannot be read: '(' is missing, column 11");
}

TEST_CASE("what has no value is said with the bindings") {
  const Bindings b{{"h", 5}};
  CHECK(outcome("h/2", b) == "the expression 'h/2' has no value at h=5: it is 5/2, not a whole number");
  CHECK(outcome("h//(h - 5)", b) == "the expression 'h//(h - 5)' has no value at h=5: it divides by zero");
  CHECK(outcome("9223372036854775807 + 1") ==
        "the expression '9223372036854775807 + 1' has no value: it does not fit 64 bits");
  CHECK(outcome("2**200") == "the expression '2**200' has no value: a part of it does not fit 127 bits");
  CHECK(outcome("f(h)", b) == "the expression 'f(h)' has no value at h=5: the function 'f' is not known");
  CHECK(outcome("sqrt(h)", b) ==
        "the expression 'sqrt(h)' has no value at h=5: a square root in it is not a fraction");
  CHECK(outcome("2**0.25") == "the expression '2**0.25' has no value: an exponent is not a whole number");
  CHECK(outcome("h and True", b) ==
        "the expression 'h and True' has no value at h=5: a condition in it is a number");
  CHECK(outcome("0.5 & 1") ==
        "the expression '0.5 & 1' has no value: bits are taken of what is not a whole number of 64 bits");
  CHECK(outcome("RoundDecimal(h, 99)", b) ==
        "the expression 'RoundDecimal(h, 99)' has no value at h=5: it rounds to digits that do not fit");
  CHECK(outcome("Piecewise((1, h > 9))", b) ==
        "the expression 'Piecewise((1, h > 9))' has no value at h=5: none of its cases holds");
}

TEST_CASE("what a function or a sign cannot take is said") {
  const auto why = [](const std::string& text) {
    const auto said = outcome(text, {{"h", 5}});
    return said.substr(said.rfind(": ") + 2);
  };
  CHECK(why("0**-1") == "it divides by zero");
  CHECK(why("(h - 5)**(0 - 2)") == "it divides by zero");
  const std::string whole = "a condition in it is a number";
  for (const auto* text : {"Where(h, 1, 2)", "Piecewise((1, h))", "And(h, True)", "~h"})
    CHECK(why(text) == whole);
  const std::string bits = "bits are taken of what is not a whole number of 64 bits";
  for (const auto* text : {"1 << -1", "1 << 0.5", "0.5 << 1", "1 >> 2**70", "1 | 2**70", "2**70 ^ 1"})
    CHECK(why(text) == bits);
  // numerators and denominators that only cross-multiplied are too wide
  const std::string wide = "a part of it does not fit 127 bits", far = "2**125/7", near = "2**125/1000003";
  CHECK(why("Max(" + far + ", " + near + ")") == wide);
  CHECK(why("Min(" + far + ", " + near + ")") == wide);
  for (const auto* sign : {"<", "<=", ">", ">="})
    CHECK(why("Where(" + far + sign + near + ", 1, 2)") == wide);
}

TEST_CASE("hostile formulas end soon, in an error") {
  const auto repeated = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  const auto why = [](const std::string& text) {
    const auto value = evaluate(text, {});
    REQUIRE_FALSE(value.has_value());
    CHECK_FALSE(Size::parse(text).is_known());
    return value.error().what.substr(value.error().what.rfind(": ") + 2);
  };
  CHECK(why(repeated("(", 100'000)) == "it is longer than 16384 characters");
  CHECK(why(repeated("(", 4'000)) == "it is nested too deeply");
  CHECK(why(repeated("-", 4'000) + "1") == "it is nested too deeply");
  CHECK(why(repeated("not ", 4'000) + "1") == "it is nested too deeply");
  CHECK(why(repeated("f(", 4'000)) == "it is nested too deeply");
  CHECK(why(repeated("2**", 4'000) + "2") == "it is nested too deeply");
  CHECK(why(repeated("2**", 40) + "2") == "a part of it does not fit 127 bits");
  CHECK(why("2**9223372036854775807") == "a part of it does not fit 127 bits");
  CHECK(why("2**(2**90)") == "a part of it does not fit 127 bits");
  CHECK(why("1 << (1 << 62)") == "a part of it does not fit 127 bits");
  CHECK(why(repeated("9", 60)).starts_with("the number"));
  CHECK(outcome("1**9223372036854775807") == "1");
  CHECK(outcome("(-1)**9223372036854775807") == "-1");
  CHECK(outcome(repeated("1+", 8'000) + "1") == "8001");
  CHECK(symbols_in(repeated("a*", 8'000) + "a") == std::vector<std::string>{"a"});
}
