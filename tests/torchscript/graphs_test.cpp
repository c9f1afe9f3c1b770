#include <filesystem>

#include "alidade/ir/print.hpp"
#include "alidade/ir/wire.hpp"
#include "scripts.hpp"

using namespace torchscript_test;

namespace {

/// Shapes for models that were scripted: their files record none.
const std::map<std::string, Shapes> kShapes{
    {"branch", {{"x", {2, 4}}}},
    {"containers",
     {{"pair.0", {2, 3}}, {"pair.1", {2, 3}}, {"many.0", {2, 3}}, {"many.1", {2, 3}}, {"named.first", {4}}}},
    {"conv_block_frozen", {{"", {1, 3, 32, 32}}}},
    {"conv_block_scripted", {{"", {1, 3, 32, 32}}}},
    {"decided", {{"x", {2, 4}}}},
    {"lookup", {{"ids", {2, 3}}}},
    {"loop", {{"x", {2, 4}}}},
    {"quantised_frozen", {{"x", {2, 3, 16, 16}}}},
    {"vague", {{"x", {2, 4}}}}};

Shapes shapes_of(const std::string& name) {
  const auto found = kShapes.find(name);
  return found == kShapes.end() ? Shapes{} : found->second;
}

std::size_t count(const Graph& graph, Op op) {
  std::size_t n = 0;
  for (const NodeId node : graph.nodes()) n += graph.op(node) == op;
  return n;
}

}  // namespace

// Every tests/data/torchscript/NAME.pt with a NAME.alg beside it reads as that text. After a change that is
// meant, print the text anew: test_torchscript "[.write]".
TEST_CASE("the small saved models read as their text form") {
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(data_file(""))) {
    const auto expected = std::filesystem::path(file.path()).replace_extension(".alg");
    if (file.path().extension() != ".pt" || !std::filesystem::exists(expected)) continue;
    const auto name = file.path().stem().string();
    INFO(name);
    const auto graph = read_case(name, shapes_of(name));
    CHECK(to_text(graph) == tests::read_text(expected));
    const auto fits = verify(graph);
    CHECK((fits ? "ok" : fits.error().what) == "ok");
    CHECK(from_wire(to_wire(graph)).has_value());
    ++compared;
  }
  CHECK(compared >= 13);
}

TEST_CASE("write the text forms anew", "[.write]") {
  for (const auto& file : std::filesystem::directory_iterator(data_file("")))
    if (const auto name = file.path().stem().string(); file.path().extension() == ".pt" &&
                                                       std::filesystem::file_size(file.path()) < 35'000 &&
                                                       name != "raises")
      tests::write_text(data_file(name + ".alg"), to_text(read_case(name, shapes_of(name))));
}

TEST_CASE("a model is the same, traced, scripted and frozen") {
  const auto traced = read_case("conv_block"),
             scripted = read_case("conv_block_scripted", shapes_of("conv_block_scripted")),
             frozen = read_case("conv_block_frozen", shapes_of("conv_block_frozen"));
  for (const Op op : {Op::conv, Op::conv_transpose, Op::max_pool, Op::relu}) {
    CHECK(count(traced, op) == count(scripted, op));
    CHECK(count(traced, op) == count(frozen, op));
  }
  CHECK(count(traced, Op::batch_norm) == 1);
  CHECK(count(frozen, Op::batch_norm) == 0);
}

TEST_CASE("module paths and classes are those of the model") {
  const auto graph = read_case("resnet18");
  std::size_t convolutions = 0;
  for (const NodeId n : graph.body()) {
    if (graph.op(n) != Op::conv || ++convolutions != 2) continue;
    CHECK(graph.path(graph.module(n)) == "layer1.0.conv1");
    CHECK(graph.type(graph.module(n)) == "torch.nn.modules.conv.Conv2d");
    CHECK(graph.type(graph.parent(graph.module(n))) == "torchvision.models.resnet.BasicBlock");
    CHECK(graph.name(graph.inputs(n)[1]) == "layer1.0.conv1.weight");
  }
  CHECK(convolutions == 20);
}

TEST_CASE("other shapes than the recorded ones, by name or for the first input") {
  const auto by_name = read_case("resnet18", {{"x", {8, 3, 96, 96}}}),
             first = read_case("resnet18", {{"", {8, 3, 96, 96}}});
  CHECK(to_text(by_name) == to_text(first));
  CHECK(by_name.type(by_name.outputs()[0]).dim(0) == 8);
}

TEST_CASE("arguments that are numbers take the values that are given for them") {
  const auto graph = read_case("numbers", {{"x", {2, 6}}, {"n", {3}}, {"sizes", {4, 3}}, {"doubled", {1}}});
  CHECK(count(graph, Op::relu) == 3);
  CHECK(count(graph, Op::mul) == 1);
  CHECK(graph.type(graph.outputs()[0]).dim(0) == 4);
  const auto other = read_case("numbers", {{"x", {2, 6}}, {"n", {0}}, {"sizes", {12}}, {"doubled", {0}}});
  CHECK(count(other, Op::relu) + count(other, Op::mul) == 0);
  CHECK(other.type(other.outputs()[0]).rank() == 1);
}

TEST_CASE("what the data decide is not known, and nothing is guessed") {
  const auto graph = read_case("vague", shapes_of("vague"));
  CHECK_FALSE(graph.type(graph.outputs()[0]).dim(0));
  CHECK(graph.type(graph.outputs()[0]).dim(1) == 2);
  CHECK(graph.type(graph.outputs()[3]).is_static());
}

TEST_CASE("element types that the file does not record are assumed, and said") {
  const auto notes = [](const std::string& name) {
    std::vector<std::string> texts;
    for (const auto& note : read_case(name, shapes_of(name)).notes()) texts.push_back(note.text);
    return texts;
  };
  CHECK(notes("lookup") ==
        std::vector<std::string>{
            "the file does not record the element type of the input 'ids': i64 is assumed, since "
            "indices are whole numbers"});
  CHECK(notes("branch") == std::vector<std::string>{
                               "the file does not record the element type of the input 'x': f32 is assumed"});
  CHECK(notes("tied").empty());
}

TEST_CASE("shapes and element types that a capture tool wrote beside the model") {
  const auto bytes = edited(
      "lookup", [](const auto&, std::string old) { return old; },
      {{"extra/alidade.json",
        R"({"schema": "alidade.capture/1", "inputs": [{"name": "ids", "shape": [5, 7], "dtype": "int32"}]})"}});
  const tests::ScratchFolder folder;
  tests::write_text(folder / "m.pt", bytes);
  const auto graph = read_file(folder / "m.pt").value();
  CHECK(graph.type(graph.inputs()[0]).dtype == Dtype::i32);
  CHECK(graph.type(graph.outputs()[0]).dim(1) == 7);
  CHECK(graph.notes().empty());
}
