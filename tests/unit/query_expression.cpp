// The language of queries and tests: what holds, what is a mistake and how it is told.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "host/query/expression.hpp"

using namespace alidade;
using namespace alidade::host;
using namespace alidade::host::query;

namespace {

class Fields final : public FieldScope {
 public:
  explicit Fields(std::map<std::string, Value, std::less<>> fields, std::vector<const FieldScope*> rows = {})
      : fields_(std::move(fields)), rows_(std::move(rows)) {}
  Value field(std::string_view name) const override { return fields_.find(name)->second; }
  bool knows(std::string_view name) const override { return fields_.contains(name); }
  std::vector<std::string> names() const override {
    std::vector<std::string> out;
    for (const auto& [name, value] : fields_) out.push_back(name);
    return out;
  }
  std::size_t row_count() const override { return rows_.size(); }
  const FieldScope* row(std::size_t i) const override { return rows_[i]; }

 private:
  std::map<std::string, Value, std::less<>> fields_;
  std::vector<const FieldScope*> rows_;
};

const Fields kConv({{"kind", Value("conv")}, {"flops", Value(2e6)}, {"wide", Value(true)}, {"gap", Value()}});
const Fields kRelu(
    {{"kind", Value("relu")}, {"flops", Value(10.0)}, {"wide", Value(false)}, {"gap", Value(3.0)}});
const Fields kModel({{"macs", Value(std::int64_t{1814073344})},
                     {"large", Value(std::int64_t{9007199254740993})},  // 2^53 + 1: no double is it
                     {"name", Value("resnet18")},
                     {"fusion.groups", Value(23.0)}},
                    {&kConv, &kRelu});

std::string worth(std::string_view text, const FieldScope& scope = kModel) {
  const auto expression = query::Expression::parse(text);
  if (!expression) return expression.error().what;
  const auto value = expression->value(scope);
  return value ? to_text(*value) : value.error().what;
}

}  // namespace

TEST_CASE("an expression compares fields with numbers and words") {
  CHECK(worth("kind == conv and wide", kConv) == "yes");
  CHECK(worth("kind == 'conv' and not wide", kConv) == "no");
  CHECK(worth("kind != conv or flops < 1K", kRelu) == "yes");
  CHECK(worth("not kind == conv", kRelu) == "yes");
  CHECK(worth("kind ~ 're*'", kRelu) == "yes");
  CHECK(worth("macs == 1814073344") == "yes");
  CHECK(worth("macs >= 1.81G and macs <= 1.82G") == "yes");
  CHECK(worth("fusion.groups == 23") == "yes");
}

TEST_CASE("an expression binds as arithmetic and logic do") {
  CHECK(worth("1 + 2 * 3 - 4 / 2") == "5");
  CHECK(worth("(1 + 2) * -3") == "-9");
  CHECK(worth("true or true and false") == "yes");
  CHECK(worth("1 < 2 and 3 < 2 or 5 == 5") == "yes");
  CHECK(worth("2e-3 * 1000") == "2");
  CHECK(worth("abs(1 - 3)") == "2");
}

TEST_CASE("an expression compares texts without regard to case, and flags with yes and no") {
  CHECK(worth("kind == CONV", kConv) == "yes");
  CHECK(worth("kind != Conv", kConv) == "no");
  CHECK(worth("kind == con", kConv) == "no");
  CHECK(worth("wide == yes", kConv) == worth("wide", kConv));
  CHECK(worth("wide == no", kConv) == worth("not wide", kConv));
  CHECK(worth("wide != true", kConv) == worth("not wide", kConv));
  CHECK(worth("wide == often", kConv) == "'==' compares 'often' with a field that is yes or no");
}

