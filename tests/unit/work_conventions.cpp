// Numbers measured with fvcore 0.1.5.post20221221 and torch 2.13.0's FlopCounterMode, operator by operator.
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

struct Measured {
  std::string body;
  std::uint64_t fvcore, torch;
};

std::string product(const Shape& a, const Shape& b, const Shape& y) {
  return "input %a : " + type(a) + "\n input %b : " + type(b) + "\n %y = matmul(%a, %b) : " + type(y);
}
std::string norm(const std::string& op, const std::string& operands, const Shape& x) {
  return "input %x : " + type(x) + "\n parameter %s : f32[4]\n %y = " + op + "(" + operands +
         ") : " + type(x);
}

}  // namespace

TEST_CASE("fvcore and torch are matched to the integer") {
  const auto row = GENERATE(values<Measured>({
      {product({2, 1, 3, 5}, {4, 5, 7}, {2, 4, 3, 7}), 210, 1680},
      {product({3, 5}, {4, 5, 7}, {4, 3, 7}), 105, 840},
      {product({4, 3, 5}, {5, 7}, {4, 3, 7}), 420, 840},
      {product({5}, {5, 7}, {7}), 35, 70},
      {product({5}, {4, 5, 7}, {4, 7}), 35, 280},
      {"input %a : f32[3,4]\n input %b : f32[4,5]\n input %c : f32[3,5]\n %y = matmul(%a, %b, %c) : f32[3,5]",
       60, 120},
      {"input %a : f32[2,3,4]\n input %b : f32[2,4,5]\n input %c : f32[2,3,5]\n %y = matmul(%a, %b, %c) : "
       "f32[2,3,5]",
       0, 240},
      {"input %x : f32[2,3,5]\n parameter %w : f32[7,5]\n %y = linear(%x, %w) {transpose_b=1} : f32[2,3,7]",
       210, 420},
      {"input %x : f32[2,4,5,5]\n parameter %w : f32[4,3,3,3]\n %y = conv_transpose(%x, %w) {groups=2, "
       "strides=[2,2]} : f32[2,6,11,11]",
       5400, 10800},
      {norm("batch_norm", "%x, %s, %s, %s, %s", {2, 4, 5, 5}), 400, 0},
      {norm("batch_norm", "%x, _, _, %s, %s", {2, 4, 5, 5}), 200, 0},
      {norm("layer_norm", "%x, %s, %s", {2, 5, 4}), 200, 0},
      {norm("layer_norm", "%x", {2, 5, 4}), 160, 0},
      {norm("group_norm", "%x, %s, %s", {2, 4, 5, 5}), 1000, 0},
      {norm("instance_norm", "%x", {2, 4, 5, 5}), 800, 0},
      {norm("rms_norm", "%x, %s", {2, 5, 4}), 0, 0},
      {"input %x : f32[2,4,5]\n %y = adaptive_avg_pool(%x) : f32[2,4,2]", 0, 0},
      {"input %x : f32[2,3,4,4]\n %y = adaptive_avg_pool(%x) : f32[2,3,1,1]", 96, 0},
      {"input %x : f32[2,3,4,4]\n %y = resize(%x) {taps=2} : f32[2,3,8,8]", 1536, 0},
      {"input %x : f32[3,2,5]\n %y = lstm(%x) {hidden=7, directions=2, layers=2} : f32[3,2,14]", 0, 22176},
      {"input %x : f32[3,2,5]\n %y = gru(%x) {hidden=7, directions=2, layers=2} : f32[3,2,14]", 0, 16632},
      {"input %x : f32[3,2,5]\n %y = rnn(%x) {hidden=7, directions=2, layers=2} : f32[3,2,14]", 0, 5544},
      {"input %x : f32[8]\n %y = gelu(%x) : f32[8]", 0, 0},
  }));
  INFO(row.body);
  CHECK(count_of(row.body, Convention::fvcore) == row.fvcore);
  CHECK(count_of(row.body, Convention::torch) == row.torch);
}

TEST_CASE("a matrix by a vector is invisible to torch's counter and kills fvcore, and macs still count it") {
  const auto body = product({3, 5}, {5}, {3});
  CHECK(count_of(body, Convention::torch) == 0);
  CHECK(count_of(body, Convention::fvcore) == 15);
  CHECK(count_of(body, Convention::macs) == 15);
}

TEST_CASE("an opaque operator is an interval under our conventions, and nothing to the tools") {
  const Graph g = graph_of("input %x : f32[10]\n %y = opaque(%x) : f32[10]");
  const Work w = work(g, NodeId(0)).value();
  CHECK(Counter(g).count(NodeId(0), w, Convention::flops).value() == Counted{0, 1000});
  CHECK(Counter(g).count(NodeId(0), w, Convention::macs).value() == Counted{0, 500});
  CHECK(Counter(g).count(NodeId(0), w, Convention::torch).value() == Counted{0, 0});
}

TEST_CASE("conventions have names") {
  for (const Convention c : {Convention::flops, Convention::macs, Convention::fvcore, Convention::torch})
    CHECK(convention_named(name(c)) == c);
  CHECK_FALSE(convention_named("FLOPS").has_value());
}
