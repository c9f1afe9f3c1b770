#include <catch2/catch.hpp>
#include <clocale>
#include <cstdlib>

#include "report_sample.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

/// A result of nobody we know, told in every way there is.
struct Inventory {
  static constexpr ResultKey key{"inventory_of_parts", 1};
  void write(const Graph&, ObjectWriter& t) const {
    t.text("title", "two\nlines");
    t.count("parts", 12345);
    t.flag("complete", true);
    t.begin_array("sizes");
    for (int i = 1; i < 4; ++i) t.integer({}, i);
    t.end_array();
    t.begin_object("inner");
    t.real("half", 0.5);
    t.end_object();
    t.begin_array("rows");
    for (int i = 0; i < 12; ++i) {
      t.begin_object();
      t.text("name", "row" + std::to_string(i));
      t.begin_object("at");
      t.count("x", i);
      t.end_object();
      t.begin_array("tags");
      t.text({}, "a"), t.text({}, "b");
      t.end_array();
      if (i == 1) t.nothing("late");
      if (i == 9) t.count("last", 9);
      t.end_object();
    }
    t.end_array();
    t.begin_array("empty");
    t.end_array();
  }
};

/// Whether a page is the one kept in tests/golden; with ALIDADE_UPDATE_GOLDEN set it becomes that one.
void check_golden(const std::string& name, const std::string& page) {
  const auto path = std::string(ALIDADE_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("ALIDADE_UPDATE_GOLDEN") != nullptr) write_text(path, page);
  CHECK(page == read_text(path));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the table is this page") {
  const auto tiny = sample();
  check_golden("report_table.txt", report("table", run_of({tiny->model})));
  check_golden("report_table_verbose.txt",
               report("table", run_of({tiny->model}), {{"show_shape", true}, {"verbose", true}}));
}

TEST_CASE("a page is the same twice, in any locale") {
  const auto tiny = sample();
  const auto first = report("table", run_of({tiny->model}));
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(report("table", run_of({tiny->model})) == first);
  std::setlocale(LC_ALL, "C");
}

TEST_CASE("a failed model has its error and no page") {
  const auto text = report("table", run_of({failed_model()}));
  CHECK(has(text, "GRAPH PROFILE: broken\n"));
  CHECK(has(text, "error: the file ends early\n  --> models/broken.onnx\n  fix: fetch it again\n"));
}

TEST_CASE("several models are compared at the end") {
  const auto tiny = sample();
  const auto text = report("table", run_of({tiny->model, failed_model()}));
  CHECK(has(text, "| Model  | Operators |"));
  CHECK(has(text, "| broken |    failed |"));
}

TEST_CASE("a model without a cost analysis says so") {
  const auto tiny = sample();
  const ResultSet none;
  tiny->model.results = &none;
  CHECK(has(report("table", run_of({tiny->model})), "No cost analysis was run.\n"));
}

TEST_CASE("a result of an unknown kind is told in full") {
  const auto tiny = sample();
  tiny->results.add(AnyResult(Inventory{}));
  const auto text = report("table", run_of({tiny->model}), {{"top", std::int64_t{3}}});
  CHECK(has(text, R"(
Inventory of parts:
  title: two\x0alines
  parts: 12,345
  complete: yes
  sizes: 1, 2, 3
  inner:
    half: 0.5
  rows:
  | name | at.x | tags | late | last |
  |------|------|------|------|------|
  | row0 | 0    | a, b |      |      |
  | row1 | 1    | a, b | -    |      |
  | row2 | 2    | a, b |      |      |
  ... and 9 more (verbose shows all)
  empty: none
)"));
  CHECK(has(report("table", run_of({tiny->model}), {{"top", std::int64_t{0}}}), R"(
  rows:
  | name | at.x | tags | late | last |
  |------|------|------|------|------|
  ... and 12 more (verbose shows all)
)"));
  const auto all = report("table", run_of({tiny->model}), {{"verbose", true}});
  CHECK(has(all, "\n  | row9  | 9    | a, b |      | 9    |\n"));
  CHECK(has(all, "\n  | row11 | 11   | a, b |      |      |\n"));
}

TEST_CASE("the tree ends at its depth and its options are checked") {
  const auto tiny = sample();
  const auto shallow = report("table", run_of({tiny->model}), {{"depth", std::int64_t{1}}});
  CHECK(has(shallow, "|  block "));
  CHECK_FALSE(has(shallow, "|   block.conv "));
  CHECK(has(report("table", run_of({tiny->model})), "|   block.conv "));
}

TEST_CASE("nothing in a name reaches the terminal as it is") {
  const auto text = R"(graph "g" {
  input %x : f32[1]
  %y = opaque(%x) : f32[1] named "\x1b]52;c;x\x07\u202e" as "\x1b[2J::Foo"
  return %y
})";
  auto parsed = parse(text);
  REQUIRE(parsed);
  const auto hostile = sample(text);
  hostile->model.warnings.clear();
  hostile->model.id = "\x1b[31mred", hostile->model.path = "a\rb";
  hostile->model.warnings = {{Severity::warning, "x\x07", "y\x1b", NodeId(0)}};
  for (const char c : report("table", run_of({hostile->model}))) {
    const auto byte = static_cast<unsigned char>(c);
    CHECK((byte == '\n' || (byte >= 0x20 && byte < 0x7f)));
  }
}
