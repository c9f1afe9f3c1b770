// Counts of operators that stand for several: by FlopCounterMode, and by hand.
#include <catch2/catch.hpp>
#include <map>

#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

Graph graph_of(const std::string& name) {
  auto graph = read_file(data_file(name + ".pt2"));
  INFO(name << ": " << (graph ? "" : graph.error().what));
  REQUIRE(graph);
  return std::move(*graph);
}

/// How often a node runs: the trips of the loops around it.
std::uint64_t runs(const Graph& graph, NodeId node) {
  std::uint64_t times = 1;
  for (NodeId n = graph.owner(graph.region_of(node)); n.valid(); n = graph.owner(graph.region_of(n)))
    if (graph.op(n) == Op::scan) times *= static_cast<std::uint64_t>(graph.attrs<LoopAttrs>(n).trips);
  return times;
}

std::uint64_t by_torch(const std::string& name) {
  const Graph graph = graph_of(name);
  const Counter counter(graph);
  std::uint64_t sum = 0;
  for (const NodeId n : graph.nodes())
    sum += runs(graph, n) * counter.count(n, work(graph, n).value(), Convention::torch).value().low;
  return sum;
}

/// FLOPs of all nodes that stand for each operator of the file.
std::map<std::string, std::uint64_t> flops_of(const std::string& name) {
  const Graph graph = graph_of(name);
  std::map<std::string, std::uint64_t> sums;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    REQUIRE(w);
    INFO(graph.name(n));
    CHECK(w->certainty != Certainty::unknown);
    if (const auto flops = w->flops.value; flops > 0)
      sums[std::string(graph.foreign(n))] += runs(graph, n) * flops;
  }
  return sums;
}

}  // namespace

TEST_CASE("products count what FlopCounterMode counts") {
  // inner 240, multi_dot 720 in its best order, three products for a sixth power 1296, a product before
  // addbmm 288, three real convolutions for a complex one 8064; addbmm, tensordot to a number and cdist are
  // nothing there
  CHECK(by_torch("products") == 240 + 720 + 1296 + 288 + 8064);
  CHECK(by_torch("path") == 2 * (3 * 4 * 5 + 2 * 3 * 5));
  CHECK(by_torch("projected") == 2 * 9 * 2 * (4 * 7 * (5 + 3) + 7 * 3 + 4 * 7 * (3 + 3) + 7 * 3));
  CHECK(by_torch("linear_algebra") == 0);
  CHECK(by_torch("broadcast") == 2 * 3 * 4 * 5 * 7 * (8 + 8));
}

TEST_CASE("what torch.vmap maps runs for every example") {
  const auto flops = flops_of("examples");
  CHECK(flops.at("aten.mm.default") == 5 * 2 * 4 * 3 * 2);
  CHECK(flops.at("aten.dot.default") == 2 * 5 * 2 * 3);
  CHECK(flops.size() == 2);
  CHECK(by_torch("examples") == 5 * 2 * 4 * 3 * 2 + 2 * 5 * 2 * 3);  // the dot products become one product
}

TEST_CASE("dense linear algebra counts as the textbooks do") {
  const auto flops = flops_of("linear_algebra");
  const std::uint64_t n = 6, r = 3, cube = n * n * n, lu = 2 * cube / 3;
  CHECK(flops.at("aten.linalg_inv.default") == 2 * cube);
  CHECK(flops.at("aten.linalg_det.default") == lu + n);
  CHECK(flops.at("aten.linalg_solve.default") == lu + 2 * n * n * r);
  CHECK(flops.at("aten.linalg_cholesky.default") == cube / 3);
  CHECK(flops.at("aten.linalg_eigvalsh.default") == 4 * cube / 3);
  // of 6 x 3: R and the vectors 2 k^2 (l - k / 3), then as much for the first columns of Q
  CHECK(flops.at("aten.linalg_qr.default") == 2 * (2 * 9 * (6 - 1)));
  CHECK(flops.at("aten.linalg_svdvals.default") == 4 * 6 * 9 - 4 * 27 / 3);
}

