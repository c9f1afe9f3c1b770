// Convolutions with any dimension numbers, counted by walking through every product that the specification
// defines.
#include <algorithm>
#include <numeric>
#include <random>
#include <sstream>

#include "reading.hpp"

using namespace stablehlo_test;

namespace {

struct Case {
  std::vector<std::int64_t> x, kernel, y;  ///< [batch, features, spatial...], [out, in, spatial...]
  std::vector<std::size_t> x_order, kernel_order, y_order;  ///< where each lies
  std::vector<std::int64_t> strides, low, high, input_dilation, kernel_dilation;
  std::int64_t groups = 1, batch_groups = 1;
  [[nodiscard]] std::size_t rank() const { return strides.size(); }
};

std::int64_t pick(std::mt19937& random, std::int64_t from, std::int64_t to) {
  return std::uniform_int_distribution<std::int64_t>(from, to)(random);
}

std::vector<std::size_t> shuffled(std::mt19937& random, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, random);
  return order;
}

Case any_case(std::mt19937& random, bool dilates_input) {
  Case c;
  const auto rank = static_cast<std::size_t>(pick(random, 1, 2));
  c.groups = pick(random, 0, 2) == 0 ? 2 : 1;
  c.batch_groups = c.groups == 1 && pick(random, 0, 3) == 0 ? 2 : 1;
  const auto in = pick(random, 1, 3), batch = pick(random, 1, 2) * c.batch_groups;
  c.x = {batch, in * c.groups}, c.kernel = {pick(random, 1, 2) * c.groups * c.batch_groups, in};
  c.y = {batch / c.batch_groups, c.kernel[0]};
  for (std::size_t i = 0; i < rank; ++i) {
    c.x.push_back(pick(random, 5, 7)), c.kernel.push_back(pick(random, 1, 3));
    c.strides.push_back(dilates_input ? 1 : pick(random, 1, 2)),
        c.kernel_dilation.push_back(pick(random, 1, 2));
    c.input_dilation.push_back(dilates_input ? pick(random, 1, 3) : 1);
    const auto reach = c.kernel_dilation[i] * (c.kernel.back() - 1);
    // A transposed convolution keeps every product where the padding is as wide as the window.
    c.low.push_back(dilates_input ? reach : pick(random, 0, 2));
    c.high.push_back(dilates_input ? reach : pick(random, 0, 2));
    const auto dilated = (c.x.back() - 1) * c.input_dilation[i] + 1;
    c.y.push_back((dilated + c.low[i] + c.high[i] - reach - 1) / c.strides[i] + 1);
  }
  c.x_order = shuffled(random, rank + 2), c.kernel_order = shuffled(random, rank + 2);
  c.y_order = shuffled(random, rank + 2);
  return c;
}

/// Products one by one: every place of the result with every tap; where the input is dilated, but for what is
/// no element of it.
std::uint64_t walked(const Case& c) {
  const bool dilated = std::ranges::any_of(c.input_dilation, [](auto d) { return d > 1; });
  std::uint64_t taps = 1;
  for (std::size_t i = 0; i < c.rank(); ++i) {
    std::uint64_t here = 0;
    for (std::int64_t place = 0; place < c.y[i + 2]; ++place)
      for (std::int64_t tap = 0; tap < c.kernel[i + 2]; ++tap) {
        const auto at = place * c.strides[i] + tap * c.kernel_dilation[i] - c.low[i];
        const bool inside = at >= 0 && at <= (c.x[i + 2] - 1) * c.input_dilation[i];
        here += dilated && (!inside || at % c.input_dilation[i] != 0) ? 0 : 1;
      }
    taps *= here;
  }
  return taps * static_cast<std::uint64_t>(c.y[0] * c.y[1] * c.kernel[1]);
}

std::string type_of(const std::vector<std::int64_t>& sizes, const std::vector<std::size_t>& order) {
  std::ostringstream out;
  out << "tensor<";
  for (const auto d : order) out << sizes[d] << "x";
  out << "f32>";
  return out.str();
}

std::string letters(const std::vector<std::size_t>& order, const std::string& first,
                    const std::string& second) {
  std::string out = "[";
  for (const auto d : order)
    out += (out.size() > 1 ? ", " : "") + (d == 0 ? first : d == 1 ? second : std::to_string(d - 2));
  return out + "]";
}

