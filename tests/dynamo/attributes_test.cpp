// Attributes of a .pt2 file that no layer has, or that contradict its shapes: the frontend keeps what is
// written, and the count refuses it by the node's name.
#include <catch2/catch.hpp>

#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

/// What the first node that cannot be counted fails with, after one change to the file's JSON text.
std::string refused(std::string_view from, std::string_view to) {
  const tests::ScratchFolder folder;
  tests::write_text(folder / "m.pt2", archive_of(with(json_of("conv_block"), from, to)));
  const auto graph = read_file(folder / "m.pt2");
  if (!graph) return sentence(graph.error(), folder / "");
  for (const NodeId n : graph->nodes())
    if (const auto w = work(*graph, n); !w) return w.error().what;
  return "counted";
}

const std::string kGroups = R"({"name": "groups", "arg": {"as_int": )";
const std::string kStride = R"({"name": "stride", "arg": {"as_ints": )";
const std::string kPadding = R"({"name": "padding", "arg": {"as_ints": )";

}  // namespace

TEST_CASE("attributes of a .pt2 file that are out of range are refused where they count") {
  CHECK(refused(kGroups + "4}", kGroups + "4}") == "counted");
  CHECK(refused(kGroups + "4}", kGroups + "0}") ==
        "node 'conv2d_1' has 0 groups, and at least 1 is possible");
  CHECK(refused(kGroups + "4}", kGroups + "-3}") ==
        "node 'conv2d_1' has -3 groups, and at least 1 is possible");
  CHECK(refused(kStride + "[2, 2]", kStride + "[0, 2]") == "node 'conv2d' has a stride below 1");
  CHECK(refused(kStride + "[2, 2]", kStride + "[-2, 2]") == "node 'conv2d' has a stride below 1");
}

TEST_CASE("attributes of a .pt2 file that contradict its shapes are refused with both sizes") {
  CHECK(refused(kStride + "[2, 2]", kStride + "[1, 1]") ==
        "node 'conv2d' has a result of 8 along dimension 2, and a window of 3 makes 16 of 16");
  CHECK(refused(kPadding + "[1, 1]", kPadding + "[-9, 1]") ==
        "node 'conv2d' has a result of 8 along dimension 2, and a window of 3 does not fit into 16 and its "
        "padding");
  CHECK(
      refused(kPadding + "[1, 1]", kPadding + "[4611686018427387904, 1]") ==
      "node 'conv2d' has a result of 8 along dimension 2, and a window of 3 makes 4611686018427387911 of 16");
  CHECK(refused(kPadding + "[1, 1]", kPadding + "[9223372036854775808, 1]") ==
        "the number 9223372036854775808 does not fit 64 bits | "
        "m.pt2:m/models/model.json:/graph_module/graph/nodes/0/inputs/4/arg/as_ints/0");
}
