// Totals as formulas: what the verb prints, evaluates and refuses.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "onnx/proto_writer.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

/// One layer of attention over rows of 64.
const std::string kLayer =
    "graph \"layer\" {\ninput %x : f32[B,S,64]\nparameter %w : f32[64,64]\n%q = linear(%x, %w) : "
    "f32[B,S,64]\n%s = matmul(%q, %x) {transpose_b=1} : f32[B,S,S]\n%p = softmax(%s) {axes=[2]} : "
    "f32[B,S,S]\n%o = matmul(%p, %x) : f32[B,S,64]\nreturn %o\n}\n";

Ran formula(const std::vector<std::string>& flags, const std::string& graph = kLayer) {
  const ScratchFolder folder;
  write_text(folder / "layer.alg", graph);
  std::vector<std::string> arguments{"formula", folder / "layer.alg"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  auto ran = run_program(ALIDADE_BIN, arguments);
  for (auto at = ran.err.find(folder / "layer.alg"); at != ran.err.npos;
       at = ran.err.find(folder / "layer.alg"))
    ran.err.replace(at, (folder / "layer.alg").size(), "FILE");
  return ran;
}

}  // namespace

TEST_CASE("formula prints the totals of a model over its symbols, and where they cross") {
  const auto ran = formula({"--at", "S=128,1024", "--at", "B=1", "--on", "l4"});
  CHECK(ran.err == "");
  CHECK(ran.code == 0);
  CHECK(ran.out ==
        R"(layer: B, S
  flops                     261*B*S**2 + 8192*B*S
  macs                      128*B*S**2 + 4096*B*S
  fvcore                    128*B*S**2 + 4096*B*S
  torch                     256*B*S**2 + 8192*B*S
  input_bytes               8*B*S**2 + 1024*B*S
  output_bytes              8*B*S**2 + 512*B*S
  weight_read_bytes         16384
  traffic_bytes             16*B*S**2 + 1536*B*S + 16384
  weight_product_macs       4096*B*S
  activation_product_macs   128*B*S**2
  params                    4096
  weight_bytes              16384
  peak_activation_bytes     Max(4*B*S**2 + 512*B*S, 8*B*S**2 + 256*B*S)
  products of activations (attention) take more MACs than products with weights from S=33 on (B=1)
  on l4 memory-bound up to B=1,048,576 at least (S=128)
  on l4 memory-bound up to S=1,048,576 at least (B=1)
                           B=1, S=128  B=1, S=1024
  flops                     5,324,800  282,066,944
  macs                      2,621,440  138,412,032
  fvcore                    2,621,440  138,412,032
  torch                     5,242,880  276,824,064
  input_bytes                 262,144    9,437,184
  output_bytes                196,608    8,912,896
  weight_read_bytes            16,384       16,384
  traffic_bytes               475,136   18,366,464
  weight_product_macs         524,288    4,194,304
  activation_product_macs   2,097,152  134,217,728
  params                        4,096        4,096
  weight_bytes                 16,384       16,384
  peak_activation_bytes       163,840    8,650,752
)");
}

TEST_CASE("formula writes the same as JSON") {
  const auto ran = formula({"--at", "S=2", "--at", "B=3", "--format", "json"});
  REQUIRE(ran.code == 0);
  const auto said = json::parse(ran.out)[0];
  CHECK(said["symbols"] == json({"B", "S"}));
  CHECK(said["formulas"]["macs"]["formula"] == "128*B*S**2 + 4096*B*S");
  CHECK(said["formulas"]["macs"]["complete"] == true);
  CHECK(said["gaps"].empty());
  REQUIRE(said["at"].size() == 1);
  CHECK(said["at"][0]["bindings"] == json({{"B", 3}, {"S", 2}}));
  CHECK(said["at"][0]["macs"] == 128 * 3 * 4 + 4096 * 6);
  CHECK(said["at"][0]["in_doubt"].empty());
  REQUIRE(said["crossovers"].size() == 1);
  CHECK(said["crossovers"][0]["symbol"] == "S");
  CHECK(said["crossovers"][0]["from"] == 33);  // 128 S > 4096
}

TEST_CASE("formula with a binding is one of the symbols that are left") {
  const auto ran = formula({"--bind", "B=2", "--format", "json"});
  REQUIRE(ran.code == 0);
  CHECK(json::parse(ran.out)[0]["formulas"]["macs"]["formula"] == "256*S**2 + 8192*S");
}