TEST_CASE("an expression compares whole numbers exactly, with one another and with doubles") {
  CHECK(worth("large == 9007199254740993") == "yes");
  CHECK(worth("large == 9007199254740992") == "no");
  CHECK(worth("large > 9007199254740992") == "yes");
  CHECK(worth("large == 9007199254740992.0") == "no");
  CHECK(worth("large > 9007199254740992.5") == "yes");
  CHECK(worth("9007199254740992.5 < large") == "yes");
  CHECK(worth("large == 9007199.254740993G") == "yes");
  CHECK(worth("large - 1 == 9007199254740992") == "yes");
  CHECK(worth("large * 2") == "18014398509481986");
  CHECK(worth("large + 9223372036854775807 > 9223372036854775807") == "yes");  // beyond 64 bits: a double
  CHECK(worth("7 / 2") == "3.5");
  CHECK(worth("-large") == "-9007199254740993");
  CHECK(worth("abs(0 - large) == large") == "yes");
  CHECK(worth("1 == 1.0 and 0.5 == 0.50 and 1e3 == 1K") == "yes");
}

TEST_CASE("an expression knows which names are fields before it has values") {
  const auto unknown = [](std::string_view text) {
    const auto found = Expression::parse(text)->mistake(kModel);
    return found ? std::to_string(found->at) + ": " + found->error.what + " | " + found->error.fix : "none";
  };
  CHECK(unknown("macs > 1 and count(kind == conv) > 0 and name == net") == "none");
  CHECK(unknown("macs > 1 or marcs == 0") ==
        "12: there is no field 'marcs' (did you mean 'macs'?) | fields: large, macs, name");
  CHECK(unknown("sum(flosp) == 0") ==
        "4: there is no field 'flosp' (did you mean 'flops'?) | fields: flops, gap, kind, wide");
  CHECK(unknown("fusion.gruops == 1") ==
        "0: there is no field 'fusion.gruops' (did you mean 'fusion.groups'?) | fields: fusion.groups");
  CHECK(unknown("macs == lagre") ==
        "8: there is no field 'lagre' (did you mean 'large'?) | fields: large, macs, name");
  CHECK(unknown("kind == conv").starts_with("0: there is no field 'kind'"));
  CHECK(unknown("macs > 1 or name") ==
        "12: expected a condition, found 'name', which is a text, at character 13 of 'macs > 1 or name' | "
        "compare it, as in 'name == 'a text''");
}

TEST_CASE(
    "a number or a text where a condition is wanted is a mistake, with its place and the way to write it") {
  const auto told = [](std::string_view text) {
    const auto found = query::Expression::parse(text)->mistake(kModel);
    return found ? std::to_string(found->at) + ": " + found->error.what + " | " + found->error.fix : "none";
  };
  CHECK(told("macs < 1G or 2G") ==
        "13: expected a condition, found '2G', which is a number, at character 14 of 'macs < 1G or 2G' | "
        "compare it, as in 'macs < 1G or macs < 2G'");
  CHECK(told("5 or macs == 1") ==
        "0: expected a condition, found '5', which is a number, at character 1 of '5 or macs == 1' | "
        "compare it, as in 'macs == 5 or macs == 1'");
  CHECK(told("macs > 1 and macs == 1 or macs == 2 or -3") ==
        "39: expected a condition, found '-3', which is a number, at character 40 of "
        "'macs > 1 and macs == 1 or macs == 2 or -3' | "
        "compare it, as in 'macs > 1 and macs == 1 or macs == 2 or macs == -3'");
  CHECK(told("name == resnet18 or 'resnet34'")
            .ends_with(" | compare it, as in 'name == resnet18 or name == 'resnet34''"));
  CHECK(told("macs") ==
        "0: expected a condition, found 'macs', which is a number, at character 1 of 'macs' | "
        "compare it, as in 'macs > 0'");
  CHECK(told("1G").ends_with(" | compare it, as in 'macs < 1G'"));
  CHECK(
      told("not (macs - 1)") ==
      "5: expected a condition, found '(macs - 1)', which is a number, at character 5 of 'not (macs - 1)' | "
      "compare it, as in '(macs - 1) > 0'");
  for (const auto* text : {"count(flops) == 0", "any(flops)", "all(flops)", "sum(flops)", "count(wide)",
                           "macs == 1 and sum(flops)", "abs(macs)", "not not macs", "(macs == 1) or (1)"})
    CHECK(told(text).contains(": expected a condition, found "));
  for (const auto* text : {"any(wide)", "all(not wide)", "count(wide) == 1", "not any(wide) or yes",
                           "sum(wide) == 1", "no or macs > 1"})
    CHECK(told(text) == "none");
}

