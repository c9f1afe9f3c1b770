// Training steps: both passes beside FlopCounterMode, and gradients worked out by hand.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "alidade/ir/work.hpp"
#include "alidade/sdk/training_step.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

Graph step_of(const std::string& name) {
  auto graph = read_file(data_file("train_" + name + ".pt2"));
  INFO(name << ": " << (graph ? "" : graph.error().what));
  REQUIRE(graph);
  return std::move(*graph);
}

std::string base_of(std::string_view foreign) {
  const auto rest = foreign.substr(foreign.find('.') + 1);
  return std::string(rest.substr(0, rest.find('.')));
}

/// What FlopCounterMode's convention counts, by operator of the file.
std::map<std::string, std::uint64_t> by_torch(const Graph& graph) {
  const Counter counter(graph);
  std::map<std::string, std::uint64_t> sums;
  for (const NodeId n : graph.nodes())
    if (const auto low = counter.count(n, work(graph, n).value(), Convention::torch).value().low; low > 0)
      sums[base_of(graph.foreign(n))] += low;
  return sums;
}

/// Element work and multiply-accumulates of all nodes that stand for one operator of the file.
std::map<std::string, Work> works(const Graph& graph) {
  std::map<std::string, Work> sums;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    INFO(graph.name(n) << (w ? "" : ": " + w.error().what));
    REQUIRE(w);
    CHECK(graph.op(n) != Op::opaque);
    CHECK(w->certainty == Certainty::exact);
    auto& sum = sums[base_of(graph.foreign(n))];
    sum.macs += w->macs, sum.flops += w->flops;
  }
  return sums;
}

}  // namespace

TEST_CASE("both passes of convolutions count what FlopCounterMode counts") {
  // tools/dynamo_cases/training_cases.py prints these
  CHECK(by_torch(step_of("convolutions")) ==
        std::map<std::string, std::uint64_t>{{"convolution", 80160}, {"convolution_backward", 212160}});
}

TEST_CASE("the gradient of a weight in groups runs within its group") {
  // both gradients of every convolution are as many products as its forward; the first one's input wants none
  const auto found = works(step_of("convolutions"));
  const std::uint64_t first = 2 * 8 * 6 * 5 * (4 * 9);
  CHECK(found.at("convolution_backward").macs.value == 2 * found.at("convolution").macs.value - first);
}

TEST_CASE("attention that keeps no scores makes them again, and torch counts it as math attention") {
  const auto step = step_of("tokens");
  const std::uint64_t scores = 2 * 3 * 5 * 5, width = 4;
  const auto found = works(step);
  CHECK(found.at("_scaled_dot_product_flash_attention_for_cpu").macs.value == 2 * scores * width);
  CHECK(found.at("_scaled_dot_product_flash_attention_for_cpu_backward").macs.value == 5 * scores * width);
  const auto torch = by_torch(step);
  CHECK(torch.at("_scaled_dot_product_flash_attention_for_cpu") +
            torch.at("_scaled_dot_product_flash_attention_for_cpu_backward") ==
        7200);  // aten.bmm there
  CHECK(torch.at("addmm") + torch.at("mm") == 11280 + 31200);
}

TEST_CASE("gradients of activations are the chain rule of their definitions") {
  const auto found = works(step_of("activations"));
  const std::uint64_t n = 3 * 8;
  const std::map<std::string, std::uint64_t> each{{"threshold_backward", 2},   {"gelu_backward", 11},
                                                  {"sigmoid_backward", 3},     {"tanh_backward", 3},
                                                  {"hardswish_backward", 7},   {"hardsigmoid_backward", 5},
                                                  {"elu_backward", 5},         {"softplus_backward", 4},
                                                  {"log_sigmoid_backward", 4}, {"_prelu_kernel_backward", 5}};
  for (const auto& [name, flops] : each) {
    INFO(name);
    CHECK(found.at(name).flops.value == flops * n);
  }
  CHECK(found.at("glu_backward").flops.value == 8 * n / 2);
}