TEST_CASE("formula says what is wrong with the sizes that it is given") {
  const auto wrong = [](const std::vector<std::string>& flags, const std::string& text) {
    const auto ran = formula(flags);
    CHECK(ran.code == 2);
    CHECK(ran.err == text);
  };
  wrong({"--at", "S"},
        "error: expected NAME=SIZE,SIZE,..., whole numbers from 0 on, found 'S'\n  --> --at\n  fix: for "
        "example batch=1,8,32\n");
  wrong({"--at", "S=-1"},
        "error: expected NAME=SIZE,SIZE,..., whole numbers from 0 on, found 'S=-1'\n  --> --at\n  fix: for "
        "example batch=1,8,32\n");
  wrong({"--at", "S=128"},
        "error: the symbol 'B' has no sizes\n  --> --at\n  fix: give it some, too: --at B=1\n");
  wrong({"--at", "T=1"},
        "error: the formulas have no symbol 'T'; their symbols are: B, S\n  --> --at\n  fix: leave it out, "
        "or give "
        "sizes to one of these\n");
}

TEST_CASE("formula of a model that takes none of the sizes says why") {
  const auto ran = formula({},
                           "graph \"m\" {\ninput %x : f32[n,4]\n%y = expand(%x) : f32[\"2 - 3*n\",4]\n"
                           "%z = relu(%y) : f32[\"2 - 3*n\",4]\nreturn %z\n}\n");
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  CHECK(
      ran.err ==
      "error: the model takes 0 of the bindings that were tried, and 1 are needed to find its formulas: the "
      "dimension '2 - 3*n' would be -4, and sizes are not negative (with n=2)\n  --> FILE\n");
}

TEST_CASE("sizes of a symbol that no formula has need not be given, and those given twice are all taken") {
  using namespace onnx_test;
  const auto rows = [](std::string_view name, std::string_view symbol) {
    Message shape;
    shape.part(1, Message().text(2, symbol));
    return Message().text(1, name).part(2, Message().part(1, Message().number(1, 1).part(2, shape)));
  };
  Message g;
  g.part(1, node("Relu", {"x"}, {"y"})).text(2, "g").part(11, rows("x", "n")).part(12, rows("y", "m"));
  const ScratchFolder folder;
  write_text(folder / "relu.onnx", model(g).bytes());
  const auto ran = run_program(
      ALIDADE_BIN, {"formula", folder / "relu.onnx", "--at", "n=2", "--at", "n=4", "--format", "json"});
  CHECK(ran.code == 0);
  const auto at = json::parse(ran.out)[0]["at"];
  REQUIRE(at.size() == 2);
  CHECK(at[0]["flops"] == 2);
  CHECK(at[1]["flops"] == 4);
}

TEST_CASE("a formula says nothing where a size would be negative, or is below those that it holds for") {
  const std::string graph =
      "graph \"g\" {\ninput %x : f32[n,\"n-100\"]\n%y = relu(%x) : f32[n,\"n-100\"]\nreturn %y\n}\n";
  CHECK(formula({"--at", "n=5"}, graph).out.find("flops                    none\n") != std::string::npos);
  CHECK(json::parse(formula({"--at", "n=5", "--format", "json"}, graph).out)[0]["at"][0]["flops"].is_null());
}

TEST_CASE("formulas are evaluated for a cache that holds nothing") {
  const auto ran = formula({"--at", "S=0", "--at", "B=2", "--format", "json"});
  REQUIRE(ran.code == 0);
  const auto at = json::parse(ran.out)[0]["at"][0];
  CHECK(at["macs"] == 0);
  CHECK(at["params"] == 4096);
  CHECK(at["in_doubt"].empty());
}

TEST_CASE("a pipeline has the formulas of a model among its results") {
  const ScratchFolder folder;
  write_text(folder / "layer.alg", kLayer);
  write_text(
      folder / "p.toml",
      "schema = \"alidade.pipeline/1\"\n[[model]]\npath = \"layer.alg\"\n[[analysis]]\nuse = \"formula\"\n"
      "at = [\"B=1,2\", \"S=128\"]\n[[report]]\nuse = \"json\"\npath = \"" +
          (folder / "out.json") + "\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto said = json::parse(read_text(folder / "out.json"));
  const auto& found = said["analyses"]["formula"];
  CHECK(found["formulas"]["macs"]["formula"] == "128*B*S**2 + 4096*B*S");
  CHECK(found["at"][1]["macs"] == 2 * 2'621'440);
  CHECK(found["crossovers"][0]["from"] == 33);
}

TEST_CASE("models that all fail for one reason end with its code, and some that fail with 5") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", "no graph");
  write_text(folder / "b.alg", "no graph either");
  write_text(folder / "good.alg",
             "graph \"m\" {\n input %x : f32[4]\n %y = relu(%x) : f32[4]\n return %y\n}\n");
  for (const std::string verb : {"formula", "inspect"}) {
    INFO(verb);
    CHECK(run_program(ALIDADE_BIN, {verb, folder / "a.alg", folder / "b.alg"}).code == 3);
    CHECK(run_program(ALIDADE_BIN, {verb, folder / "a.alg", folder / "good.alg"}).code == 5);
  }
}
