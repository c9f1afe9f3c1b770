// Threads of every operator, depthwise and grouped convolutions of known models.
#include "alidade/results/parallelism.hpp"

#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

OperatorParallelism of(Passes& passes, std::string_view node) {
  return passes.get<ParallelismProfile>().nodes[node_named(passes.graph, node)];
}

}  // namespace

TEST_CASE("parallelism does not stride a strided convolution twice") {
  Passes passes(exported("resnet18"));
  const auto row = of(passes, "conv2d");
  CHECK(row.threads == 802'816);
  CHECK(row.batch == 1);
  CHECK(row.channels == 64);
  CHECK(row.spatial == 112 * 112);
  CHECK(row.vector_axis == VectorAxis::channels);
  CHECK(row.splits_channels);
  CHECK_FALSE(row.splits_batch);
}

TEST_CASE("parallelism finds the depthwise and grouped convolutions of known models") {
  const auto counts = [](const std::string& model) {
    Passes passes(exported(model));
    const auto& p = passes.get<ParallelismProfile>();
    return std::pair(p.depthwise, p.grouped);
  };
  CHECK(counts("mobilenet_v2") == std::pair<std::uint64_t, std::uint64_t>(17, 17));
  CHECK(counts("mobilenet_v3_small") == std::pair<std::uint64_t, std::uint64_t>(11, 11));
  CHECK(counts("efficientnet_b0") == std::pair<std::uint64_t, std::uint64_t>(16, 16));
  CHECK(counts("shufflenet_v2_x1_0") == std::pair<std::uint64_t, std::uint64_t>(19, 19));
  CHECK(counts("convnext_tiny") == std::pair<std::uint64_t, std::uint64_t>(18, 18));
  CHECK(counts("regnet_y_400mf") == std::pair<std::uint64_t, std::uint64_t>(0, 16));
  CHECK(counts("resnet18") == std::pair<std::uint64_t, std::uint64_t>(0, 0));
}

TEST_CASE("parallelism of every kind of operator is the product of its extents") {
  for (const std::string model : {"resnet18", "mobilenet_v2", "vit_b_16", "swin_t"}) {
    INFO(model);
    Passes passes(exported(model));
    const auto& p = passes.get<ParallelismProfile>();
    std::uint64_t ops = 0, threads = 0;
    for (const NodeId n : passes.graph.nodes()) {
      const auto& row = p.nodes[n];
      CHECK(row.batch * row.channels * row.spatial == row.threads);
      threads += row.threads;
    }
    for (const auto& bucket : p.buckets) ops += bucket.ops;
    CHECK(ops == p.ops);
    CHECK(p.mean_threads.value() == Approx(static_cast<double>(threads) / static_cast<double>(ops)));
  }
}

TEST_CASE("parallelism of resnet18 falls into the buckets that its shapes give") {
  Passes passes(exported("resnet18"));
  // fc and pool below 1K: 1000 is 1K; the four stages make 200704, 100352, 50176 and 25088 elements
  const auto& buckets = passes.get<ParallelismProfile>().buckets;
  std::vector<std::uint64_t> ops;
  for (const auto& bucket : buckets) ops.push_back(bucket.ops);
  CHECK(ops == std::vector<std::uint64_t>{1, 1, 32, 34, 0});
}

TEST_CASE("parallelism says what can be split") {
  Passes passes(
      "input %x : f32[2,8,4,4]\n parameter %w : f32[16,1,3,3]\n"
      "%d = conv(%x, %w) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1], "
      "groups=8} : f32[2,16,4,4]\n"
      "%l = layer_norm(%d) {axis=3} : f32[2,16,4,4]\n %s = softmax(%l) {axes=[3]} : f32[2,16,4,4]\n"
      "%r = reshape(%s) : f32[32,16]\n parameter %f : f32[16,5]\n"
      "%y = linear(%r, %f) : f32[32,5]\n return %y");
  const auto depthwise = of(passes, "d");  // a channel multiplier of two
  CHECK(depthwise.depthwise);
  CHECK(depthwise.grouped());
  CHECK(depthwise.vector_axis == VectorAxis::spatial);
  CHECK(depthwise.splits_batch);
  CHECK_FALSE(depthwise.splits_channels);
  CHECK(depthwise.splits_spatial);
  CHECK_FALSE(of(passes, "l").splits_channels);
  const auto linear = of(passes, "y");
  CHECK(linear.batch == 32);
  CHECK(linear.channels == 5);
  CHECK(linear.spatial == 1);
  CHECK(of(passes, "r").threads == 0);  // a view
}

TEST_CASE("parallelism of an unknown shape is nothing") {
  Passes passes("input %x : f32[4]\n %y = opaque(%x) : f32[?,4]\n return %y");
  CHECK(of(passes, "y").threads == 0);
  const auto& profile = passes.get<ParallelismProfile>();
  CHECK(profile.unknown == 1);
  for (const auto& bucket : profile.buckets) CHECK(bucket.ops == 0);
  CHECK(json_of(profile, passes.graph).find("\"threads_upper\": null") != std::string::npos);
}
