// Models with weights of few bits: their float models' products, and traffic at the stored width, by hand.
#include <catch2/catch.hpp>
#include <vector>

#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

struct Sums {
  std::uint64_t macs = 0, weight_bytes = 0;
};

/// tools/dynamo_cases/quantised_cases.py makes them: 4 rows through [32,64] with a bias and [16,32].
Sums sums_of(const std::string& name) {
  const auto graph = read_file(data_file(name + ".pt2")).value();
  Sums all;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n).value();
    INFO(graph.name(n));
    CHECK(w.certainty == Certainty::exact);
    all.macs += w.macs.value, all.weight_bytes += w.weight.value;
  }
  return all;
}

constexpr std::uint64_t kWeights = 32 * 64 + 16 * 32, kBias = 32, kRows = 32 + 16;

}  // namespace

TEST_CASE("a tensor subclass is the tensors that the graph takes out of it") {
  const auto graph = read_file(data_file("quantised_weights.pt2")).value();
  std::uint64_t parameters = 0;
  std::vector<std::string> buffers;
  for (const ValueId v : graph.values()) {
    if (graph.kind(v) == ValueKind::parameter) parameters += *graph.type(v).elements()->get();
    if (graph.kind(v) == ValueKind::buffer) buffers.emplace_back(graph.name(v));
  }
  CHECK(parameters == kWeights + kBias);
  CHECK(buffers == std::vector<std::string>{"fc1.weight.scale", "fc2.weight.scale"});
}

TEST_CASE("quantised layers do the float layers' products and read their weights as stored") {
  for (const std::string name : {"quantised_weights", "quantised_dynamic", "quantised_float8"}) {
    INFO(name);
    const auto all = sums_of(name);
    CHECK(all.macs == 4 * kWeights);
    CHECK(all.weight_bytes == kWeights + 4 * kBias + 4 * kRows);
  }
}

TEST_CASE("a scale and a zero point for each group of a row are read beside its weights") {
  const auto all = sums_of("quantised_groups");
  const std::uint64_t groups = 32 * 2 + 16 * 1;
  CHECK(all.macs == 4 * kWeights);
  CHECK(all.weight_bytes == kWeights + 4 * kBias + groups * (4 + 1));
}

TEST_CASE("quantised layers whose weights are in no tensor are opaque, without an upper bound") {
  for (const auto& [model, plain, quantised] : {std::array{"linears", "linear", "linear"},
                                                {"conv_block", "conv2d", "conv2d"},
                                                {"lookups", "embedding", "embedding_byte"}}) {
    INFO(model);
    const std::string name(quantised);
    auto json = with(json_of(model), "torch.ops.aten." + std::string(plain) + ".default",
                     "torch.ops.quantized." + name + ".default");
    json = with(json, R"("name": "weight", "arg")", R"("name": "packed", "arg")");
    const tests::ScratchFolder folder;
    tests::write_text(folder / "m.pt2", archive_of(json));
    const auto graph = read_file(folder / "m.pt2").value();
    const auto layer = *std::ranges::find(graph.body(), "quantized." + name + ".default",
                                          [&](NodeId n) { return graph.foreign(n); });
    CHECK(graph.op(layer) == Op::opaque);
    CHECK(unbounded_because(graph, layer) == "it holds weights of its own");
  }
}

TEST_CASE("PT2E's dequantised weights are read as bytes, each row with a scale and a zero point") {
  const auto all = sums_of("quantised_pt2e");
  CHECK(all.macs == 4 * kWeights);
  CHECK(all.weight_bytes >= kWeights + 4 * kBias + kRows * (4 + 8));
}

TEST_CASE("kernels for packed weights are linear layers with the shape that was packed") {
  const auto graph = read_file(data_file("quantised_kernels.pt2")).value();
  std::vector<Work> works;
  std::vector<Dtype> widths;
  for (const NodeId n : graph.body()) {
    CHECK(graph.op(n) == Op::linear);
    works.push_back(work(graph, n).value());
    widths.push_back(graph.type(graph.inputs(n)[1]).dtype);
  }
  REQUIRE(works.size() == 3);
  CHECK(widths == std::vector{Dtype::u4, Dtype::u4, Dtype::i8});
  CHECK(works[0].macs.value == 4 * 32 * 64);
  CHECK(works[1].macs.value == 4 * 16 * 32);
  CHECK(works[2].macs.value == 4 * 8 * 16);
  CHECK(works[0].weight.value == 32 * 64 / 2 + 2 * 32 * 2 * 4);
  CHECK(works[1].weight.value >= 16 * 32 / 2 + 16 * 4);
  CHECK(works[2].weight.value == 8 * 16 + 8 * 4);
}

TEST_CASE("bitsandbytes' weights are read at four bits and eight, dequantised or not") {
  const auto graph = read_file(data_file("quantised_bitsandbytes.pt2")).value();
  std::vector<Work> works;
  for (const NodeId n : graph.body()) {
    CHECK(graph.op(n) != Op::opaque);
    if (graph.op(n) == Op::linear) works.push_back(work(graph, n).value());
  }
  REQUIRE(works.size() == 3);
  CHECK(works[0].macs.value == 4 * 32 * 64);
  CHECK(works[1].macs.value == 4 * 16 * 32);
  CHECK(works[2].macs.value == 4 * 8 * 16);
  CHECK(works[0].weight.value == 32 * 64 / 2);  // the scales of blocks are read by the dequantize
  CHECK(works[1].weight.value == 16 * 32 / 2 + 16 * 32 / 64 * 4);
  CHECK(works[2].weight.value == 8 * 16);
  CHECK(works[2].dtype == Dtype::i8);
}
