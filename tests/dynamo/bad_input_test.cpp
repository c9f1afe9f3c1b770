#include <catch2/catch.hpp>

#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

const std::string kJson = "m.pt2:m/models/model.json:";

/// What the program fails with after one change to the JSON text of a small model.
std::string changed(const std::string& model, std::string_view from, std::string_view to,
                    ReadRequest request = {}) {
  return refusal(archive_of(with(json_of(model), from, to)), std::move(request));
}

}  // namespace

TEST_CASE("a file that is not there, and one that is no file") {
  const auto missing = read_file("/nowhere/m.pt2");
  CHECK(missing.error().what == "cannot read '/nowhere/m.pt2': no such file");
  const tests::ScratchFolder folder;
  CHECK(read_file(folder / "").error().what.ends_with("is a directory"));
}

TEST_CASE("archives of another kind are named") {
  CHECK(refusal(ZipWriter().add("m/data.pkl", "x").add("m/data/0", "x").bytes()) ==
        "a state_dict has no graph | m.pt2 | export the model with torch.export.save");
  CHECK(refusal(ZipWriter()
                    .add("m/data.pkl", "x")
                    .add("m/constants.pkl", "x")
                    .add("m/code/__torch__.py", "x")
                    .bytes()) == "this is TorchScript | m.pt2 | use the torchscript frontend");
  CHECK(refusal(ZipWriter().add("m/data.pkl", "x").add("m/bytecode.pkl", "x").bytes()) ==
        "this is a TorchScript file for mobile devices, which holds no graph that can be read | m.pt2 | "
        "export the model with torch.export.save");
  CHECK(refusal(ZipWriter().add("m/data/aotinductor/model/x.so", "x").bytes()) ==
        "this archive holds compiled code and no graph | m.pt2 | export the model with torch.export.save");
  CHECK(refusal(ZipWriter().add("readme.txt", "x").bytes()) ==
        "the archive holds no exported program: there is no models/*.json in it | m.pt2 | export the model "
        "with torch.export.save");
  CHECK(refusal(ZipWriter().add("m/models/a.json", "{}").add("m/models/b.json", "{}").bytes()) ==
        "the archive holds 2 programs: 'm/models/a.json', 'm/models/b.json' | m.pt2 | save each program in a "
        "file of its own");
}

TEST_CASE("schemas that are too old, too new or absent") {
  CHECK(changed("linears", R"("major": 8)", R"("major": 9)") ==
        "the file has schema 9.20, and 8.x is what can be read | " + kJson +
            "/schema_version | export the model with torch 2.13");
  CHECK(changed("linears", R"("major": 8)", R"("major": 5)") ==
        "the file has schema 5.20, and 8.x is what can be read | " + kJson +
            "/schema_version | export the model again with a newer torch");
  CHECK(refusal(archive_of("{}")) == "the member 'schema_version' is missing | " + kJson + "/");
  const tests::ScratchFolder folder;
  tests::write_text(folder / "newer.pt2",
                    archive_of(with(json_of("linears"), R"("minor": 20)", R"("minor": 21)")));
  const auto newer = read_file(folder / "newer.pt2").value().notes();
  REQUIRE(newer.size() == 1);
  CHECK(newer[0].severity == Severity::warning);
  CHECK(newer[0].text == "the file has schema 8.21; what is newer than 8.20 is not understood");
  tests::write_text(folder / "older.pt2",
                    archive_of(with(json_of("linears"), R"("minor": 20)", R"("minor": 2)")));
  CHECK(read_file(folder / "older.pt2").value().notes()[0].text ==
        "the file has schema 8.2, older than 8.20");
}