TEST_CASE("gradients of norms, pools and lookups count every element and every tap") {
  const auto found = works(step_of("convolutions"));
  CHECK(found.at("native_batch_norm_backward").flops.value == 9 * (2 * 8 * 6 * 5));
  CHECK(found.at("native_group_norm_backward").flops.value == (9 + 3 + 1) * (2 * 8 * 6 * 5));
  CHECK(found.at("hardtanh_backward").flops.value == 4 * (2 * 8 * 6 * 5));
  CHECK(found.at("leaky_relu_backward").flops.value == 3 * (2 * 8 * 6 * 5));
  CHECK(found.at("max_pool2d_with_indices_backward").flops.value == 2 * 6 * 6 * 5);
  CHECK(found.at("avg_pool2d_backward").flops.value == (1 + 4) * (2 * 6 * 3 * 2));
  // windows from 7 to 3 overlap: 7 + 3 - 1 taps; from 5 to 9 5 + 9 - 1; and a quotient for each of 27
  CHECK(found.at("_adaptive_avg_pool2d_backward").flops.value == 2 * 6 * (9 * 13 + 27));
  const auto tokens = works(step_of("tokens"));
  CHECK(tokens.at("native_layer_norm_backward").flops.value == (9 + 3 + 1) * (2 * 5 * 12));
  CHECK(tokens.at("_log_softmax_backward_data").flops.value == 4 * (10 * 11));
  CHECK(tokens.at("embedding_dense_backward").flops.value == 2 * 5 * 12);
  CHECK(tokens.at("nll_loss_backward").flops.value == 10);
}

TEST_CASE("what is read in part goes back to its place, whatever names the place") {
  const auto found = works(step_of("places"));
  CHECK(found.at("grid_sampler_2d_backward").flops.value ==
        2 * 4 * (2 * 3 * 4 * 4));  // no gradient to the grid
  CHECK(found.at("_softmax_backward_data").flops.value == 4 * (2 * 3 * 6 * 6));
  CHECK(found.at("reflection_pad2d_backward").flops.value == 2 * 3 * 8 * 8);
  CHECK(found.at("unfold_backward").flops.value == 2 * 3 * 6 * 2 * 3);
  CHECK(found.at("select_backward").flops.value == 0);
}

TEST_CASE("a training step says which output is which gradient, and how it is trained") {
  const auto graph = step_of("tokens");
  const auto step = training_step(graph);
  REQUIRE(step);
  CHECK(step->loss == "cross_entropy");
  CHECK(step->optimizer == "adamw");
  REQUIRE(step->gradient_of.size() == graph.outputs().size());
  CHECK(step->gradient_of[0].empty());
  std::map<std::string, std::uint64_t> sizes;
  for (std::size_t i = 1; i < step->gradient_of.size(); ++i)
    sizes[step->gradient_of[i]] = *graph.type(graph.outputs()[i]).elements()->get();
  CHECK(sizes == std::map<std::string, std::uint64_t>{{"table.weight", 132},
                                                      {"norm.weight", 12},
                                                      {"norm.bias", 12},
                                                      {"out_norm.weight", 12},
                                                      {"qkv.weight", 432},
                                                      {"qkv.bias", 36},
                                                      {"out.weight", 144},
                                                      {"head.weight", 132},
                                                      {"head.bias", 11}});
  CHECK_FALSE(training_step(*read_file(data_file("linears.pt2"))));
}

namespace {

/// What ATen's loops (Distance.cpp) do for every element of every pair of rows, in the norm p, and for every
/// pair.
std::uint64_t of_cdist(std::uint64_t batch, std::uint64_t rows, std::uint64_t others, std::uint64_t width,
                       double p) {
  std::uint64_t flops = 0;
  for (std::uint64_t pair = 0; pair < batch * rows * others; ++pair) {
    if (p == 1.5 || p == 3) flops += 2;            // p - 1 is a constant: power, quotient
    if (p == 2) ++flops;                           // quotient
    if (p == 1.5 || p == 2 || p == 3) flops += 2;  // is it 0, and the choice
    for (std::uint64_t k = 0; k < width; ++k) {
      ++flops;                        // the difference
      if (p == 1) flops += 2;         // sign, product
      if (p == 1.5) flops += 5;       // sign, absolute value, power, two products
      if (p == 2) ++flops;            // product
      if (p == 3) flops += 4;         // absolute value, power, two products
      if (std::isinf(p)) flops += 9;  // sign, product; |d|, - far, | |, ceil, min, 1 -, product
      ++flops;                        // added up
    }
  }
  return flops;
}

}  // namespace

TEST_CASE("gradients of distances count every element of every pair of rows") {
  const auto step = step_of("distances");
  const auto found = works(step);
  std::uint64_t all = 0;
  for (const double p : {1.0, 1.5, 2.0, 3.0, std::numeric_limits<double>::infinity()})
    all += of_cdist(2, 5, 7, 4, p) + of_cdist(2, 7, 5, 4, p);
  CHECK(found.at("_cdist_backward").flops.value == all);
  // 15 pairs of 6 rows: quotient, comparison, choice; difference, product, and added to one, taken from the
  // other
  CHECK(found.at("_pdist_backward").flops.value == 15 * 3 + 15 * 4 * 4);
  CHECK(found.at("_euclidean_dist").macs.value == 30 * 30 * (4 + 2));
  CHECK(found.at("mm").macs.value == 2 * 30 * 30 * 4);
}