std::string list(const std::vector<std::int64_t>& numbers) {
  std::string out = "[";
  for (const auto n : numbers) out += (out.size() > 1 ? ", " : "") + std::to_string(n);
  return out + "]";
}

std::string text_of(const Case& c) {
  std::string pads;
  for (std::size_t i = 0; i < c.rank(); ++i)
    pads += (i > 0 ? ", [" : "[") + std::to_string(c.low[i]) + ", " + std::to_string(c.high[i]) + "]";
  const auto x = type_of(c.x, c.x_order), kernel = type_of(c.kernel, c.kernel_order),
             y = type_of(c.y, c.y_order);
  return function("%x: " + x + ", %k: " + kernel,
                  "  %0 = stablehlo.convolution(%x, %k) dim_numbers = " + letters(c.x_order, "b", "f") + "x" +
                      letters(c.kernel_order, "o", "i") + "->" + letters(c.y_order, "b", "f") +
                      ", window = {stride = " + list(c.strides) + ", pad = [" + pads + "], lhs_dilate = " +
                      list(c.input_dilation) + ", rhs_dilate = " + list(c.kernel_dilation) + ", reverse = [" +
                      (c.rank() == 1 ? "false" : "false, false") +
                      "]} {batch_group_count = " + std::to_string(c.batch_groups) +
                      " : i64, feature_group_count = " + std::to_string(c.groups) + " : i64} : (" + x + ", " +
                      kernel + ") -> " + y,
                  "%0", y);
}

}  // namespace

TEST_CASE(
    "convolutions with any dimension numbers, windows and groups have the products that one walks through") {
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    const auto c = any_case(random, false);
    const auto text = text_of(c);
    INFO(text);
    CHECK(sums(graph_of(text)).macs == walked(c));
  }
}

TEST_CASE("a dilated input is a transposed convolution, and no product with what dilation put there") {
  std::mt19937 random(8);
  for (int round = 0; round < 150; ++round) {
    const auto c = any_case(random, true);
    const auto text = text_of(c);
    INFO(text);
    CHECK(sums(graph_of(text)).macs == walked(c));
  }
}

TEST_CASE("a convolution in the order of JAX is a convolution between views") {
  const auto graph = graph_of(function(
      "%x: tensor<1x8x8x3xf32>, %k: tensor<3x3x3x4xf32>",
      "  %0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = "
      "{stride = "
      "[1, 1], pad = [[1, 1], [1, 1]]} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x8x8x4xf32>",
      "%0", "tensor<1x8x8x4xf32>"));
  const auto conv = only(graph, Op::conv);
  CHECK(to_text(graph, graph.type_id(graph.inputs(conv)[0])) == "f32[1,3,8,8]");
  CHECK(to_text(graph, graph.type_id(graph.inputs(conv)[1])) == "f32[4,3,3,3]");
  CHECK(nodes_of(graph, Op::reshape).size() == 3);
  const auto bytes = work(graph, conv);
  REQUIRE(bytes);
  CHECK(bytes->traffic().value == 4 * (8 * 8 * 3 + 3 * 3 * 3 * 4 + 8 * 8 * 4));
}

TEST_CASE("the raw form of dimension numbers") {
  const auto graph = graph_of(function(
      "%x: tensor<1x8x3xf32>, %k: tensor<3x3x4xf32>",
      R"(  %0 = "stablehlo.convolution"(%x, %k) <{dimension_numbers = #stablehlo.conv<raw input_batch_dimension = 0, input_feature_dimension = 2, input_spatial_dimensions = [1], kernel_input_feature_dimension = 1, kernel_output_feature_dimension = 2, kernel_spatial_dimensions = [0], output_batch_dimension = 0, output_feature_dimension = 2, output_spatial_dimensions = [1]>, feature_group_count = 1 : i64, batch_group_count = 1 : i64, padding = dense<1> : tensor<1x2xi64>}> : (tensor<1x8x3xf32>, tensor<3x3x4xf32>) -> tensor<1x8x4xf32>)",
      "%0", "tensor<1x8x4xf32>"));
  CHECK(sums(graph).macs == 8 * 4 * 3 * 3);
}
