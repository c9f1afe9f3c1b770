#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "pipeline_case.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

/// A pipeline with these analyses, in this order, and what else a plan asks for.
std::string pipeline_of(std::initializer_list<std::string_view> analyses) {
  std::string text = "[[model]]\npath = \"m.onnx\"\n[[report]]\nuse = \"table\"\n";
  for (const auto name : analyses) text += "[[analysis]]\nuse = \"" + std::string(name) + "\"\n";
  return text;
}

struct Planning : PipelineCase {
  FakeComponents fakes;
  host::PlanOutcome outcome;

  Planning() {
    fakes.add(ComponentKind::frontend, "onnx");
    fakes.add(ComponentKind::report, "table");
    file("m.onnx");
  }
  /// The waves as "a b | c", or the mistakes.
  std::string waves(std::initializer_list<std::string_view> analyses) {
    file("pipeline.toml", pipeline_of(analyses));
    const auto config = read();
    REQUIRE(host::to_text(mistakes) == "");
    outcome = host::make_plan(config, fakes.lookup());
    if (!outcome.mistakes.empty()) return host::to_text(outcome.mistakes);
    std::string out;
    for (const auto& wave : outcome.plan.waves) {
      if (!out.empty()) out += " |";
      for (const auto& step : wave) out += " " + step.id;
    }
    return out;
  }
};

}  // namespace

TEST_CASE("analyses are grouped in waves by what they need, in the order of the file") {
  Planning test;
  test.fakes.analysis("sum", {{"left"}, {"right"}}, {{"sum"}});
  test.fakes.analysis("right", {{"base"}}, {{"right"}});
  test.fakes.analysis("left", {{"base"}}, {{"left"}});
  test.fakes.analysis("base", {}, {{"base"}});
  test.fakes.analysis("alone", {}, {{"alone"}});
  CHECK(test.waves({"sum", "right", "alone", "left", "base"}) == " alone base | right left | sum");
  CHECK(test.waves({"base", "left", "right", "sum", "alone"}) == " base alone | left right | sum");
}

TEST_CASE("a result that nobody makes is made by the standard analysis of its name, and the plan says so") {
  Planning test;
  test.fakes.analysis("crosscheck", {{"cost"}, {"fusion"}}, {{"crosscheck"}});
  test.fakes.analysis("fusion", {{"cost"}}, {{"fusion"}});
  test.fakes.analysis("cost", {}, {{"cost"}});
  CHECK(test.waves({"crosscheck"}) == " cost | fusion | crosscheck");
  const auto& cost = test.outcome.plan.waves[0][0];
  CHECK(cost.added);
  CHECK(cost.why == "needed by 'crosscheck'");
  CHECK(cost.options.empty());
  CHECK_FALSE(test.outcome.plan.waves[2][0].added);
}

TEST_CASE("an analysis of another name that makes the result is used as it is") {
  Planning test;
  test.fakes.analysis("reader", {{"cost"}}, {{"reader"}});
  test.fakes.analysis("cost", {}, {{"cost"}});
  test.fakes.analysis("acme.cost", {}, {{"cost"}});
  CHECK(test.waves({"reader", "acme.cost"}) == " acme.cost | reader");
}

TEST_CASE("an added analysis keeps out of the way of ids that are taken") {
  Planning test;
  test.fakes.analysis("reader", {{"cost"}}, {{"reader"}});
  test.fakes.analysis("cost", {}, {{"cost"}});
  test.file("m.onnx");
  test.file("pipeline.toml",
            "[[model]]\npath = \"m.onnx\"\n[[report]]\nuse = \"table\"\n[[analysis]]\nuse = \"reader\"\nid = "
            "\"cost\"\n");
  const auto outcome = host::make_plan(test.read(), test.fakes.lookup());
  CHECK(host::to_text(outcome.mistakes) == "");
  CHECK(outcome.plan.waves.at(0).at(0).id == "cost-2");
}

TEST_CASE("two writers of one result are refused with both places") {
  Planning test;
  test.fakes.analysis("cost", {}, {{"cost"}});
  test.fakes.analysis("acme.cost", {}, {{"cost"}});
  CHECK(test.waves({"cost", "acme.cost"}) ==
        "error: two analyses make the result 'cost': 'acme.cost' here and 'cost' at pipeline.toml:5:1\n"
        "  --> pipeline.toml:7:1\n"
        "   |\n"
        " 7 | [[analysis]]\n"
        "   | ^\n"
        "  fix: keep one of the two\n");
}

TEST_CASE("analyses that wait for each other are refused") {
  Planning test;
  test.fakes.analysis("start", {{"b"}}, {{"start"}});
  test.fakes.analysis("a", {{"b"}}, {{"a"}});
  test.fakes.analysis("b", {{"a"}}, {{"b"}});
  CHECK(test.waves({"start", "a", "b"}) ==
        "error: analyses need each other's results: 'b' needs 'a' needs 'b'\n"
        "  --> pipeline.toml:9:1\n"
        "   |\n"
        " 9 | [[analysis]]\n"
        "   | ^\n"
        "  fix: take one of them out\n");
  test.fakes.analysis("self", {{"self"}}, {{"self"}});
  CHECK(test.waves({"self"}).starts_with("error: analyses need each other's results: 'self' needs 'self'\n"));
}

TEST_CASE("a result that no installed analysis makes is a mistake of the one that needs it") {
  Planning test;
  test.fakes.analysis("a", {{"nothing"}}, {{"a"}});
  CHECK(test.waves({"a"}) ==
        "error: the analysis 'a' needs the result 'nothing', and no [[analysis]] makes it\n"
        "  --> pipeline.toml:5:1\n"
        "   |\n"
        " 5 | [[analysis]]\n"
        "   | ^\n"
        "  fix: add the analysis that makes 'nothing', or take 'a' out\n");
}

TEST_CASE("a result of another version is not taken for it") {
  Planning test;
  test.fakes.analysis("a", {{"cost", 2}}, {{"a"}});
  test.fakes.analysis("cost", {}, {{"cost", 1}});
  CHECK(test.waves({"a"}).starts_with(
      "error: the analysis 'a' needs the result 'cost' version 2, and the analysis of that "
      "name makes 'cost' version 1\n"));
}