TEST_CASE("the gradient of a loss over sequences counts what ATen's loops do") {
  // LossCTC.cpp, of examples that are as long as the longest
  const std::uint64_t examples = 2, steps = 9, classes = 6, labels = 3;
  std::uint64_t flops = 0;
  for (std::uint64_t b = 0; b < examples; ++b) {
    flops += 2;  // both ways through the two states of the last step
    for (std::uint64_t t = steps - 1; t-- > 0;)
      for (std::uint64_t s = 0; s <= 2 * labels; ++s) {
        flops += 2 + 3 + 3 + 2 + 1 + 1 +
                 1;  // of three: greatest, differences, powers, sums, log, + greatest, + own
        flops += 1 + 1 + 2 + 2 + 1 + 1 + 1;  // both ways; of two the same, without an own
      }
    flops += steps * classes * 6;  // two powers, a sum, two differences, a product
  }
  CHECK(flops_of("sequence_gradient").at("aten._ctc_loss_backward.default") == flops);
}

TEST_CASE("losses count what their definitions add up to") {
  const auto flops = flops_of("losses");
  const std::uint64_t n = 3 * 4, rows = 3, classes = 4;
  CHECK(flops.at("aten.mse_loss.default") == n + n + (n + 1));  // difference, square, mean
  CHECK(flops.at("aten.l1_loss.default") == n + n);             // difference, size
  CHECK(flops.at("aten.smooth_l1_loss.default") == n * (2 + 2 + 1 + 1 + 1) + n);
  CHECK(flops.at("aten.binary_cross_entropy.default") == n * (2 + 4 + 1 + 1) + (n + 1));
  CHECK(flops.at("aten.kl_div.default") == n * (1 + 1 + 1) + n);  // log t, log t - x, t times that, sum
  CHECK(flops.at("aten.cross_entropy_loss.default") == 5 * rows * classes + rows + (rows + 1));
}

TEST_CASE("memberships, cells and several targets count what their definitions add up to") {
  const auto flops = flops_of("memberships");
  const std::uint64_t n = 3 * 4, rows = 3, classes = 4, pairs = rows * classes * classes;
  CHECK(flops.at("aten.isin.Tensor_Tensor") == 10 * 4 + n * 4);  // ten sorted values, eleven places
  CHECK(flops.at("aten.isin.Tensor_Scalar") == n);
  // 5 and 8 borders are made; 3 and 4 comparisons a row, the cell's number by a product and a sum, the count
  CHECK(flops.at("aten.histogramdd.default") == 5 + 8 + rows * (3 + 4 + 2 + 1));
  // 5 borders: 3 comparisons and the count; 4 cells' sum and two divisions
  CHECK(flops.at("aten.histogram.bins_tensor") == n * (3 + 1) + 4 + 2 * 4);
  CHECK(flops.count("aten.lu_unpack.default") == 0);  // copies
  // 1 - x[target] and whether it is one; of a pair its sum, maximum, membership, choice and the row's sum;
  // the division, and the mean
  CHECK(flops.at("aten.multilabel_margin_loss.default") == 2 * n + 5 * pairs + rows + (rows + 1));
}

TEST_CASE("medians, transforms and dropout count what they do") {
  const auto flops = flops_of("elementwise");
  const std::uint64_t n = 6 * 8;
  CHECK(flops.at("aten.median.default") == n * 6);       // one row of 48: ceil(log2 48) = 6
  CHECK(flops.at("aten.quantile.scalar") == n * 6 + 3);  // sorted; difference, product, sum
  CHECK(flops.at("aten.trace.default") == 6);
  CHECK(flops.at("aten.dropout.default") == 3 * n);                   // mask, product, factor
  CHECK(flops.at("aten.fft_rfft.default") == 6 * (5 * 16 * 4) / 2);   // padded to 16 points
  CHECK(flops.at("aten.fft_irfft.default") == 6 * (5 * 12 * 4) / 2);  // 7 numbers make 12 points
  CHECK(flops.at("aten.fft_fft2.default") == (5 * 8 * 3) / 2);        // cut to 2 x 4
  CHECK(flops.at("aten.bucketize.Tensor") == n * 4);                  // 8 borders, 9 places
  CHECK(flops.count("aten.median.dim") == 0);                         // of one number
}
