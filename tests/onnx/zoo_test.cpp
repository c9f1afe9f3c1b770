#include <map>

#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

struct Known {
  const char* file;
  std::uint64_t macs, params;  // shared/reference/reference_flops.csv; the ViT row counts attention
};
constexpr Known kKnown[] = {
    {"resnet18", 1814073344, 11689512},   {"resnet50", 4089184256, 25557032},
    {"mobilenet_v2", 300774272, 3504872}, {"efficientnet_b0", 385814752, 5288548},
    {"vit_b_16", 17563828224, 86567656},  {"swin_t", 4490566656, 28288354},
};

std::uint64_t macs(const Graph& g) {
  std::uint64_t sum = 0;
  for (const NodeId n : g.nodes()) {
    const auto w = work(g, n);
    REQUIRE(w);
    CHECK(w->certainty == Certainty::exact);
    sum += w->macs.value;
  }
  return sum;
}
std::uint64_t params(const Graph& g) {
  std::uint64_t sum = 0;
  for (const ValueId v : g.values())
    if (g.kind(v) == ValueKind::parameter) sum += *g.type(v).elements()->get();
  return sum;
}
std::map<std::string, std::string> types(const Graph& g) {
  std::map<std::string, std::string> all;
  for (const ValueId v : g.values()) all[std::string(g.name(v))] = to_text(g, g.type_id(v));
  return all;
}

}  // namespace

TEST_CASE("multiply-accumulates and parameters of the zoo are the known ones", "[onnx][zoo]") {
  const auto& known = kKnown[GENERATE(range(0, 6))];
  INFO(known.file);
  const Graph g = read(request(kZoo + known.file + ".onnx"));
  CHECK(macs(g) == known.macs);
  CHECK(params(g) == known.params);
  CHECK(g.producer().starts_with("pytorch 2."));
}

TEST_CASE("shapes that are inferred are the ones that the exporter wrote", "[onnx][zoo]") {
  const auto* name = GENERATE("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "vit_b_16", "swin_t",
                              "deeplabv3_resnet50", "mlp_sort", "mlp_sort_mid");
  INFO(name);
  const std::string bytes = contents(kZoo + name + ".onnx");
  CHECK(types(read_bytes(without_types(bytes))) == types(read_bytes(bytes)));
}

TEST_CASE("shapes inferred from bound symbols are the exporter's with the symbols bound", "[onnx][zoo]") {
  const auto* name = GENERATE("bert_base", "llama_tiny");
  INFO(name);
  const std::string bytes = contents(kZoo + name + ".onnx");
  auto r = request();
  r.bindings = {{"batch", 3}, {"seq", 40}};
  const Graph bound = read_bytes(bytes, r);
  CHECK(types(read_bytes(without_types(bytes), r)) == types(bound));
  for (const ValueId v : bound.values()) CHECK(bound.type(v).is_static());
}

TEST_CASE("BERT keeps its symbols, and binding them gives the known count", "[onnx][zoo]") {
  const Graph free = read(request(kZoo + "bert_base.onnx"));
  CHECK(free.free_symbols() == std::vector<std::string>{"batch", "seq"});
  CHECK(params(free) == 109482240);  // transformers' BertModel, pooler included
  auto r = request(kZoo + "bert_base.onnx");
  r.bindings = {{"batch", 1}, {"seq", 128}};
  // 12 layers of 4 projections 768x768, 2 of 768x3072, 2 products of 12 heads; then the pooler
  const std::uint64_t layer = 128ull * (4 * 768 * 768 + 2 * 768 * 3072) + 2ull * 128 * 128 * 768;
  CHECK(macs(read(r)) == 12 * layer + 768ull * 768);
}

TEST_CASE("an input shape that fits the symbols binds them, and another batch takes the place of the file's",
          "[onnx][zoo]") {
  auto r = request(kZoo + "bert_base.onnx");
  r.input_shapes[""] = {2, 16};
  CHECK(read(r).free_symbols().empty());
  auto eight = request(kZoo + "resnet18.onnx");
  eight.input_shapes[""] = {8, 3, 224, 224};
  const Graph g = read(eight);
  CHECK(macs(g) == 8 * 1814073344ull);
  CHECK(
      note(g, "reshape-scaled").empty());  // the batch that the file writes there is exchanged, nothing else
}

TEST_CASE("modules, classes and source lines come from the exporter's metadata", "[onnx][zoo]") {
  const Graph g = read(request(kZoo + "resnet18.onnx"));
  std::map<std::string, int> convolutions;
  for (const NodeId n : g.nodes())
    if (g.op(n) == Op::conv) ++convolutions[g.path(g.module(n))];
  CHECK(convolutions.size() == 20);
  CHECK(convolutions.contains("layer1.0.conv1"));
  CHECK(convolutions.contains("layer2.0.downsample.0"));
  for (std::size_t m = 0; m < g.module_count(); ++m)
    if (g.path(ModuleId(m)) == "layer1.0")
      CHECK(g.type(ModuleId(m)) == "torchvision.models.resnet.BasicBlock");
  for (const NodeId n : g.nodes())
    if (g.path(g.module(n)) == "layer1.0.conv1") {
      REQUIRE(g.source(n));
      CHECK(g.source(n)->first == "torchvision/models/resnet.py");
    }
}

TEST_CASE("other forms of the zoo: BatchNorm folded, the older exporter, no shapes", "[onnx][zoo]") {
  const std::string folder = std::string(ALIDADE_SOURCE_DIR) + "/tests/data/zoo/";
  const Graph folded = read(request(folder + "resnet18_folded.onnx"));
  CHECK(macs(folded) == 1814073344);
  CHECK(params(folded) ==
        11689512 - 4800);  // 20 convolutions of 4,800 channels in all: scale and shift became a bias
  CHECK(note(folded, "batch-norm-folded") ==
        "the exporter folded BatchNorm into 20 convolutions: the file has about 4,800 parameters fewer than "
        "the "
        "model that was trained");
  CHECK(folded.path(folded.module(folded.body()[0])) == "conv1");
  const Graph legacy = read(request(folder + "resnet18_legacy_noshapes.onnx"));
  CHECK(macs(legacy) == 1814073344);
  CHECK(note(legacy, "batch-norm-folded") == note(folded, "batch-norm-folded"));
  CHECK(legacy.path(legacy.module(node_named(legacy, "/layer1/layer1.0/conv1/Conv"))) == "layer1.0.conv1");
  CHECK(macs(read(request(folder + "mobilenet_v2_noshapes.onnx"))) == 300774272);
}
