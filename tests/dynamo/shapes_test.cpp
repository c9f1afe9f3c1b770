#include <catch2/catch.hpp>

#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

ReadRequest shaped(std::map<std::string, std::vector<std::int64_t>, std::less<>> shapes,
                   Bindings bindings = {}) {
  ReadRequest request;
  request.input_shapes = std::move(shapes), request.bindings = std::move(bindings);
  return request;
}
std::string problem(const ReadRequest& request) {
  const auto graph = read_file(data_file("dynamic.pt2"), request);
  if (graph) return "no error";
  CHECK(graph.error().fault == Fault::config);
  return sentence(graph.error(), "");
}
std::string note(const Graph& graph, std::string_view code) {
  for (const auto& n : graph.notes())
    if (n.code == code) return n.text;
  return "no such note";
}

}  // namespace

TEST_CASE("symbols are kept, bound by name, and by the shapes of inputs") {
  CHECK(read_file(data_file("dynamic.pt2")).value().free_symbols() == std::vector<std::string>{"s17"});
  for (const auto& request : {shaped({}, {{"s17", 8}}), shaped({{"x", {8, 3, 32, 32}}}),
                              shaped({{"", {8, 3, 32, 32}}}), shaped({{"y", {8, 64}}})}) {
    const auto graph = read_file(data_file("dynamic.pt2"), request).value();
    CHECK(graph.free_symbols().empty());
    CHECK(graph.type(graph.inputs()[0]).dim(0) == 8);
    CHECK(graph.type(graph.outputs()[0]).dim(0) == 16);
  }
}

TEST_CASE("names that a capture tool gave to symbols") {
  const auto graph = read_file(data_file("dynamic_named.pt2")).value();
  CHECK(graph.free_symbols() == std::vector<std::string>{"batch"});
  CHECK(note(graph, "size-range") == "the model was exported for batch between 2 and 64");
  CHECK(read_file(data_file("dynamic_named.pt2"), shaped({}, {{"batch", 4}})).value().free_symbols().empty());
}

TEST_CASE("shapes that cannot be") {
  CHECK(problem(shaped({{"x", {8, 3, 32}}})) ==
        "the input 'x' has 4 dimensions, and the shape given for it has 3");
  CHECK(problem(shaped({{"z", {8, 3, 32}}})) ==
        "a shape was given for the input 'z', which the model does not have | its inputs are 'x', 'y'");
  CHECK(problem(shaped({{"x", {8, 3, 32, 32}}, {"y", {9, 64}}})) ==
        "dimension 0 of input 'y' is the symbol 's17', which would be both 8 and 9");
  CHECK(problem(shaped({{"y", {9, 64}}}, {{"s17", 4}})) ==
        "dimension 0 of input 'y' is the symbol 's17', which would be both 4 and 9");
}

TEST_CASE("a binding outside of the range that the model was exported for") {
  CHECK(note(read_file(data_file("dynamic.pt2"), shaped({}, {{"s17", 128}})).value(), "size-out-of-range") ==
        "s17 is bound to 128, and the model was exported for sizes between 2 and 64");
  CHECK(note(read_file(data_file("dynamic.pt2"), shaped({}, {{"s17", 8}})).value(), "size-range") ==
        "the model was exported for s17 between 2 and 64");
}

TEST_CASE("formulas of sizes are evaluated") {
  auto free = read_file(data_file("formulas.pt2")).value().free_symbols();
  REQUIRE(free.size() == 1);
  const auto graph = read_file(data_file("formulas.pt2"), shaped({}, {{free[0], 20}})).value();
  CHECK(graph.free_symbols().empty());
  const auto dims = [&](std::size_t output) {
    std::vector<std::int64_t> sizes;
    for (const Dim d : graph.type(graph.outputs()[output]).dims) sizes.push_back(d.size());
    return sizes;
  };
  using Sizes = std::vector<std::int64_t>;
  CHECK(dims(0) == Sizes{20, 2});
  CHECK(dims(1) == Sizes{7, 400});
  CHECK(dims(2) == Sizes{4, 200});
  CHECK(dims(3) == Sizes{1, 4, 14});
}
