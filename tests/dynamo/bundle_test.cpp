#include <catch2/catch.hpp>

#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

/// The manifest of broken_graph.pt2 with one change, beside its partitions.
std::string changed(std::string_view from, std::string_view to) {
  const auto path = data_file("broken_graph.pt2");
  dynamo::FileSource file(path);
  (void)file.open().has_value();
  const auto archive = dynamo::ZipArchive::open(file, path).value();
  ZipWriter writer;
  for (const auto& entry : archive.entries()) {
    std::string room;
    std::string bytes(archive.contents(entry, 1 << 30, room).value());
    writer.add(entry.name, entry.name == "alidade_bundle.json" ? with(bytes, from, to) : bytes);
  }
  return refusal(writer.bytes());
}
const std::string kManifest = "m.pt2:alidade_bundle.json";

}  // namespace

TEST_CASE("a bundle is one graph with visible seams") {
  const auto graph = read_file(data_file("broken_graph.pt2")).value();
  CHECK(graph.name() == "broken");
  REQUIRE(graph.inputs().size() == 1);
  CHECK(graph.name(graph.inputs()[0]) == "x");
  REQUIRE(graph.outputs().size() == 1);
  CHECK(graph.name(graph.outputs()[0]) == "partition 1/mul");
  CHECK(graph.path(graph.module(graph.body()[0])) == "partition 0.conv");
  const NodeId head = graph.body()[3];
  CHECK(graph.path(graph.module(head)) == "partition 1.head_conv");
  CHECK(graph.kind(graph.inputs(head)[1]) == ValueKind::parameter);
  CHECK(graph.name(graph.inputs(head)[1]) == "head_conv.weight");
  CHECK(graph.name(graph.inputs(head)[0]) == "partition 0/relu");
  REQUIRE(graph.notes().size() == 1);
  CHECK(graph.notes()[0].text == "the graph breaks after 'partition 0' at net.py:12: call to print");
}

TEST_CASE("one partition alone") {
  const auto graph = read_file(data_file("broken_graph.pt2"), {}, 1).value();
  CHECK(graph.inputs().size() == 2);
  CHECK(graph.node_count() == 2);
  CHECK(graph.path(graph.module(graph.body()[0])) == "head_conv");
  const auto none = read_file(data_file("broken_graph.pt2"), {}, 2);
  CHECK(none.error().fault == Fault::config);
  CHECK(sentence(none.error(), data_file("")) ==
        "the option partition is 2, and the bundle has 2 partitions | broken_graph.pt2 | partitions are "
        "counted from 0; -1 reads them all");
  CHECK(read_file(data_file("cond.pt2"), {}, 0).has_value());
  CHECK(
      sentence(read_file(data_file("cond.pt2"), {}, 1).error(), data_file("")) ==
      "the option partition is 1, and the file is one graph, not a bundle | cond.pt2 | leave the option out");
}

TEST_CASE("manifests that make no sense") {
  CHECK(changed("alidade.bundle/1", "alidade.bundle/2") ==
        "the manifest has schema 'alidade.bundle/2', and \"alidade.bundle/1\" is what can be read | " +
            kManifest + ":/schema");
  CHECK(changed("partitions/1.pt2", "partitions/7.pt2") ==
        "the bundle names the file 'partitions/7.pt2', and the archive does not hold it | " + kManifest);
  CHECK(
      changed("\"outputs\": [\n  {\n   \"from\": [\n    1,", "\"outputs\": [\n  {\n   \"from\": [\n    5,") ==
      "expected [partition, number] with a partition below 2 | " + kManifest + ":/outputs/0/from");
  CHECK(changed("\"from\": [\n    0,\n    1", "\"from\": [\n    0,\n    9") ==
        "the bundle names output 9 of 'partition 0', which has 2 | " + kManifest);
  CHECK(changed("\"to\": [\n    1,\n    2", "\"to\": [\n    1,\n    8") ==
        "the bundle names input 8 of 'partition 1', which has 3 | " + kManifest);
  CHECK(changed("\"to\": [\n    1,\n    2", "\"to\": [\n    0,\n    2") ==
        "an edge must lead to a later partition | " + kManifest + ":/edges/1");
  CHECK(changed("\"kind\": \"parameter\"", "\"kind\": \"magic\"") ==
        "expected the kind \"parameter\" or \"buffer\", found 'magic' | " + kManifest +
            ":/partitions/1/weights/weight");
  CHECK(changed("\"partitions\": [", "\"parts\": [") ==
        "the member 'partitions' is missing | " + kManifest + ":/");
}