namespace {

const Fields kPriced({{"time_s.l4", Value(0.002)},
                      {"time_s.l4_upper", Value()},
                      {"memory_bytes.l4", Value(std::int64_t{2147483648})},
                      {"energy_j.l4", Value(0.25)},
                      {"per_second.my_s", Value(5.0)},
                      {"macs", Value(std::int64_t{7})},
                      {"model", Value("net")}});

}  // namespace

TEST_CASE("a number takes the units of the field that it is compared with") {
  const auto holds = [](std::string_view text) { return worth(text, kPriced); };
  CHECK(holds("time_s.l4 == 2ms and time_s.l4 == 2000us and time_s.l4 < 0.0021s and time_s.l4 == 0.002") ==
        "yes");
  CHECK(holds("2ms == 2e-3s and 2ms == 2000000ns") == "yes");
  CHECK(holds("memory_bytes.l4 == 2GiB and memory_bytes.l4 == 2097152KiB and memory_bytes.l4 > 2GB") ==
        "yes");
  CHECK(holds("memory_bytes.l4 == 2147483648B and memory_bytes.l4 == 2147483.648kB") == "yes");
  CHECK(holds("energy_j.l4 == 250mJ and energy_j.l4 == 0.00025kJ") == "yes");
  CHECK(holds("time_s.l4 + 1ms == 3ms and time_s.l4 * 2 <= 4ms and abs(1ms - time_s.l4) == 1ms") == "yes");
  CHECK(holds("time_s.l4 / macs < 1ms and time_s.l4 / 2ms == 1 and macs * 1ms == 7ms") == "yes");
  CHECK(holds("memory_bytes.l4 / time_s.l4 > 1G") == "yes");  // has no unit that anything here is written in
  CHECK(holds("macs == 0.007K and per_second.my_s == 5") == "yes");
  CHECK(holds("1.5MiB") == "1572864");
  CHECK(holds("9007199254740993B == 9007199254740993") == "yes");  // whole, as no double is
}

TEST_CASE("a unit that the field is not in is a mistake, at its place") {
  const auto told = [](std::string_view text) {
    const auto found = query::Expression::parse(text)->mistake(kPriced);
    return found ? std::to_string(found->at) + ": " + found->error.what + " | " + found->error.fix : "none";
  };
  CHECK(told("macs < 5ms") ==
        "7: 'macs' is a plain number, found '5ms', at character 8 of 'macs < 5ms' | "
        "write a number, which may have K, M, G, T or P behind it");
  CHECK(told("macs > 1 and 5MB > time_s.l4") ==
        "13: 'time_s.l4' is a time, found '5MB', at character 14 of 'macs > 1 and 5MB > time_s.l4' | "
        "write a time such as 100us or 2ms; a number alone is in s");
  CHECK(told("memory_bytes.l4 - 1s > 0") ==
        "18: 'memory_bytes.l4' is an amount of bytes, found '1s', at character 19 of 'memory_bytes.l4 - 1s > "
        "0' | "
        "write bytes such as 4MiB or 2GB; a number alone is in B");
  CHECK(told("time_s.l4 < 1ms + 1kB").starts_with("18: '1ms' is a time, found '1kB', at character 19 "));
  CHECK(told("per_second.my_s < 1s").starts_with("18: 'per_second.my_s' is a plain number, found '1s'"));
  CHECK(told("macs / time_s.l4 > 1s") == "none");  // what a quotient of two units is in, nothing here says
  CHECK(told("model == 5ms") ==
        "0: '==' compares the text 'net' with the number 0.005 | "
        "write a text in quotes and a number without: name == '5', macs == 5");
  CHECK(worth("macs > 5MX") == "expected a number, found '5MX' at character 8 of 'macs > 5MX'");
}

