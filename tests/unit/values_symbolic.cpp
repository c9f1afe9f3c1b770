// What value functions make of sizes that have no number yet, by hand.
#include <catch2/catch.hpp>

#include "alidade/infer/values.hpp"

using namespace alidade;
using infer::Literal;
using infer::Number;
using infer::Value;

namespace {

struct Symbols {
  GraphBuilder builder;
  Bindings none;
  infer::Sizes sizes{builder, none};

  Number operator()(const char* expression) { return Number::of(sizes.dim(expression)); }
  [[nodiscard]] std::string text(const Number& n) const {
    if (n.is_unknown()) return "?";
    if (n.is_number()) return std::to_string(n.whole != 0 ? n.whole : static_cast<std::int64_t>(n.real));
    const auto show = [&](Dim d) {
      return d.is_known() ? std::to_string(d.size()) : std::string(sizes.expression(d));
    };
    return n.over.is_unknown() ? show(n.size) : show(n.size) + " over " + show(n.over);
  }
  [[nodiscard]] std::string text(const Value& v) const {
    if (!v) return "nothing";
    std::string out;
    for (const auto& n : v->elements) out += (out.empty() ? "" : ", ") + text(n);
    return out;
  }
};
Literal list(std::vector<Number> elements, Dtype dtype = Dtype::i64) {
  const auto size = static_cast<std::int64_t>(elements.size());
  return {dtype, {size}, std::move(elements)};
}
Literal scalar(Number n, Dtype dtype = Dtype::i64) { return {dtype, {}, {n}}; }
Number n(std::int64_t x) { return Number::of(x); }
Number r(double x) { return Number::of_real(x); }

}  // namespace

TEST_CASE("values of sizes go through floating point and back") {
  Symbols s;
  const auto real = infer::cast(s.sizes, scalar(s("h")), Dtype::f32);
  REQUIRE(real);
  const auto back = [&](const Value& x) { return s.text(infer::cast(s.sizes, *x, Dtype::i64)); };
  const auto number = [](double x) { return scalar(r(x), Dtype::f32); };
  CHECK(back(real) == "h");
  const auto half = infer::divide(s.sizes, *real, number(2));
  CHECK(s.text(half) == "h over 2");
  CHECK(back(half) == "h//2");
  CHECK(back(infer::floor(s.sizes, *half)) == "h//2");
  CHECK(back(infer::ceil(s.sizes, *half)) == "(h + 1)//2");
  CHECK(back(infer::multiply(s.sizes, *half, number(2))) == "h");
  CHECK(back(infer::multiply(s.sizes, *half, number(4))) == "2*h");
  CHECK(back(infer::floor(s.sizes, *infer::multiply(s.sizes, *real, number(1.5)))) == "h + h//2");
  CHECK(back(infer::floor(s.sizes, *infer::multiply(s.sizes, *real, number(0.1)))) ==
        "?");  // no short fraction
  const auto width = infer::cast(s.sizes, scalar(s("w")), Dtype::f32);
  CHECK(back(infer::floor(s.sizes, *infer::divide(s.sizes, *real, *width))) == "h//w");
  CHECK(s.text(infer::divide(s.sizes, *real, *real)) == "1");
  CHECK(s.text(infer::round(s.sizes, *half)) == "?");
  CHECK(s.text(infer::sqrt(s.sizes, *real)) == "?");
}

TEST_CASE("values of whole sizes divide toward zero") {
  Symbols s;
  const auto h = list({s("h"), s("h"), n(-7)});
  CHECK(s.text(infer::divide(s.sizes, h, list({n(2), n(-2), n(2)}))) == "h//2, -(h//2), -3");
  const auto less = infer::subtract(s.sizes, scalar(s("h")), scalar(n(3)));
  CHECK(s.text(less) == "h - 3");
  const auto quotient = infer::divide(s.sizes, *less, scalar(n(2)));
  REQUIRE(quotient);
  const auto& dim = quotient->elements[0].size;
  const auto at = [&](std::int64_t value) {
    return evaluate(s.sizes.expression(dim), {{"h", value}}).value().value();
  };
  CHECK(at(0) == -1);
  CHECK(at(2) == 0);
  CHECK(at(8) == 2);
}

