// Element costs against the definitions, done with a number that counts the primitives applied to it.
#include <cmath>
#include <functional>

#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

std::uint64_t done = 0;

/// A number that counts what is done with it: each primitive once.
struct Counting {
  double v = 0;
};
Counting operator+(Counting a, Counting b) { return ++done, Counting{a.v + b.v}; }
Counting operator-(Counting a, Counting b) { return ++done, Counting{a.v - b.v}; }
Counting operator*(Counting a, Counting b) { return ++done, Counting{a.v * b.v}; }
Counting operator/(Counting a, Counting b) { return ++done, Counting{a.v / b.v}; }
Counting operator-(Counting a) { return ++done, Counting{-a.v}; }
Counting max(Counting a, Counting b) { return ++done, Counting{std::max(a.v, b.v)}; }
Counting min(Counting a, Counting b) { return ++done, Counting{std::min(a.v, b.v)}; }
Counting exp(Counting a) { return ++done, Counting{std::exp(a.v)}; }
Counting log(Counting a) { return ++done, Counting{std::log(a.v)}; }
Counting erf(Counting a) { return ++done, Counting{std::erf(a.v)}; }
Counting pow(Counting a, Counting b) { return ++done, Counting{std::pow(a.v, b.v)}; }
Counting rsqrt(Counting a) { return ++done, Counting{1 / std::sqrt(a.v)}; }
Counting round(Counting a) { return ++done, Counting{std::round(a.v)}; }
bool positive(Counting a) { return ++done, a.v > 0; }

constexpr Counting c(double v) { return {v}; }
Counting sigmoid(Counting x) { return c(1) / (c(1) + exp(-x)); }
Counting hyperbolic(Counting x) {
  const Counting e = exp(c(2) * x);
  return (e - c(1)) / (e + c(1));
}
Counting softplus(Counting x) { return log(c(1) + exp(x)); }
Counting hardsigmoid(Counting x) { return min(max(x * c(1.0 / 6) + c(0.5), c(0)), c(1)); }

using Rows = std::vector<Counting>;

Counting sum(const Rows& row) {
  Counting total;
  for (const auto x : row) total = total + x;
  return total;
}
/// Maximum, exponentials, their sum, the quotients; then in logarithms.
void softmax(Rows row, bool in_logarithms) {
  Counting top = c(-1e9);
  for (const auto x : row) top = max(top, x);
  Rows shifted, powers;
  for (const auto x : row) shifted.push_back(x - top);
  for (const auto x : shifted) powers.push_back(exp(x));
  const Counting total = sum(powers);
  if (!in_logarithms)
    for (auto& x : powers) x = x / total;
  else
    for (const Counting all = log(total); auto& x : shifted) x = x - all;
}
void layer_norm(Rows row, bool scaled, bool shifted) {
  const Counting mean = sum(row) / c(static_cast<double>(row.size()));
  Rows squares;
  for (auto& x : row) x = x - mean, squares.push_back(x * x);
  const Counting factor = rsqrt(sum(squares) / c(static_cast<double>(row.size())) + c(1e-5));
  for (auto& x : row) {
    x = x * factor;
    if (scaled) x = x * c(2);
    if (shifted) x = x + c(1);
  }
}
void rms_norm(Rows row) {
  Rows squares;
  for (const auto x : row) squares.push_back(x * x);
  const Counting factor = rsqrt(sum(squares) / c(static_cast<double>(row.size())) + c(1e-5));
  for (auto& x : row) x = x * factor * c(2);
}
void lp_norm(Rows row) {
  Rows powers;
  for (const auto x : row) powers.push_back(pow(x, c(2)));
  const Counting length = pow(sum(powers), c(0.5));
  for (auto& x : row) x = x / length;
}

std::uint64_t primitives(const std::function<void()>& f) {
  done = 0;
  f();
  return done;
}

struct Function {
  std::string op;
  std::function<Counting(Counting)> f;
};

}  // namespace

