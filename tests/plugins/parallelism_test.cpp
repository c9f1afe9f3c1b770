// Threads of every operator, depthwise and grouped convolutions of known models, and axes worked by hand.
#include "alidade/results/parallelism.hpp"

#include <nlohmann/json.hpp>

#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// What the result says of one operator, by its name.
std::string splits_of(Passes& passes, const std::string& name) {
  const auto report = nlohmann::json::parse(json_of(passes.get<ParallelismProfile>(), passes.graph));
  for (const auto& row : report["operators"])
    if (row["operator"] == name) return row["splits"];
  return "no such operator";
}

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

TEST_CASE("parallelism of attention is that of its heads, queries and keys") {
  Passes passes(
      "input %q : f16[8,12,1024,64]\n input %k : f16[8,12,1024,64]\n input %v : f16[8,12,1024,64]\n"
      "%y = attention(%q, %k, %v) {heads=12, kv_heads=12} : f16[8,12,1024,64]\n return %y");
  // of 98,304 rows: 64 numbers of 2 bytes and two sums of 4 bytes, or 1,024 scores of 4 bytes
  CHECK(splits_of(passes, "y") ==
        "batch 8 x heads 12 x queries 1,024; channels 64 repeated; keys 1,024 reduced, 13.4 MB a cut; "
        "inner 64 reduced, 403 MB a cut");
  const auto report = nlohmann::json::parse(json_of(passes.get<ParallelismProfile>(), passes.graph));
  const auto& row = report["operators"][0];
  CHECK(row["free_parts"] == 8 * 12 * 1024);
  const auto& queries = row["axes"][2];
  CHECK(queries["axis"] == "queries");
  CHECK(queries["shared_bytes"] == 2 * 8 * 12 * 1024 * 64 * 2);  // keys and values
  CHECK(queries["result_dimension"] == 2);
  CHECK(queries["operand_dimensions"] == nlohmann::json::parse("[2, null, null]"));
  const auto& keys = row["axes"][4];
  CHECK(keys["exchanged_bytes"] == 98'304 * (64 * 2 + 2 * 4));
  CHECK(keys["operand_dimensions"] == nlohmann::json::parse("[null, 2, 2]"));
}

TEST_CASE("parallelism of shared heads is that of the keys first") {
  Passes passes(
      "input %q : f32[1,6,256]\n input %k : f32[1,6,64]\n input %v : f32[1,6,64]\n"
      "%y = attention(%q, %k, %v) {heads=8, kv_heads=2, packed_heads=1} : f32[1,6,256]\n return %y");
  CHECK(splits_of(passes, "y")
            .starts_with("queries 6 x heads 2 x heads_per_key 4; channels 32 repeated; keys 6"));
}

TEST_CASE("parallelism names the axes of attention that is written out") {
  Passes passes(
      "input %q : f32[8,12,32,64]\n input %k : f32[8,12,64,40]\n input %v : f32[8,12,40,64]\n"
      "%s = matmul(%q, %k) : f32[8,12,32,40]\n buffer %c : f32[]\n %d = div(%s, %c) : f32[8,12,32,40]\n"
      "%p = softmax(%d) {axes=[3]} : f32[8,12,32,40]\n"
      "%y = matmul(%p, %v) : f32[8,12,32,64]\n return %y");
  CHECK(splits_of(passes, "s") ==
        "batch 8 x heads 12 x queries 32 x keys 40; inner 64 reduced, 492 kB a cut");
  CHECK(splits_of(passes, "d") == "batch 8 x heads 12 x queries 32 x keys 40");
  CHECK(splits_of(passes, "p") == "batch 8 x heads 12 x queries 32; keys 40 reduced, 24.6 kB a cut");
  CHECK(splits_of(passes, "y") ==
        "batch 8 x heads 12 x queries 32 x channels 64; keys 40 reduced, 786 kB a cut");
}

TEST_CASE("parallelism names the axes of what prepares queries, keys and values") {
  const std::string made =
      "input %x : f32[8,32,12,64]\n input %y : f32[8,32,12,64]\n input %cos : f32[32,64]\n"
      "parameter %w : f32[64]\n %t = transpose(%x) {perm=[0,2,1,3]} : f32[8,12,32,64]\n"
      "%n = rms_norm(%t, %w) {axis=3} : f32[8,12,32,64]\n %q = mul(%n, %cos) : f32[8,12,32,64]\n"
      "%v = transpose(%y) {perm=[0,2,1,3]} : f32[8,12,32,64]\n %k = neg(%v) : f32[8,12,32,64]\n"
      "%other = relu(%x) : f32[8,32,12,64]\n";
  const std::string one =
      "%o = attention(%q, %k, %v) {heads=12, kv_heads=12} : f32[8,12,32,64]\n return %o, %other";
  const std::string written =
      "%kt = transpose(%k) {perm=[0,1,3,2]} : f32[8,12,64,32]\n %s = matmul(%q, %kt) : f32[8,12,32,32]\n"
      "%p = softmax(%s) {axes=[3]} : f32[8,12,32,32]\n %u = abs(%v) : f32[8,12,32,64]\n"
      "%o = matmul(%p, %u) : f32[8,12,32,64]\n return %o, %other";
  for (const auto& attention : {one, written}) {
    Passes passes(made + attention);
    CHECK(splits_of(passes, "q") == "batch 8 x heads 12 x sequence 32 x channels 64");
    CHECK(splits_of(passes, "k") == "batch 8 x heads 12 x sequence 32 x channels 64");
    CHECK(splits_of(passes, "n").starts_with("batch 8 x heads 12 x sequence 32; channels 64 reduced"));
    CHECK(splits_of(passes, "other") == "batch 8 x channels 32 x spatial 12 x spatial 64");
    if (attention == written)
      CHECK(splits_of(passes, "u") == "batch 8 x heads 12 x sequence 32 x channels 64");
  }
}

TEST_CASE("parallelism of experts is theirs, and the data say which rows are whose") {
  Passes passes(
      "input %x : f32[100,16]\n parameter %w : f32[8,16,24]\n input %e : i64[100]\n"
      "%y = routed_matmul(%x, %w, %e) : f32[100,24]\n return %y");
  CHECK(splits_of(passes, "y") ==
        "batch 100 x channels 24; inner 16 reduced, 9.60 kB a cut; experts 8 routed, 0 B to 16.0 kB a cut");
  Passes bank(
      "input %x : f32[8,100,16]\n parameter %w : f32[8,16,24]\n %y = matmul(%x, %w) : f32[8,100,24]\n return "
      "%y");
  CHECK(splits_of(bank, "y") == "experts 8 x sequence 100 x channels 24; inner 16 reduced, 76.8 kB a cut");
}

TEST_CASE("parallelism knows the axis of a norm, of a scan and of a recurrent layer") {
  Passes passes(
      "input %x : f32[4,10,768]\n %n = layer_norm(%x) {axis=2} : f32[4,10,768]\n"
      "%c = cumulative(%n) {axes=[1]} : f32[4,10,768]\n parameter %w : f32[1024,768]\n parameter %r : "
      "f32[1024,256]\n %y = lstm(%c, %w, %r) {hidden=256, batch_first=1} : f32[4,10,256]\n return %y");
  CHECK(splits_of(passes, "n") == "batch 4 x sequence 10; channels 768 reduced, 320 B a cut");  // 40 rows x 2
  CHECK(splits_of(passes, "c") == "batch 4 x channels 768; sequence 10 scanned, 12.3 kB a cut");
  CHECK(splits_of(passes, "y") ==
        "batch 4; sequence 10 scanned, 8.19 kB a cut; channels 256 whole, 41.0 kB a cut");  // two states
}

TEST_CASE("parallelism names what a reduction leaves as it names its operand") {
  Passes passes(
      "input %x : f32[2,12,32,64]\n %r = reduce_sum(%x) {axes=[3]} : f32[2,12,32]\n"
      "%k = reduce_sum(%x) {axes=[3], keepdims=1} : f32[2,12,32,1]\n return %r, %k");
  const std::string both = "batch 2 x channels 12 x spatial 32; spatial 64 reduced, 3.07 kB a cut";
  CHECK(splits_of(passes, "r") == both);
  CHECK(splits_of(passes, "k") == both);
}

TEST_CASE("parallelism of a convolution shares rows at each cut, and of patches none") {
  Passes passes(
      "input %x : f32[2,8,32,30]\n parameter %w : f32[16,4,5,1]\n"
      "%y = conv(%x, %w) {strides=[1,1], pads_begin=[2,0], pads_end=[2,0], dilations=[1,1], groups=2} : "
      "f32[2,16,32,30]\n return %y");
  CHECK(splits_of(passes, "y") ==  // 4 rows of 2 x 8 x 30 numbers
        "batch 2 x groups 2 x channels 8 x spatial 30; inner 4 reduced, 123 kB a cut; "
        "spatial 32 halo, 7.68 kB a cut");
}

TEST_CASE("parallelism adds up which operators split along an axis") {
  Passes passes(
      "input %x : f32[2,4,8]\n %a = relu(%x) : f32[2,4,8]\n %b = softmax(%a) {axes=[2]} : f32[2,4,8]\n "
      "return %b");
  const auto& axes = passes.get<ParallelismProfile>().axes;
  const auto& channels = axes.at(static_cast<std::size_t>(AxisName::channels));
  CHECK(channels.ops == 2);
  CHECK(channels.free == 1);
  CHECK(channels.flops == Flops(64));  // one for each element of relu
  CHECK(channels.most_degree == 8);
  CHECK(axes.at(static_cast<std::size_t>(AxisName::heads)).ops == 0);
}
