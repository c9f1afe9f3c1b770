// The drawings: text that their readers parse, with every operator and edge of the graph.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kGraph = R"(graph "tiny" {
  module "a.b" "Block"
  input %x : f32[1,8]
  parameter %w : f32[8,8]
  %one = linear(%x, %w) : f32[1,8] in "a.b"
  %"t\"wo" = relu(%one) : f32[1,8] in "a.b"
  %three = max_pool(%"t\"wo") {kernel=[2], strides=[2]} : f32[1,4]
  return %three
}
)";

/// What one report writes of the graph after the analyses that drawings show.
std::string drawn(const std::string& report, const std::string& graph = kGraph) {
  const ScratchFolder folder;
  write_text(folder / "tiny.alg", graph);
  write_text(folder / "p.toml",
             "[[model]]\npath = \"tiny.alg\"\n[[analysis]]\nuse = \"fusion\"\n"
             "[[analysis]]\nuse = \"memory\"\n[[report]]\n" +
                 report);
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  INFO(ran.err);
  CHECK(ran.code == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("the dot report frames operators by module") {
  CHECK(drawn("use = \"dot\"\n") ==
        "digraph \"tiny\" {\n"
        "  node [shape=box, fontname=\"sans-serif\"];\n"
        "  n2 [label=\"three\\nmax_pool\\n8 FLOPs\"];\n"
        "  subgraph cluster_m1 {\n"
        "    label=\"a\";\n"
        "    subgraph cluster_m2 {\n"
        "      label=\"a.b\";\n"
        "      n0 [label=\"a.b/linear\\nlinear\\n128 FLOPs\"];\n"
        "      n1 [label=\"a.b/relu\\nrelu\\n8 FLOPs\"];\n"
        "    }\n"
        "  }\n"
        "  n0 -> n1 [tooltip=\"f32[1,8]\"];\n"
        "  n1 -> n2 [tooltip=\"f32[1,8]\"];\n"
        "}\n");
}

TEST_CASE("the dot report frames operators by group, and says what it leaves out") {
  const auto text = drawn("use = \"dot\"\nclusters = \"group\"\nmost = 2\n");
  CHECK(text.find("subgraph cluster_g0 {\n    label=\"linear+relu\";\n    n0 [") != std::string::npos);
  CHECK(text.find("more [shape=plaintext, label=\"1 more operators\"];") != std::string::npos);
  CHECK(text.find("n2") == std::string::npos);
}

TEST_CASE("the mermaid report has a box for each group") {
  CHECK(drawn("use = \"mermaid\"\n") ==
        "%% tiny\nflowchart TD\n  n0[\"a.b/linear<br/>linear+relu\"]\n  n1[\"three<br/>max_pool\"]\n  n0 --> "
        "n1\n");
  const auto block = drawn("use = \"mermaid\"\nmarkdown = true\n");
  CHECK(block.starts_with("```mermaid\n%% tiny\nflowchart TD\n"));
  CHECK(block.ends_with("  n0 --> n1\n```\n"));
}

TEST_CASE("the model_explorer report has every node, its edges and its figures") {
  const auto document = nlohmann::json::parse(drawn("use = \"model_explorer\"\n"));
  const auto& nodes = document["graphs"][0]["nodes"];
  REQUIRE(nodes.size() == 4);
  CHECK(nodes[0]["id"] == "input0");
  CHECK(nodes[1]["namespace"] == "a/b");
  CHECK(nodes[1]["incomingEdges"][0]["sourceNodeId"] == "input0");
  CHECK(nodes[3]["incomingEdges"][0]["sourceNodeId"] == nodes[2]["id"]);
  std::map<std::string, std::string> attributes;
  for (const auto& attribute : nodes[1]["attrs"]) attributes[attribute["key"]] = attribute["value"];
  CHECK(attributes["flops"] == "128");
  CHECK(attributes["fused_group"] == "0");
}

TEST_CASE("the trace report puts one operator after another, with live memory") {
  const auto document = nlohmann::json::parse(drawn("use = \"trace\"\n"));
  double now = 0;
  std::size_t slices = 0, counters = 0;
  for (const auto& event : document["traceEvents"]) {
    if (event["ph"] == "C") ++counters;
    if (event["ph"] != "X") continue;
    CHECK(event["ts"].get<double>() == Approx(now));
    now += event["dur"].get<double>();
    ++slices;
  }
  CHECK(slices == 3);
  CHECK(counters == 3);
  CHECK(now == Approx(144e-6));  // 144 FLOPs at a microsecond for each million
}
