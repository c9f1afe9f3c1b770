// dot_general with any dimension numbers, counted by walking through every product.
#include <algorithm>
#include <random>

#include "reading.hpp"

using namespace stablehlo_test;

namespace {

using Numbers = std::vector<std::int64_t>;

/// An index with a size, on the left, on the right or on both sides; those on both stay or are summed.
struct Index {
  std::int64_t size;
  bool left, right, stays;
};

std::string type_of(const std::vector<Index>& all, const std::vector<std::size_t>& order) {
  std::string out = "tensor<";
  for (const auto i : order) out += std::to_string(all[i].size) + "x";
  return out + "f32>";
}

Numbers places(const std::vector<std::size_t>& order, const std::vector<std::size_t>& wanted) {
  Numbers out;
  for (const auto i : wanted) out.push_back(std::ranges::find(order, i) - order.begin());
  return out;
}

std::string list(const Numbers& numbers) {
  std::string out = "[";
  for (const auto n : numbers) out += (out.size() > 1 ? ", " : "") + std::to_string(n);
  return out + "]";
}

}  // namespace

TEST_CASE(
    "products with any dimension numbers have one multiply-accumulate for each point of their indices") {
  std::mt19937 random(5);
  const auto pick = [&](int to) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(to)); };
  for (int round = 0; round < 200; ++round) {
    std::vector<Index> all;
    std::vector<std::size_t> left, right, batch, inner;
    std::uint64_t points = 1;
    const auto count = 1 + pick(6);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto kind = pick(4);
      all.push_back({1 + pick(4), kind != 1, kind != 0, kind == 2});
      points *= static_cast<std::uint64_t>(all.back().size);
      const auto at = all.size() - 1;
      if (kind != 1) left.push_back(at);
      if (kind != 0) right.push_back(at);
      if (kind == 2) batch.push_back(at);
      if (kind == 3) inner.push_back(at);
    }
    for (auto* order : {&left, &right, &batch, &inner}) std::ranges::shuffle(*order, random);
    std::vector<std::size_t> made = batch;
    for (const auto i : left)
      if (!all[i].right) made.push_back(i);
    for (const auto i : right)
      if (!all[i].left) made.push_back(i);
    const auto x = type_of(all, left), y = type_of(all, right), z = type_of(all, made);
    const auto text = function(
        "%x: " + x + ", %y: " + y,
        "  %0 = stablehlo.dot_general %x, %y, batching_dims = " + list(places(left, batch)) + " x " +
            list(places(right, batch)) + ", contracting_dims = " + list(places(left, inner)) + " x " +
            list(places(right, inner)) + ", precision = [DEFAULT, DEFAULT] : (" + x + ", " + y + ") -> " + z,
        "%0", z);
    INFO(text);
    CHECK(sums(graph_of(text)).macs == points);
  }
}

TEST_CASE("a product by a parameter is a layer, and no view stands before its rows") {
  const auto graph = graph_of(function(
      "%x: tensor<2x7x16xf32>, %params: tensor<16x32xf32>",
      "  %0 = stablehlo.dot_general %x, %params, contracting_dims = [2] x [0] : (tensor<2x7x16xf32>, "
      "tensor<16x32xf32>) -> tensor<2x7x32xf32>",
      "%0", "tensor<2x7x32xf32>"));
  const auto layer = only(graph, Op::linear);
  CHECK(graph.node_count() == 1);
  CHECK(graph.attrs<MatmulAttrs>(layer).transpose_b == 0);
  CHECK(graph.kind(graph.inputs(layer)[1]) == ValueKind::parameter);
}

TEST_CASE("columns that lie as rows are read as they lie") {
  const auto graph = graph_of(
      function("%x: tensor<4x16xf32>, %y: tensor<32x16xf32>",
               "  %0 = \"stablehlo.dot_general\"(%x, %y) <{dot_dimension_numbers = "
               "#stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [1]>}> : "
               "(tensor<4x16xf32>, tensor<32x16xf32>) -> tensor<4x32xf32>",
               "%0", "tensor<4x32xf32>"));
  const auto product = only(graph, Op::matmul);
  CHECK(graph.node_count() == 1);
  CHECK(graph.attrs<MatmulAttrs>(product).transpose_b == 1);
}
