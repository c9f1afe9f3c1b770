// Portable artifacts: MLIR bytecode with VHLO, as jax.export writes it, beside the text of the same networks.
#include <random>

#include "reading.hpp"
#include "scratch_folder.hpp"

using namespace stablehlo_test;

namespace {

std::string file(const std::string& name) {
  return tests::read_text(ALIDADE_SOURCE_DIR "/tests/data/stablehlo/" + name);
}

/// Operators by name, with what they count and where they stand.
std::string told(const Graph& graph) {
  std::string out;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    REQUIRE(w);
    if (w->flops.value > 0)
      out += std::string(name(graph.op(n))) + " " + std::to_string(w->flops.value) + " " +
             std::to_string(w->traffic().value) + " in " + graph.path(graph.module(n)) + "\n";
  }
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::input || graph.kind(v) == ValueKind::parameter)
      out += std::string(graph.name(v)) + " " + to_text(graph, graph.type_id(v)) + "\n";
  return out;
}

std::string number(std::size_t below_128) { return {static_cast<char>(below_128 << 1 | 1)}; }
std::string section(char id, const std::string& data) { return id + number(data.size()) + data; }

/// An artifact of one operator, f, and of one attribute that nobody knows; its functions are these bytes.
std::string with_body(const std::string& body) {
  const auto strings = number(2) + number(5) + number(5) + std::string("vhlo\0f_v1\0", 10);
  const auto dialects = number(1) + number(0) + number(1) + number(0) + number(1) + number(2);
  const auto offsets = number(1) + number(0) + number(0) + number(1) + number(2);
  return "ML\xefR" + number(6) + std::string("test\0", 5) + section(0, strings) + section(1, dialects) +
         section(2, "?") + section(3, offsets) + section(4, body);
}

/// One operator f with what the mask says that it has.
std::string operation(char mask, const std::string& rest) {
  return with_body(number(1 << 1) + number(0) + mask + number(0) + rest);
}

}  // namespace

TEST_CASE("a portable artifact is the graph that its text is") {
  for (const std::string model : {"mlp", "cnn", "conv1d", "conv3d", "attention", "lstm", "embedding",
                                  "bilinear", "patches", "batched"}) {
    INFO(model);
    const auto text = graph_of(file(model + ".mlir"));
    auto bytes = read(file(model + ".mlirbc"));
    INFO((bytes ? std::string() : to_text(bytes.error())));
    REQUIRE(bytes);
    CHECK(verify(*bytes));
    CHECK(sums(*bytes).macs == sums(text).macs);
    if (model == "attention") continue;  // jax.export writes erf out as a polynomial
    CHECK(sums(*bytes).flops == sums(text).flops);
    CHECK(told(*bytes) == told(text));
  }
}

TEST_CASE("symbols and sources of a portable artifact") {
  const auto graph = read(file("mlp_symbolic.mlirbc"));
  REQUIRE(graph);
  CHECK(graph->free_symbols() == std::vector<std::string>{"batch"});
  const auto layer = nodes_of(*graph, Op::linear).at(0);
  CHECK(graph->path(graph->module(layer)) == "first");
  CHECK(graph->source(layer)->first == "tools/stablehlo_cases/jax_nets.py");
}

TEST_CASE("bytecode that is cut off, of a version to come, or empty") {
  const auto whole = file("mlp.mlirbc");
  CHECK(error_of("ML\xefR\x1f") ==
        "error: this is MLIR bytecode of version 15, and versions up to 6 are read\n  --> m.mlir\n"
        "  fix: write it for an older version, or as text: str(exported.mlir_module()) in JAX");
  CHECK(error_of("ML\xefR") ==
        "error: a number is cut off\n  --> m.mlir: byte 4 of 4\n  fix: get the file again, or export the "
        "model again");
  CHECK(error_of(whole.substr(0, 600)).starts_with("error: a part of "));
  CHECK(error_of(std::string("ML\xefR\x0dStableHLO_v1.0.0\0", 22)) ==
        "error: a section is missing: the file is cut short\n  --> m.mlir: byte 22 of 22\n"
        "  fix: get the file again, or export the model again");
  for (std::size_t size = 4; size < whole.size(); size += 7) CHECK_FALSE(read(whole.substr(0, size)));
}

TEST_CASE("bodies whose counts or blocks cannot be") {
  const auto said = [](const std::string& bytes) {
    const auto text = error_of(bytes);
    return text.substr(0, text.find('\n'));
  };
  CHECK(said(with_body(number(0))) == "error: the file holds no function that could be a model");
  CHECK(said(operation(0, "")) == "error: the file holds no function that could be a model");
  CHECK(said(with_body(number(60 << 1))) == "error: a block has more operators than the file has bytes");
  CHECK(said(with_body(number(1 << 1) + number(7) + number(0) + number(0))) ==
        "error: operator 7 is named, and there are 1");
  CHECK(said(operation(0x08, "")) ==
        "error: an operator goes on in another block, as none of StableHLO does");
  CHECK(said(operation(0x10, number(1 << 1) + number(2))) ==
        "error: a region has several blocks, and one of StableHLO has one");
  CHECK(said(operation(0x10, number(60 << 1))) ==
        "error: an operator has more regions than the file has bytes");
  CHECK(said("ML\xefR" + number(6) + "test") == "error: a text has no end");
}

TEST_CASE("an operator of a version to come is a sentence") {
  auto bytes = file("mlp.mlirbc");
  bytes.replace(bytes.find("constant_v1"), 11, "constant_v9");
  CHECK(error_of(bytes).starts_with(
      "error: the operator constant_v9 is of a version of VHLO that is not known\n  --> m.mlir: byte "));
}

TEST_CASE("bytecode bent anywhere is an error or another graph, never a crash") {
  std::mt19937 random(9);
  ReadRequest request;
  request.max_nodes = 20'000;
  for (const std::string model : {"mlp", "cnn", "attention", "lstm", "mlp_symbolic"}) {
    const auto whole = file(model + ".mlirbc");
    for (int round = 0; round < 1000; ++round) {
      auto bent = whole;
      for (auto times = 1 + random() % 3; times > 0; --times) {
        const auto at = 4 + random() % (bent.size() - 4);
        if (round % 3 == 0)
          bent[at] = static_cast<char>(random());
        else if (round % 3 == 1)
          bent[at] = static_cast<char>(bent[at] ^ (1 << random() % 8));
        else
          bent.erase(at, 1 + random() % 4);
      }
      const auto graph = read(bent, request);
      if (graph) continue;
      INFO(to_text(graph.error()));
      CHECK((graph.error().fault == Fault::model || graph.error().fault == Fault::limit));
    }
  }
}
