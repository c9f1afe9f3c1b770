#include <catch2/catch.hpp>
#include <filesystem>

#include "alidade/ir/print.hpp"
#include "alidade/ir/wire.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

// Every tests/data/dynamo/NAME.pt2 with a NAME.alg beside it reads as that text. After a change that is
// meant, print the text anew: alidade inspect NAME.pt2 --text.
TEST_CASE("the small exported models read as their text form") {
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(data_file(""))) {
    if (file.path().extension() != ".pt2") continue;
    const auto expected = std::filesystem::path(file.path()).replace_extension(".alg");
    if (!std::filesystem::exists(expected)) continue;
    INFO(file.path().filename().string());
    const auto graph = read_file(file.path());
    if (!graph) FAIL(graph.error().what << " at " << graph.error().where);
    CHECK(to_text(*graph) == tests::read_text(expected));
    const auto fits = verify(*graph);
    CHECK((fits ? "ok" : fits.error().what) == "ok");
    CHECK(to_text(parse(to_text(*graph)).value()) == to_text(*graph));
    CHECK(from_wire(to_wire(*graph)).has_value());
    ++compared;
  }
  CHECK(compared >= 25);
}

TEST_CASE("an archive as PyTorch saved it, weights and pickles and all") {
  const auto graph = read_file(data_file("as_saved.pt2")).value();
  CHECK(graph.name() == "as_saved");
  CHECK(graph.format() == "torch.export, schema 8.20");
  CHECK(graph.producer() == "pytorch 2.13.0+cpu");
  CHECK(graph.source(graph.body()[0]) == std::pair<std::string_view, int>{"net.py", 8});
  CHECK(graph.notes().empty());
}

TEST_CASE("module paths, classes and lines") {
  const auto graph = read_file(data_file("resnet18.pt2")).value();
  for (const NodeId n : graph.body()) {
    if (graph.name(n) != "conv2d_1") continue;
    CHECK(graph.path(graph.module(n)) == "layer1.0.conv1");
    CHECK(graph.type(graph.module(n)) == "torch.nn.modules.conv.Conv2d");
    CHECK(graph.type(graph.parent(graph.module(n))) == "torchvision.models.resnet.BasicBlock");
    CHECK(graph.source(n)->first == "torchvision/models/resnet.py");
    CHECK(graph.foreign(n) == "aten.conv2d.default");
  }
}

TEST_CASE("a tied weight is one value, under its first name") {
  const auto graph = read_file(data_file("tied.pt2")).value();
  int uses = 0;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::parameter && graph.name(v) == "embed.weight")
      uses += static_cast<int>(graph.users(v).size());
    else
      CHECK(graph.name(v) != "head.weight");
  CHECK(uses == 2);
}

TEST_CASE("tensors without memory of their own are not taken for tied") {
  const auto json = json_of("tied");
  const std::string config =
      R"({"config": {"embed.weight": {"path_name": "weight_0", "tensor_meta": META}, "head.weight": {"path_name": "weight_0", "tensor_meta": META}}})";
  const auto parameters = [&](std::string_view meta) {
    const tests::ScratchFolder folder;
    auto text = with(with(config, "META", meta), "META", meta);
    tests::write_text(folder / "m.pt2", ZipWriter()
                                            .add("m/models/model.json", json)
                                            .add("m/data/weights/model_weights_config.json", text)
                                            .bytes());
    int count = 0;
    const auto graph = read_file(folder / "m.pt2").value();
    for (const ValueId v : graph.values()) count += graph.kind(v) == ValueKind::parameter ? 1 : 0;
    return count;
  };
  CHECK(
      parameters(
          R"({"device": {"type": "cpu"}, "strides": [{"as_int": 4}, {"as_int": 1}], "storage_offset": {"as_int": 0}})") ==
      5);
  CHECK(
      parameters(
          R"({"device": {"type": "meta"}, "strides": [{"as_int": 4}, {"as_int": 1}], "storage_offset": {"as_int": 0}})") ==
      6);
  CHECK(
      parameters(
          R"({"device": {"type": "cpu"}, "strides": [{"as_int": 0}, {"as_int": 0}], "storage_offset": {"as_int": 0}})") ==
      6);
}
