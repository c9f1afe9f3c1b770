#include <catch2/catch.hpp>
#include <random>

#include "archives.hpp"
#include "dynamo/program.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

/// Reads the bytes; whatever comes of it, the fault is the file's or a limit's, never ours.
void survive(const std::string& path, const std::string& bytes) {
  tests::write_text(path, bytes);
  const auto graph = read_file(path);
  if (graph) return void(graph->node_count());
  INFO(to_text(graph.error()));
  CHECK((graph.error().fault == Fault::model || graph.error().fault == Fault::limit ||
         graph.error().fault == Fault::config));
}

}  // namespace

TEST_CASE("a JSON text bent anywhere is an error or another graph, never a crash") {
  std::mt19937 random(11);
  const tests::ScratchFolder folder;
  const std::string_view pieces[] = {
      "{}",  "[]", "null", "-1", "9223372036854775807", "\"x\"", "\"as_none\"", "1e999", "{\"as_int\": -5}",
      "true"};
  for (const std::string model : {"cond", "scan", "while_loop", "lookups", "pieces", "conv_block_core",
                                  "recurrent", "dynamic", "linears_core"}) {
    const auto json = json_of(model);
    for (int round = 0; round < 120; ++round) {
      auto bent = json;
      const auto at = bent.find_first_of("[{\"0123456789", random() % bent.size());
      if (at == std::string::npos) continue;
      const auto end = std::min(bent.find_first_of(",]}", at), bent.size());
      if (round % 3 == 0)
        bent.erase(at, random() % 40);
      else if (round % 3 == 1)
        bent.replace(at, end - at, pieces[random() % std::size(pieces)]);
      else
        bent.replace(at, 1, 1, static_cast<char>(' ' + random() % 90));
      survive(folder / "m.pt2", archive_of(bent));
    }
  }
}

TEST_CASE("all JSON texts of a program draw on one budget") {
  const auto json = json_of("linears_core");
  const auto bytes = tests::ZipWriter()
                         .deflated("m/models/model.json", json)
                         .deflated("m/data/weights/model_weights_config.json", R"({"config": {}})")
                         .deflated("m/extra/alidade.json", R"({"symbols": {}})")
                         .bytes();
  const dynamo::MemorySource source(bytes);
  const auto archive = dynamo::ZipArchive::open(source, "m.pt2");
  REQUIRE(archive);
  dynamo::Json::Budget whole, program;
  REQUIRE(dynamo::load_program(*archive, whole));
  REQUIRE(dynamo::Json::parse(json, "m", program));
  const auto used = dynamo::Json::kMostValues - whole.left;
  CHECK(used == dynamo::Json::kMostValues - program.left + 3 + 3);
  dynamo::Json::Budget enough{used}, short_of_one{used - 1};
  CHECK(dynamo::load_program(*archive, enough));
  const auto refused = dynamo::load_program(*archive, short_of_one);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::limit);
}

TEST_CASE("names exchanged for each other leave a graph or a sentence") {
  std::mt19937 random(12);
  const tests::ScratchFolder folder;
  for (const std::string model : {"cond", "scan", "lookups", "pieces", "windows", "spectral", "tied",
                                  "in_place", "attention", "norms"}) {
    const auto json = json_of(model);
    std::vector<std::string> names;
    for (auto at = json.find("torch.ops."); at != std::string::npos; at = json.find("torch.ops.", at + 1))
      names.push_back(json.substr(at, json.find('"', at) - at));
    for (const auto* other :
         {"torch.ops.aten.conv2d.default", "torch.ops.aten.lstm.input", "torch.ops.aten.index_put.default",
          "torch.ops.aten.tensordot.default", "torch.ops.aten.bilinear.default", "torch.ops.aten.glu.default",
          "torch.ops.aten.movedim.int", "torch.ops.aten.stack.default",
          "torch.ops.aten.slice_scatter.default", "torch.ops.aten.lerp.Scalar", "torch.ops.higher_order.cond",
          "torch.ops.higher_order.flex_attention", "torch.ops.aten.addcmul.default",
          "torch.ops.aten.group_norm.default", "torch.ops.torchvision.deform_conv2d.default", "torch.ops..",
          "x", "torch.ops.aten"})
      survive(folder / "m.pt2", archive_of(with(json, names[random() % names.size()], other)));
  }
}

TEST_CASE("a million terms, a million arguments and a very long path take no time") {
  const auto json = json_of("dynamic");
  const std::string symbol = "Symbol('s17', positive=True, integer=True)";
  const tests::ScratchFolder folder;
  std::string terms, arguments, path;
  for (int i = 0; i < 1'000'000; ++i) terms += symbol + ", ";
  for (int i = 0; i < 300'000; ++i)
    arguments += R"({"name": "n", "arg": {"as_int": 1}, "kind": 1}, )", path += "a.";
  survive(folder / "m.pt2", archive_of(with(json, symbol, "Add(" + terms + symbol + ")")));
  survive(folder / "m.pt2", archive_of(with(json, R"("inputs": [{"name": "input")",
                                            R"("inputs": [)" + arguments + R"({"name": "input")")));
  survive(folder / "m.pt2", archive_of(with(json, "conv,conv,torch.nn", "conv," + path + "conv,torch.nn")));
}