TEST_CASE("values of sizes are never below zero, differences of sizes may be") {
  Symbols s;
  const auto x = list({s("h"), s("h - 3"), {}});
  CHECK(s.text(infer::absolute(s.sizes, x)) == "h, Max(3 - h, h - 3), ?");
  CHECK(s.text(infer::sign(s.sizes, *infer::add(s.sizes, x, list({n(1)})))) == "1, ?, ?");
  CHECK(s.text(infer::maximum(s.sizes, x, list({n(0)}))) == "h, Max(0, h - 3), ?");
  CHECK(s.text(infer::minimum(s.sizes, x, list({n(0)}))) == "0, Min(0, h - 3), ?");
}

TEST_CASE("values of comparisons are what holds for every size") {
  Symbols s;
  const auto a = list({s("h"), s("h"), s("h"), s("h"), s("h + 1"), s("h - 1")});
  const auto b = list({s("h"), n(-1), n(0), s("w"), n(1), n(0)});
  CHECK(s.text(infer::equal(s.sizes, a, b)) == "1, 0, ?, ?, ?, ?");
  CHECK(s.text(infer::not_equal(s.sizes, a, b)) == "0, 1, ?, ?, ?, ?");
  CHECK(s.text(infer::less(s.sizes, a, b)) == "0, 0, 0, ?, 0, ?");
  CHECK(s.text(infer::greater_or_equal(s.sizes, a, b)) == "1, 1, 1, ?, 1, ?");
  CHECK(s.text(infer::greater(s.sizes, a, b)) == "0, 1, ?, ?, ?, ?");
  CHECK(s.text(infer::less_or_equal(s.sizes, a, b)) == "1, 0, ?, ?, ?, ?");
  const auto more = infer::add(s.sizes, scalar(s("h")), scalar(n(1)));
  CHECK(s.text(infer::equal(s.sizes, *more, scalar(n(0)))) == "0");
  CHECK(s.text(infer::greater_or_equal(s.sizes, *more, scalar(n(1)))) == "1");
}

TEST_CASE("values of conditions are decided by what is known") {
  Symbols s;
  const auto yes_no = list({n(1), n(0), {}}, Dtype::boolean), unknown = list({{}, {}, {}}, Dtype::boolean);
  CHECK(s.text(infer::logical_and(s.sizes, yes_no, unknown)) == "?, 0, ?");
  CHECK(s.text(infer::logical_or(s.sizes, yes_no, unknown)) == "1, ?, ?");
  CHECK(s.text(infer::logical_not(s.sizes, yes_no)) == "0, 1, ?");
  const auto x = list({s("h"), n(2), s("h")}), y = list({n(5), s("w"), s("h")});
  CHECK(s.text(infer::where(s.sizes, yes_no, x, y)) == "h, w, h");
  CHECK(s.text(infer::where(s.sizes, unknown, x, y)) == "?, ?, h");
  CHECK(s.text(infer::reduce(s.sizes, yes_no, infer::Reduction::any, std::nullopt, false)) == "1");
  CHECK(s.text(infer::reduce(s.sizes, yes_no, infer::Reduction::all, std::nullopt, false)) == "0");
}

TEST_CASE("values of shapes are moved, joined and multiplied as symbols") {
  Symbols s;
  const std::vector<Dim> dims{s.sizes.dim("b"), Dim(3), Dim(), s.sizes.dim("w")};
  const TensorType type{Dtype::f32, true, dims};
  const auto shape = infer::shape_of(type, 0);
  CHECK(s.text(shape) == "b, 3, ?, w");
  CHECK(s.text(infer::shape_of(type, -3, -1)) == "3, ?");
  CHECK(s.text(infer::size_of(s.sizes, type)) == "?");
  CHECK(s.text(infer::gather(*shape, list({n(-1), n(0), {}}), 0)) == "w, b, ?");
  const std::vector<std::int64_t> last{INT64_MAX}, first{INT64_MIN}, back{-1};
  CHECK(s.text(infer::slice(*shape, last, first, std::nullopt, infer::Axes(back))) == "w, ?, 3, b");
  CHECK(s.text(infer::reduce(s.sizes, list({s("b"), n(3), s("w")}), infer::Reduction::product, std::nullopt,
                             true)) == "3*b*w");
  CHECK(s.text(infer::reduce(s.sizes, list({s("b"), {}, n(0)}), infer::Reduction::product, std::nullopt,
                             true)) == "0");
  CHECK(s.text(infer::cumulative_sum(s.sizes, list({n(1), s("b"), n(2)}), 0, true, false)) == "0, 1, b + 1");
  CHECK(s.text(infer::range(s.sizes, scalar(s("b")), *infer::add(s.sizes, scalar(s("b")), scalar(n(2))),
                            scalar(n(1)))) == "b, b + 1");
  CHECK(s.text(infer::range(s.sizes, scalar(n(0)), scalar(s("b")), scalar(n(1)))) == "nothing");
  CHECK(s.text(infer::cast(s.sizes, *shape, Dtype::i32)) == "b, 3, ?, w");
  CHECK(s.text(infer::cast(s.sizes, *shape, Dtype::i8)) == "?, 3, ?, ?");
}

