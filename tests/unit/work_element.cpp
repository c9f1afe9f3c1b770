// Rows against the definitions with everything in them, also what is done once per row and left out of the
// count.
#include "counting_number.hpp"
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;
using namespace alidade::counting;

namespace {

/// Maximum, exponentials, their sum, the quotients; then in logarithms.
void softmax(Row row, bool in_logarithms) {
  Number top = c(-1e9);
  for (const auto x : row) top = max(top, x);
  Row shifted, powers;
  for (const auto x : row) shifted.push_back(x - top);
  for (const auto x : shifted) powers.push_back(exp(x));
  const Number total = sum(powers);
  if (!in_logarithms)
    for (auto& x : powers) x = x / total;
  else
    for (const Number all = log(total); auto& x : shifted) x = x - all;
}
void layer_norm(Row row, bool scaled, bool shifted) {
  const Number mean = sum(row) / c(static_cast<double>(row.size()));
  Row squares;
  for (auto& x : row) x = x - mean, squares.push_back(x * x);
  const Number factor = rsqrt(sum(squares) / c(static_cast<double>(row.size())) + c(1e-5));
  for (auto& x : row) {
    x = x * factor;
    if (scaled) x = x * c(2);
    if (shifted) x = x + c(1);
  }
}
void rms_norm(Row row) {
  Row squares;
  for (const auto x : row) squares.push_back(x * x);
  const Number factor = rsqrt(sum(squares) / c(static_cast<double>(row.size())) + c(1e-5));
  for (auto& x : row) x = x * factor * c(2);
}
void lp_norm(Row row) {
  Row powers;
  for (const auto x : row) powers.push_back(pow(x, c(2)));
  const Number length = pow(sum(powers), c(0.5));
  for (auto& x : row) x = x / length;
}

}  // namespace

TEST_CASE("rows: the formula is the definition less what is done once per row") {
  struct Definition {
    std::string operands, op;
    std::function<void(Row)> f;
  };
  const std::vector<Definition> rows{
      {"%x", "softmax", [](Row r) { softmax(std::move(r), false); }},
      {"%x", "log_softmax", [](Row r) { softmax(std::move(r), true); }},
      {"%x", "layer_norm", [](Row r) { layer_norm(std::move(r), false, false); }},
      {"%x, %s", "layer_norm", [](Row r) { layer_norm(std::move(r), true, false); }},
      {"%x, %s, %s", "layer_norm", [](Row r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s, %s", "group_norm", [](Row r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s, %s", "instance_norm", [](Row r) { layer_norm(std::move(r), true, true); }},
      {"%x, %s", "rms_norm", rms_norm},
      {"%x", "lp_norm", lp_norm},
      {"%x", "reduce_mean", [](Row r) { (void)(sum(r) / c(static_cast<double>(r.size()))); }},
      {"%x", "reduce_sum", [](Row r) { (void)sum(r); }},
  };
  for (const auto& row : rows) {
    std::vector<std::uint64_t> left_out;
    for (const std::int64_t n : {8, 64}) {
      const bool reduces = row.op.starts_with("reduce");
      const std::string body = "input %x : f32[1," + std::to_string(n) + "]\n parameter %s : f32[" +
                               std::to_string(n) + "]\n %y = " + row.op + "(" + row.operands + ") : f32[1," +
                               (reduces ? "1" : std::to_string(n)) + "]";
      const auto real = primitives([&] { row.f(Row(static_cast<std::size_t>(n), c(0.5))); });
      left_out.push_back(real - exact_work(body).flops.value);
    }
    INFO(row.op << "(" << row.operands << ")");
    CHECK(left_out[0] == left_out[1]);
    CHECK(left_out[0] <= 6);
  }
}