TEST_CASE("a function of one element costs the primitives of its definition") {
  const std::vector<Function> functions{
      {"relu", [](Counting x) { return max(x, c(0)); }},
      {"leaky_relu", [](Counting x) { return positive(x) ? x * c(1) : x * c(0.01); }},
      {"clip", [](Counting x) { return min(max(x, c(0)), c(6)); }},
      {"gelu", [](Counting x) { return x * c(0.5) * (c(1) + erf(x * c(0.7071))); }},
      {"silu", [](Counting x) { return x * sigmoid(x); }},
      {"sigmoid", sigmoid},
      {"tanh", hyperbolic},
      {"hardsigmoid", hardsigmoid},
      {"hardswish", [](Counting x) { return x * hardsigmoid(x); }},
      {"elu", [](Counting x) { return positive(x) ? x : c(1.5) * (exp(x) - c(1)); }},
      {"softplus", softplus},
      {"mish", [](Counting x) { return x * hyperbolic(softplus(x)); }},
      {"exp", [](Counting x) { return exp(x); }},
      {"log", [](Counting x) { return log(x); }},
      {"rsqrt", [](Counting x) { return rsqrt(x); }},
      {"neg", [](Counting x) { return -x; }},
      {"round", [](Counting x) { return round(x); }},
      {"quantize", [](Counting x) { return min(round(x / c(0.1)) + c(128), c(255)); }},
      {"dequantize", [](Counting x) { return (x - c(128)) * c(0.1); }},
  };
  for (const auto& [op, f] : functions) {
    INFO(op);
    const auto each = primitives([&] { (void)f(c(-0.3)); });
    CHECK(exact_work("input %x : f32[3,5]\n %y = " + op + "(%x) : f32[3,5]").flops.value == 15 * each);
    CHECK(exact_work("input %x : f32[3,5]\n %y = " + op + "(%x) : f32[3,5]").macs.value == 0);
  }
}

TEST_CASE("a function of two elements counts the broadcast result") {
  for (const std::string op :
       {"add", "sub", "mul", "div", "pow", "minimum", "maximum", "compare", "logic", "binary"}) {
    INFO(op);
    CHECK(exact_work("input %a : f32[4,1]\n input %b : f32[3]\n %y = " + op + "(%a, %b) : f32[4,3]")
              .flops.value == 12);
  }
  CHECK(exact_work(
            "input %a : f32[4]\n input %b : f32[4]\n input %c : f32[4]\n %y = maximum(%a, %b, %c) : f32[4]")
            .flops.value == 8);
}

TEST_CASE("rows: the formula is the definition less what is done once per row") {
  struct Row {
    std::string operands, op;
    std::function<void(Rows)> f;
  };
  const std::vector<Row> rows{
      {"%x", "softmax", [](Rows r) { softmax(std::move(r), false); }},
      {"%x", "log_softmax", [](Rows r) { softmax(std::move(r), true); }},
      {"%x", "layer_norm", [](Rows r) { layer_norm(std::move(r), false, false); }},
      {"%x, %s", "layer_norm", [](Rows r) { layer_norm(std::move(r), true, false); }},
      {"%x, %s, %s", "layer_norm", [](Rows r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s, %s", "group_norm", [](Rows r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s, %s", "instance_norm", [](Rows r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s", "rms_norm", rms_norm},
      {"%x", "lp_norm", lp_norm},
      {"%x", "reduce_mean", [](Rows r) { (void)(sum(r) / c(static_cast<double>(r.size()))); }},
      {"%x", "reduce_sum", [](Rows r) { (void)sum(r); }},
  };
  for (const auto& row : rows) {
    std::vector<std::uint64_t> left_out;
    for (const std::int64_t n : {8, 64}) {
      const bool reduces = row.op.starts_with("reduce");
      const std::string body = "input %x : f32[1," + std::to_string(n) + "]\n parameter %s : f32[" +
                               std::to_string(n) + "]\n %y = " + row.op + "(" + row.operands + ") : f32[1," +
                               (reduces ? "1" : std::to_string(n)) + "]";
      const auto real = primitives([&] { row.f(Rows(static_cast<std::size_t>(n), c(0.5))); });
      left_out.push_back(real - exact_work(body).flops.value);
    }
    INFO(row.op << "(" << row.operands << ")");
    CHECK(left_out[0] == left_out[1]);
    CHECK(left_out[0] <= 6);
  }
}

TEST_CASE("a batch norm is one factor and one shift in inference") {
  const std::string head = "input %x : f32[2,4,5,5]\n parameter %s : f32[4]\n buffer %m : f32[4]\n";
  CHECK(exact_work(head + "%y = batch_norm(%x, %s, %s, %m, %m) : f32[2,4,5,5]").flops.value == 400);
  CHECK(exact_work(head + "%y = batch_norm(%x, _, _, %m, %m) : f32[2,4,5,5]").flops.value == 400);
  CHECK(exact_work(head + "%y = batch_norm(%x, %s, %s, %m, %m) {training=1} : f32[2,4,5,5]").flops.value ==
        1400);
}

TEST_CASE("a scatter adds its updates only when it reduces") {
  const std::string head = "input %x : f32[8,4]\n input %i : i64[2,4]\n input %u : f32[2,4]\n ";
  CHECK(exact_work(head + "%y = scatter(%x, %i, %u) : f32[8,4]").flops.value == 0);
  CHECK(exact_work(head + "%y = scatter(%x, %i, %u) {reduction=1} : f32[8,4]").flops.value == 8);
}