TEST_CASE("values of two kinds do not go together") {
  const auto told = [](std::string_view text) {
    const auto found = query::Expression::parse(text)->mistake(kModel);
    return found ? found->error.what : "none";
  };
  CHECK(told("name == 5") == "'==' compares the text 'resnet18' with the number 5");
  CHECK(told("macs != 'a'") == "'!=' compares the text 'a' with the number 1814073344");
  CHECK(told("(macs > 1) == 1") == "'==' compares '1' with a field that is yes or no");
  CHECK(told("(1 < 2) < 3") == "'<' stands between numbers, found 'yes' and '3'");
  CHECK(told("(macs > 1) + 1 == 2") == "'+' stands between numbers, found 'yes' and '1'");
  CHECK(told("sum(kind) == 0") == "'sum()' is of numbers, found 'conv'");
  CHECK(told("abs(name) == resnet18") == "'abs()' is of numbers, found 'resnet18'");
  CHECK(told("abs(macs > 1) == 1") == "'abs()' is of numbers, found 'yes'");
}

TEST_CASE("an expression sums over rows") {
  CHECK(worth("count(kind == conv)") == "1");
  CHECK(worth("sum(flops)") == "2000010");
  CHECK(worth("max(flops) / 1M") == "2");
  CHECK(worth("min(flops)") == "10");
  CHECK(worth("mean(gap)") == "3");  // rows where it has no value are left out
  CHECK(worth("any(wide)") == "yes");
  CHECK(worth("all(wide)") == "no");
}

TEST_CASE("an expression takes nothing for no number") {
  for (const auto* text : {"gap < 1", "gap >= 1", "gap != 1", "gap == gap", "not gap", "not (gap > 1)"})
    CHECK(worth(text, kConv) == std::string("nothing"));
  CHECK(worth("gap + 1", kConv) == "nothing");
  CHECK(worth("1 / 0") == "nothing");
}

