// What Graph::adopt says of arrays that no builder makes, one sentence for each kind of misfit.
#include <bit>
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"
#include "alidade/ir/print.hpp"

using namespace alidade;

namespace {

Graph nested() {
  return parse(R"(graph "n" {
    input %c : bool[]
    input %x : f32[n,4]
    parameter %w : f32[4,4]
    %y = linear(%x, %w) : f32[n,4] in "a.b" at "f.py":3
    %z = if(%c) : f32[n,4] { argument %i : f32[n,4] %p = relu(%i) : f32[n,4] yield %p } { yield %x }
    (%q, %r) = split(%z) {axes=[0]} : f32[1,4], f32[1,4]
    %s = concat(%q, %r) {axes=[0]} : f32[2,4]
    %t = conv(%s, %w) : f32[2,4]
    %u = conv(%t, %w) : f32[2,4]
    return %u
  })")
      .value();
}

/// Why a mutant of the graph above is refused.
std::string misfit(const std::function<void(GraphArrays&)>& change) {
  auto arrays = std::make_unique<GraphArrays>(nested().arrays());
  change(*arrays);
  const auto graph = Graph::adopt(std::move(arrays));
  if (graph) return "adopted";
  CHECK(graph.error().fault == Fault::plugin);
  constexpr std::string_view kHead = "the graph that was handed over is not well formed: ";
  REQUIRE(graph.error().what.starts_with(kHead));
  return graph.error().what.substr(kHead.size());
}

ValueRow& named(GraphArrays& a, std::string_view name) {
  const Graph g = nested();
  for (const ValueId v : g.values())
    if (g.name(v) == name) return a.values[v.index];
  throw std::out_of_range(std::string(name));
}
NodeRow& maker(GraphArrays& a, std::string_view name) { return a.nodes[named(a, name).producer.index]; }
ValueId id(GraphArrays& a, std::string_view name) {
  return ValueId(static_cast<std::size_t>(&named(a, name) - a.values.data()));
}
ValueId& operand(GraphArrays& a, std::string_view node, std::uint32_t i) {
  return a.operands[maker(a, node).inputs_first + i];
}

}  // namespace

TEST_CASE("what is not changed is adopted") {
  CHECK(misfit([](GraphArrays&) {}) == "adopted");
}

TEST_CASE("a value and the node that makes it name each other") {
  CHECK(misfit([](GraphArrays& a) { --maker(a, "q").outputs_count; }) == "a value has no producer");
  CHECK(misfit([](GraphArrays& a) { named(a, "s").producer = named(a, "t").producer; }) ==
        "a value has no producer");
  CHECK(misfit([](GraphArrays& a) { ++maker(a, "s").outputs_count; }) == "a result has another producer");
  CHECK(misfit([](GraphArrays& a) { named(a, "w").producer = named(a, "t").producer; }) ==
        "a value has no producer");
  CHECK(misfit([](GraphArrays& a) {
          maker(a, "s").outputs_count = 0, named(a, "s").producer = NodeId();
          named(a, "s").kind = static_cast<std::uint32_t>(ValueKind::input);
        }) == "an operand is used before it is made, or where it is not seen");
}

TEST_CASE("a value is used where it can be seen, after it was made") {
  CHECK(misfit([](GraphArrays& a) { operand(a, "s", 0) = id(a, "p"); }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { operand(a, "s", 0) = id(a, "i"); }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { operand(a, "s", 0) = id(a, "u"); }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { operand(a, "p", 0) = id(a, "z"); }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { a.operands[a.regions[0].results_first] = id(a, "p"); }) ==
        "a result of a region is no value that it sees");
  CHECK(misfit([](GraphArrays& a) { a.operands[a.regions[2].results_first] = ValueId(); }) ==
        "a result of a region is no value that it sees");
}

TEST_CASE("the arguments of a region are its own") {
  CHECK(misfit([](GraphArrays& a) { a.operands[a.regions[0].args_first] = id(a, "p"); }) ==
        "an argument of a region is of another kind");
  CHECK(misfit([](GraphArrays& a) { a.operands[a.regions[1].args_first] = ValueId(); }) ==
        "an argument is no value");
  CHECK(misfit([](GraphArrays& a) { a.operands[a.regions[0].args_first] = id(a, "x"); }) ==
        "a value is made twice");
  CHECK(misfit([](GraphArrays& a) { --a.regions[0].args_count; }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { a.values.push_back(named(a, "i")); }) == "a value is made nowhere");
}

