// Files of TorchScript that run: every operator by itself, and the whole.
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "scripts.hpp"

using namespace torchscript_test;
using nlohmann::json;

namespace {

Graph run_file(const std::string& path, const Shapes& shapes = {}) {
  static host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  const auto found = plugins.find("torchscript");
  if (!found) FAIL(found.error().what);
  const auto made = (*found)->info.make({{"measure_runs", std::int64_t{2}}});
  ReadRequest request;
  request.path = path, request.input_shapes = shapes;
  auto graph = dynamic_cast<const Frontend&>(*made).read(request);
  if (!graph) FAIL(graph.error().what << " at " << graph.error().where);
  return std::move(*graph);
}

/// The operators of a file that have a time; each is a node of the graph, and took some.
std::set<std::string> timed(const std::string& name, const Shapes& shapes = {}) {
  const auto graph = run_file(data_file(name + ".pt"), shapes);
  std::set<std::string> nodes, out;
  for (const NodeId n : graph.nodes()) nodes.insert(std::string(graph.name(n)));
  const auto said = json::parse(graph.attachment("measured"));
  CHECK(said["device"] == "cpu");
  CHECK(said["runs"] == 2);
  CHECK(said["threads"] >= 1);
  CHECK(said["whole_s"] > 0);
  for (const auto& [operation, seconds] : said["operators"].items()) {
    CHECK(nodes.contains(operation));
    CHECK(seconds > 0);
    out.insert(operation);
  }
  return out;
}

}  // namespace

TEST_CASE("every operator that has a row in the graph has a time, and so has the whole") {
  CHECK(timed("linears").contains("linear"));
  CHECK(timed("conv_block").contains("_convolution_1"));
  const auto frozen =
      timed("conv_block_frozen", {{"x", {1, 3, 32, 32}}});  // weights are constants of its code
  CHECK(frozen.contains("_convolution"));
  CHECK(timed("recurrent").contains("lstm"));
  CHECK(timed("quantised").contains("conv2d_relu"));
  CHECK(timed("lookup", {{"ids", {2, 5}}}).contains("embedding"));
}

TEST_CASE("what the file has no weights for runs on random ones") {
  const auto names = timed("resnet18");  // a graph alone
  CHECK(std::ranges::count_if(names, [](const auto& n) { return n.starts_with("_convolution"); }) == 20);
}

TEST_CASE("a graph is the same whether its operators were timed or not") {
  const auto plain = read_case("attention"), run = run_file(data_file("attention.pt"));
  CHECK(run.node_count() == plain.node_count());
  CHECK(plain.attachment("measured").empty());
}

TEST_CASE("a model that raises when it runs is told as that", "[errors]") {
  const tests::ScratchFolder folder;
  tests::write_text(folder / "root.pt", with_code("raises", "return x", "return torch.linalg_cholesky(x)"));
  const auto ran = tests::run_program(
      ALIDADE_BIN, {"measure", folder / "root.pt", "--input-shape", "1,4,4", "--on", "xeon_8480p"});
  CHECK(ran.code == 3);
  CHECK(ran.out.empty());
  CHECK(ran.err.contains("error: running the model raised: RuntimeError: linalg.cholesky: "));
  CHECK(
      ran.err.ends_with("root.pt\n  fix: random inputs may be none that it takes: look at --input-shape\n"));
}

TEST_CASE("a file that kills libtorch when it is measured is a sentence", "[errors]") {
  const tests::ScratchFolder folder;
  const auto deep = std::string(1'000'000, '(') + "x" + std::string(1'000'000, ')');
  tests::write_text(folder / "deep.pt", with_code("raises", "return x", "return " + deep));
  const auto ran = tests::run_program(
      ALIDADE_BIN, {"measure", folder / "deep.pt", "--input-shape", "1,4", "--on", "xeon_8480p"});
  CHECK(ran.code == 3);
  CHECK(ran.err.ends_with(  // a machine that is busy is told first
      "error: the 'torchscript' frontend crashed on this file (signal 11, SIGSEGV)\n  --> " +
      (folder / "deep.pt") +
      "\n  fix: the file is damaged, or made to do this, or the frontend has a bug: export the model "
      "again, or name another frontend for it\n"));
}

TEST_CASE("a file of TorchScript is measured beside an estimate") {
  const auto ran = tests::run_program(ALIDADE_BIN, {"measure", data_file("conv_block.pt"), "--runs", "2",
                                                    "--on", "xeon_8480p", "--format", "json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto row = json::parse(ran.out)[0];
  CHECK(row["target"] == "xeon_8480p");
  CHECK(row["measured"]["time_s"] > 0);
  CHECK(row["measured"]["rows"] == row["measured"]["matched_rows"]);
  CHECK(row["measured"]["kernels"].size() > 1);
}