TEST_CASE("JSON texts that are broken or too deep") {
  CHECK(refusal(archive_of(std::string(100'000, '['))) ==
        "the JSON text is refused: it nests deeper than 1000 levels | " + kJson + "1:1001");
  CHECK(refusal(archive_of("{\"graph_module")) ==
        "the JSON text is broken: the string that begins here does not end | " + kJson + "1:2");
  CHECK(refusal(archive_of("")) ==
        "the JSON text is broken: expected a value, found the end | " + kJson + "1:1");
}

TEST_CASE("wrong types and missing members, with the place") {
  CHECK(changed("linears", R"("name": "weight", "arg": {"as_tensor")", R"("name": 7, "arg": {"as_tensor")") ==
        "expected a string, found a number | " + kJson + "/graph_module/graph/nodes/0/inputs/1/name");
  CHECK(changed("linears", R"("target": "torch.ops.aten.gelu.default")", R"("target": [])") ==
        "expected a string, found an array | " + kJson + "/graph_module/graph/nodes/1/target");
  CHECK(changed("linears", R"("target": "torch.ops.aten.gelu.default", )", "") ==
        "the node has no target | " + kJson + "/graph_module/graph/nodes/1");
  CHECK(changed("linears", R"("nodes": [)", R"("knots": [)") ==
        "the member 'nodes' is missing | " + kJson + "/graph_module/graph");
  CHECK(changed("linears", R"("sizes": [{"as_int": 10})", R"("sizes": [{"as_int": -10})") ==
        "a size of -10; sizes are not negative | " + kJson +
            "/graph_module/graph/tensor_values/p_fc1_weight/sizes/0/as_int");
  CHECK(changed("linears", R"({"as_tensor": {"name": "x"}}, "kind": 1)", R"({}, "kind": 1)") ==
        "expected one of the forms of an argument, found an empty object | " + kJson +
            "/graph_module/graph/nodes/0/inputs/0/arg");
  CHECK(changed("linears", R"("gelu": {"dtype")", R"("jelly": {"dtype")") ==
        "the value 'gelu' has no entry in tensor_values | " + kJson + "/graph_module/graph/nodes/1");
}

TEST_CASE("a signature of more outputs than there are") {
  CHECK(changed("linears", R"({"name": "bmm"}}}}])", R"({"name": "bmm"}}}}, {"user_output": {}}])") ==
        "the signature has more outputs than the graph | " + kJson +
            "/graph_module/signature/output_specs/2");
}

TEST_CASE("values that nothing makes") {
  CHECK(changed("linears", R"("name": "self", "arg": {"as_tensor": {"name": "linear"}})",
                R"("name": "self", "arg": {"as_tensor": {"name": "nobody"}})") ==
        "the value 'nobody' is used before anything makes it | " + kJson +
            "/graph_module/graph/nodes/1/inputs/0/arg/as_tensor/name");
  CHECK(changed("linears", R"("name": "self", "arg": {"as_tensor": {"name": "linear"}})",
                R"("name": "self", "arg": {"as_tensor": {"name": "linear_1"}})") ==
        "the value 'linear_1' is used before anything makes it | " + kJson +
            "/graph_module/graph/nodes/1/inputs/0/arg/as_tensor/name");
  CHECK(changed("linears",
                R"("outputs": [{"as_tensor": {"name": "addmm"}}, {"as_tensor": {"name": "bmm"}}], "nodes")",
                R"("outputs": [{"as_tensor": {"name": "nobody"}}], "nodes")") ==
        "the value 'nobody' is an output, and nothing makes it | " + kJson +
            "/graph_module/graph/outputs/0/as_tensor/name");
}

TEST_CASE("graphs inside operators") {
  CHECK(changed("cond", R"("as_tensors": [{"name": "x"}, )", R"("as_tensors": [)") ==
        "the graph has 3 inputs, and 2 are given to it | " + kJson +
            "/graph_module/graph/nodes/2/inputs/1/arg/as_graph/graph");
  CHECK(changed("wrapped", R"("outputs": [{"as_tensor": {"name": "add"}}])",
                R"("outputs": [{"as_tensor": {"name": "add"}}, {"as_tensor": {"name": "add"}}])") ==
        "it has 1 results, and the graph inside it makes 2 | " + kJson + "/graph_module/graph/nodes/0");
  ReadRequest flat;
  flat.max_region_depth = 0;
  const auto deep = refusal(tests::read_text(data_file("cond.pt2")), flat);
  CHECK(deep ==
        "graphs are nested deeper than 0 levels | m.pt2:cond/models/model.json:/graph_module/graph/nodes/2 | "
        "raise limits.max_region_depth in the pipeline file, or for one run: --set "
        "limits.max_region_depth=N");
  CHECK(refusal(tests::read_text(data_file("examples.pt2")), flat)
            .starts_with(
                "graphs are nested deeper than 0 levels | m.pt2:examples/models/model.json:/graph_module/"));
  ReadRequest small;
  small.max_nodes = 3;
  CHECK(
      refusal(archive_of(json_of("linears")), small) ==
      "the graph has more than 3 nodes | " + kJson +
          "/graph_module/graph/nodes/3 | raise limits.max_nodes in the pipeline file, or for one run: --set "
          "limits.max_nodes=N");
}

TEST_CASE("unknown operators are opaque, counted by name") {
  const auto graph = read_file(data_file("strange.pt2")).value();
  std::vector<std::string> texts;
  for (const auto& note : graph.notes())
    if (note.code == "opaque-operator") texts.push_back(note.text);
  CHECK(texts == std::vector<std::string>{"2 operators are not known: acme.pair.default",
                                          "1 operator is not known: acme.single.default"});
  CHECK(graph.foreign(graph.body()[0]) == "acme.pair.default");
  CHECK(graph.op(graph.body()[0]) == Op::opaque);
}

TEST_CASE("an operator over graphs that is not known has no upper bound") {
  const tests::ScratchFolder folder;
  tests::write_text(folder / "m.pt2",
                    archive_of(with(json_of("cond"), "higher_order.cond", "higher_order.spin")));
  const auto graph = read_file(folder / "m.pt2").value();
  for (const NodeId n : graph.body())
    if (graph.op(n) == Op::opaque) {
      CHECK(unbounded_because(graph, n) == "it runs graphs of its own");
      CHECK(work(graph, n)->certainty == Certainty::unbounded);
      return;
    }
  FAIL("nothing is opaque");
}