TEST_CASE("an expression that is no expression is told with its place") {
  CHECK(worth("") == "expected a field, a number or a text, found the end at character 1 of ''");
  CHECK(worth("kind ==") ==
        "expected a field, a number or a text, found the end at character 8 of 'kind =='");
  CHECK(worth("(macs > 1") == "expected ')', found the end at character 10 of '(macs > 1'");
  CHECK(worth("macs > 1 2") == "expected an operator or the end, found '2' at character 10 of 'macs > 1 2'");
  CHECK(worth("name == 'x") == "expected a closing quote, found ''x' at character 9 of 'name == 'x'");
  CHECK(worth("macs > 5X") == "expected a number, found '5X' at character 8 of 'macs > 5X'");
  for (const std::string none : {"and", "*", "]"})
    CHECK(worth("macs > " + none) == "expected a field, a number or a text, found '" + none +
                                         "' at character 8 of 'macs > " + none + "'");
  CHECK(worth("cuont(kind)") == "there is no function 'cuont' (did you mean 'count'?)");
  CHECK(worth("macz") == "there is no field 'macz' (did you mean 'macs'?)");
  CHECK(worth("name < 5") == "'<' stands between numbers, found 'resnet18' and '5'");
  CHECK(worth(std::string(100, '(')) == "brackets are more than 64 deep");
  CHECK(worth(std::string(100, '-')) == "brackets are more than 64 deep");
  std::string negations;
  for (int i = 0; i < 100'000; ++i) negations += "not ";
  CHECK(worth(negations + "depthwise") == "brackets are more than 64 deep");
  std::string chain = "1";
  for (int i = 0; i < 1000; ++i) chain += " + 1";
  CHECK(worth(chain) == "1001");
  CHECK(worth(chain + " + 1") == "the expression has more than 1000 operators");
}

TEST_CASE("an expression says what it found") {
  const auto expression =
      query::Expression::parse("macs < 1G and count(kind == conv) > 3 and fusion.groups > 1");
  REQUIRE(expression.has_value());
  CHECK(expression->findings(kModel) == "macs is 1814073344, count(...) is 1, fusion.groups is 23");
  CHECK(expression->mentions() == std::vector<std::string>{"macs", "kind", "conv", "fusion.groups"});
}

namespace {

std::string judged(const std::string& text, const FieldScope& scope) {
  const auto expression = query::Expression::parse(text);
  if (!expression) return expression.error().what;
  const auto verdict = expression->verdict(scope);
  if (!verdict) return verdict.error().what;
  if (*verdict == Verdict::undefined) return "nothing";
  return *verdict == Verdict::yes ? "yes" : *verdict == Verdict::no ? "no" : "maybe";
}

Fields with(std::int64_t a, std::int64_t a_upper, std::int64_t b, std::int64_t b_upper) {
  return Fields({{"a", Value(a)}, {"a_upper", Value(a_upper)}, {"b", Value(b)}, {"b_upper", Value(b_upper)}});
}

}  // namespace

TEST_CASE("a condition on an interval looks at what lies inside") {
  const auto scope = with(2, 10, 3, 3);
  for (const auto* open : {"a == 7", "a != 7", "a == 2", "a == 10", "a < 3 or a > 7", "a > 3 and a < 7",
                           "abs(a - 6) < 1", "a / 2 == b", "not a == 5", "a - b > 2"})
    CHECK(judged(open, scope) == std::string("maybe"));
  for (const auto* sure :
       {"a != 11", "a >= 2 and a <= 10", "b == 3", "a == 7 or b == 3", "a > 0", "a * b >= 6"})
    CHECK(judged(sure, scope) == std::string("yes"));
  for (const auto* never : {"a == 11", "a == 1", "a == 5 and b == 4", "abs(a) < 2", "a / 0 == 1 and b == 4"})
    CHECK(judged(never, scope) == std::string("no"));
}

TEST_CASE("a condition on what has no value neither holds nor fails, unless its other part decides") {
  const std::map<std::string, std::string> parts{
      {"yes", "b == 3"}, {"no", "b == 4"}, {"maybe", "a == 7"}, {"nothing", "1 / 0 > 5"}};
  const auto scope = with(2, 10, 3, 3);
  for (const auto& [worth, part] : parts) CHECK(judged(part, scope) == worth);
  CHECK(judged("not (1 / 0 > 5)", scope) == "nothing");
  // Kleene's strong logic, from what each part may turn out to be
  for (const auto& [x, left] : parts)
    for (const auto& [y, right] : parts) {
      if (x != "nothing" && y != "nothing") continue;
      CHECK(judged(left + " and " + right, scope) == (x == "no" || y == "no" ? "no" : "nothing"));
      CHECK(judged(left + " or " + right, scope) == (x == "yes" || y == "yes" ? "yes" : "nothing"));
    }
}

TEST_CASE("a condition that has no value for a row leaves the row out, and all() open") {
  const Fields some({{"x", Value(std::int64_t{1})}}), none({{"x", Value()}});
  const Fields scope({{"n", Value()}}, {&some, &none});
  CHECK(judged("count(not x > 5) == 1 and count(x > 5) == 0 and not any(x > 5) and any(x < 5)", scope) ==
        "yes");
  CHECK(judged("all(x < 5)", scope) == "maybe");
  CHECK(judged("not all(x < 5)", scope) == "maybe");
  CHECK(judged("all(x > 5)", scope) == "no");
}

TEST_CASE("an expression refuses a chain of comparisons and says how to write it") {
  const auto refused = [](std::string_view text) {
    const auto expression = query::Expression::parse(text);
    return expression ? "read" : expression.error().what + " | " + expression.error().fix;
  };
  CHECK(refused("0 < macs < 5") ==
        "comparisons do not chain, found '< 5' behind '0 < macs' at character 10 of '0 < macs < 5' | "
        "write '0 < macs and macs < 5'");
  CHECK(refused("not 1+1 == macs  ==  0 and true") ==
        "comparisons do not chain, found '==  0' behind '1+1 == macs' at character 18 of "
        "'not 1+1 == macs  ==  0 and true' | write '1+1 == macs and macs  ==  0'");
  CHECK(refused("count(10 > macs > -1) == 0").ends_with(" | write '10 > macs and macs > -1'"));
  CHECK(refused("1 < 2 <") ==
        "expected a field, a number or a text, found the end at character 8 of '1 < 2 <' | "
        "for example 'kind == conv and depthwise', or 'count(kind == opaque) == 0'");
  CHECK(refused("(macs > 1) == yes") == "read");
}

TEST_CASE("a condition on rows whose fields are intervals counts those that may be") {
  const auto open = with(0, 10, 1, 1), shut = with(5, 5, 1, 1);
  const Fields scope({{"a", Value()}, {"b", Value()}}, {&open, &shut});
  CHECK(judged("count(a == 5) == 2", scope) == "maybe");
  CHECK(judged("count(a == 5) >= 1", scope) == "yes");
  CHECK(judged("any(a == 11)", scope) == "no");
  CHECK(judged("all(a <= 5)", scope) == "maybe");
  CHECK(judged("sum(a) <= 15 and mean(a) >= 2.5 and max(a) >= 5 and min(a) <= 5", scope) == "yes");
  CHECK(judged("sum(a) == 9", scope) == "maybe");
  const auto sum = query::Expression::parse("sum(a) < 3 and count(a == 5) > 1 and any(a == 3) and b == 1");
  CHECK(sum->findings(scope) ==
        "sum(...) is 5 to 15, count(...) is 1 to 2, any(...) is not known, b is nothing");
}

TEST_CASE("a field without an upper bound is anything above") {
  const Fields scope({{"a", Value(std::int64_t{4})}, {"a_upper", Value()}});
  CHECK(judged("a == 1000000", scope) == "maybe");
  CHECK(judged("a == 3", scope) == "no");
  CHECK(judged("a * 0 == 0", scope) == "yes");
  CHECK(judged("10 - a > 6", scope) == "no");
  CHECK(judged("1 / a <= 0.25", scope) == "yes");
  CHECK(query::Expression::parse("a < 5")->findings(scope) == "a is at least 4");
}

TEST_CASE("what is sure of an interval holds for every whole number in it") {
  for (const auto* text :
       {"a == b", "a != b", "a < b", "a * b >= 4", "a - b == 1", "a / b > 1", "abs(a - b) <= 1", "a + b == 3",
        "not (a < b or a == 2)", "a * a - b > 0", "a == 1 and b != 2", "-a * b < a", "a / (b - 1) < 2"})
    for (std::int64_t at = 0; at < 256; ++at) {
      const auto a = at % 4 - 1, a_upper = a + at / 4 % 4, b = at / 16 % 4 - 1, b_upper = b + at / 64;
      std::set<std::string> found;
      for (auto x = a; x <= a_upper; ++x)
        for (auto y = b; y <= b_upper; ++y) found.insert(judged(text, with(x, x, y, y)));
      const auto verdict = judged(text, with(a, a_upper, b, b_upper));
      INFO(text << " at a " << a << " to " << a_upper << ", b " << b << " to " << b_upper);
      CHECK((verdict == "maybe" || found == std::set{verdict}));
      if (found.size() > 1) CHECK(verdict == "maybe");
      if (a == a_upper && b == b_upper) CHECK(found == std::set{worth(text, with(a, a, b, b))});
    }
}
