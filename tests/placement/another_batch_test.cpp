// Which partitions would take another batch: by hand, from the shapes of what goes in and out.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

/// What is said of each partition of a graph with these lines, sorts off the accelerator.
std::vector<std::string> said(const std::string& lines) {
  const ScratchFolder folder;
  write_text(folder / "m.alg", "graph \"m\" {\n" + lines + "}\n");
  const auto ran =
      run_program(ALIDADE_BIN, {"place", folder / "m.alg", "--target", "neuron", "--set",
                                "placement.min_operator_percentage_threshold=0", "--format", "json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  std::vector<std::string> out;
  const auto document = json::parse(ran.out);
  for (const auto& one : document[0]["partitions"])
    out.push_back(one["takes_batch"].is_null()     ? "not known: " + one["batch_reason"].get<std::string>()
                  : one["takes_batch"].get<bool>() ? "taken"
                                                   : one["batch_reason"].get<std::string>());
  return out;
}

}  // namespace

TEST_CASE("a partition takes another batch where all that crosses its border has it first") {
  CHECK(said("  input %x : f32[2,8]\n  parameter %w : f32[8,8]\n  %a = linear(%x, %w) : f32[2,8]\n"
             "  %s = sort(%a) {axes=[1]} : f32[2,8]\n  %y = linear(%s, %w) : f32[2,8]\n  return %y\n") ==
        std::vector<std::string>{"taken", "taken", "taken"});
}

TEST_CASE("what stands in the way of another batch is named") {
  CHECK(
      said("  input %x : f32[2,8]\n  parameter %w : f32[8,8]\n  %a = linear(%x, %w) : f32[2,8]\n"
           "  %t = transpose(%a) {perm=[1,0]} : f32[8,2]\n  %s = sort(%t) {axes=[1]} : f32[8,2]\n"
           "  %u = transpose(%s) {perm=[1,0]} : f32[2,8]\n  %y = linear(%u, %w) : f32[2,8]\n  return %y\n") ==
      std::vector<std::string>{"the batch is not the first size of 't' alone",
                               "the batch is not the first size of 't' alone",
                               "the batch is not the first size of 's' alone"});
  CHECK(said("  input %x : f32[2,8]\n  input %m : f32[8]\n  %a = add(%x, %m) : f32[2,8]\n  return %a\n") ==
        std::vector<std::string>{"'m' has no size that is the batch"});
}

TEST_CASE("a batch that is no number, or is not there, is not known") {
  CHECK(said("  input %x : f32[]\n  %y = relu(%x) : f32[]\n  return %y\n") ==
        std::vector<std::string>{"not known: no input of the model has a first size that could be a batch"});
}