TEST_CASE("values that do not fit their type are unknown") {
  Symbols s;
  const auto most = scalar(n(INT64_MAX)), least = scalar(n(INT64_MIN));
  CHECK(s.text(infer::add(s.sizes, most, scalar(n(1)))) == "?");
  CHECK(s.text(infer::negative(s.sizes, least)) == "?");
  CHECK(s.text(infer::absolute(s.sizes, least)) == "?");
  CHECK(s.text(infer::divide(s.sizes, least, scalar(n(-1)))) == "?");
  CHECK(s.text(infer::remainder(s.sizes, least, scalar(n(-1)))) == "0");
  CHECK(s.text(infer::modulo(s.sizes, most, scalar(n(0)))) == "?");
  CHECK(s.text(infer::multiply(s.sizes, scalar(n(100), Dtype::i8), scalar(n(2), Dtype::i8))) == "?");
  CHECK(s.text(infer::power(s.sizes, scalar(n(10)), scalar(n(40)))) == "?");
  CHECK(s.text(infer::cast(s.sizes, scalar(r(1e30), Dtype::f64), Dtype::i32)) == "2147483647");
  CHECK(s.text(infer::cast(s.sizes, scalar(r(-1e30), Dtype::f64), Dtype::i64)) == std::to_string(INT64_MIN));
}

TEST_CASE("values of too many elements are nothing, whatever is asked for") {
  Symbols s;
  const auto one = list({n(1)});
  const std::vector<std::int64_t> huge{INT64_MAX}, large{5000};
  CHECK(!infer::constant_of_shape(list({n(INT64_MAX), n(INT64_MAX)}), Dtype::i64, n(0)));
  CHECK(!infer::expand(one, huge));
  CHECK(!infer::expand(one, large));
  CHECK(!infer::tile(one, huge));
  CHECK(!infer::pad(one, infer::PadMode::edge, huge, large, std::nullopt, n(0)));
  CHECK(!infer::range(s.sizes, scalar(n(INT64_MIN)), scalar(n(INT64_MAX)), scalar(n(1))));
  CHECK(!infer::range(s.sizes, scalar(r(0), Dtype::f32), scalar(r(1e30), Dtype::f32),
                      scalar(r(1), Dtype::f32)));
  CHECK(!infer::one_hot(one, INT64_MAX, list({n(0), n(1)}), 0));
  CHECK(infer::split_evenly(one, 0, 2147483647).empty());
  CHECK(!infer::topk(one, INT64_MAX, 0, true).values);
}

TEST_CASE("values of operands that contradict each other are nothing") {
  Symbols s;
  const auto two = list({n(1), n(2)}), three = list({n(1), n(2), n(3)});
  CHECK(!infer::add(s.sizes, two, three));
  CHECK(!infer::add(s.sizes, two, list({n(1), n(2)}, Dtype::i32)));
  CHECK(!infer::gather(two, three, 4));
  CHECK(s.text(infer::gather(two, three, 0)) == "2, ?, ?");
  CHECK(!infer::reshape(two, three));
  const std::vector<std::int64_t> zero{0}, both{0, 0};
  CHECK(!infer::slice(two, zero, zero, std::nullopt, infer::Axes(zero)));
  CHECK(!infer::transpose(two, both));
  CHECK(!infer::unsqueeze(two, both));
  CHECK(infer::split(two, 0, zero).empty());
}