TEST_CASE("regions form a tree that holds every node once") {
  CHECK(misfit([](GraphArrays& a) { a.regions[2].owner = named(a, "y").producer; }) ==
        "a region has no owner before it");
  CHECK(misfit([](GraphArrays& a) { std::swap(a.node_order[3], a.node_order[4]); }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { a.node_order[0] = a.node_order[2]; }) ==
        "an operand is used before it is made, or where it is not seen");
  CHECK(misfit([](GraphArrays& a) { ++a.regions[2].nodes_count; }) != "adopted");
  CHECK(misfit([](GraphArrays& a) { maker(a, "u").region = RegionId(2); }) == "a node stands in two regions");
  CHECK(misfit([](GraphArrays& a) { maker(a, "z").op = static_cast<std::uint32_t>(Op::constant); }) ==
        "an operator holds regions that cannot");
}

TEST_CASE("rows are not shared more than can be walked in linear time") {
  CHECK(misfit([](GraphArrays& a) { a.regions[1].results_first = 0, a.regions[1].results_count = 9; }) ==
        "nodes or regions share their operands");
  CHECK(misfit([](GraphArrays& a) { maker(a, "u").attrs = maker(a, "t").attrs; }) ==
        "two nodes have the same attributes");
  CHECK(misfit([](GraphArrays& a) { a.types[0].dims_count = 2, a.types[0].ranked = 1; }) ==
        "types share their dimensions");
  CHECK(misfit([](GraphArrays& a) {
          a.ints.resize(1000);
          for (auto& v : a.values) v.literal = {0, 1000};
        }) == "attributes share too many numbers");
  CHECK(misfit([](GraphArrays& a) {
          a.chars.resize(a.chars.size() + (200u << 20), 'x');
          a.chars_end.push_back(static_cast<std::uint32_t>(a.chars.size()));
          for (auto& v : a.values) v.name = StringId(a.chars_end.size() - 1);
          for (auto& n : a.nodes) n.name = n.foreign = StringId(a.chars_end.size() - 1);
        }) == "its texts are too long together");
}

TEST_CASE("numbers that stand for something are in range") {
  CHECK(misfit([](GraphArrays& a) { a.types.back().ranked = 0; }) == "a type without rank has dimensions");
  CHECK(misfit([](GraphArrays& a) { a.sources[0].line = 0x80000000; }) == "a source has no file or line");
  CHECK(misfit([](GraphArrays& a) { a.symbols[0] = a.facts[1]; }) == "a symbol has no name");
  CHECK(misfit([](GraphArrays& a) {
          for (auto& d : a.dims)
            if (d.is_symbolic()) {
              const std::int64_t wrapped = -2 - (std::int64_t{1} << 32);
              d = std::bit_cast<Dim>(wrapped);
            }
        }) == "a dimension names no symbol");
  CHECK(misfit([](GraphArrays& a) { named(a, "w").literal_known = 2; }) == "a constant has no numbers");
}

TEST_CASE("regions nest 64 deep, and no deeper") {
  const auto nest = [](int depth) {
    GraphBuilder b;
    const auto t = b.type(Dtype::boolean, {});
    const ValueId x = b.value(ValueKind::input, "x", t);
    std::vector<ValueId> made;
    for (int i = 0; i < depth; ++i) {
      const NodeId n = b.node(Op::call, "", "", std::vector{x});
      b.begin_region(n);
    }
    for (int i = 0; i < depth; ++i) b.end_region({});
    return b.finish();
  };
  CHECK(nest(64).has_value());
  const auto deeper = nest(65);
  REQUIRE_FALSE(deeper.has_value());
  CHECK(deeper.error().what ==
        "the graph that was handed over is not well formed: regions are nested deeper than 64");
}

TEST_CASE("a region's argument and an inner value are not seen around it, in the text form too") {
  const auto problem = [](std::string_view body) {
    const auto graph = parse("graph \"v\" { input %c : bool[] " + std::string(body) + " }");
    return graph ? std::string("adopted") : graph.error().what;
  };
  constexpr auto kOutside = "a value is used outside the region that makes it";
  CHECK(
      problem("%z = call(%c) : bool[] { argument %a : bool[] yield %a } %y = logic(%a) : bool[] return %y") ==
      kOutside);
  CHECK(problem("%z = call(%c) : bool[] { argument %a : bool[] yield %a } return %a") == kOutside);
  CHECK(problem("%z = call(%c) : bool[] { %i = logic(%c) : bool[] yield %i } return %i") == kOutside);
  CHECK(problem("%z = if(%c) : bool[] { argument %a : bool[] yield %a } { yield %a } return %z") == kOutside);
  CHECK(problem("%z = logic(%c) : bool[] { yield %c } return %z").find("'logic' holds no regions") !=
        std::string::npos);
}
