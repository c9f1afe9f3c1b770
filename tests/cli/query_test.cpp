// `alidade query`: the finds of the older system's notes, on models and on results.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.hpp"

using namespace alidade::tests;

namespace {

std::string first_line(const Ran& ran) { return ran.out.substr(0, ran.out.find('\n')); }
Ran query(std::vector<std::string> words) {
  words.insert(words.begin(), "query");
  return run_program(ALIDADE_BIN, words);
}

}  // namespace

TEST_CASE("query finds depthwise, compute-bound and widely parallel operators") {
  CHECK(first_line(query({"mobilenet_v2", "kind == conv and depthwise"})) ==
        "mobilenet_v2: 17 of 152 operators");
  CHECK(first_line(query({"resnet18", "bottleneck == compute-bound"})) == "resnet18: 20 of 69 operators");
  CHECK(first_line(query({"resnet18", "threads > 100K"})) == "resnet18: 34 of 69 operators");
}

TEST_CASE("a question about all operators is none for each of them") {
  const auto ran = query({"mobilenet_v2", "name == conv1 or count(kind == conv) == 52"});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err ==
        "error: 'count()' looks at all operators of a model; a query asks each one by itself\n"
        "  fix: write it as the 'that' of a [[test]], and run alidade test MODEL --tests FILE\n");
  CHECK(first_line(query({"mobilenet_v2", "abs(macs) < 0"})) == "mobilenet_v2: 0 of 152 operators");
}

TEST_CASE("the batch that a file has loses nothing") {
  const auto same = run_program(ALIDADE_BIN, {"profile", "resnet18", "--batch", "1"});
  CHECK(same.code == 0);
  CHECK(same.err.find("batch-lost") == std::string::npos);
  CHECK(same.out.find("batch-lost") == std::string::npos);
}

TEST_CASE("query reads a result that was written before") {
  const ScratchFolder folder;
  const auto path = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--format", "json", "-o", path}).code == 0);
  const auto ran = query({path, "name == conv1"});
  CHECK(ran.code == 0);
  CHECK(ran.out ==
        "resnet18: 1 of 69 operators\n"
        "  name   type    flops      memory\n"
        "  conv1  conv2d  236027904  3851008\n");
  CHECK(query({path, "name == conv1", "--json"}).out.find("\"flops\": 236027904") != std::string::npos);
}

TEST_CASE("query tells a question that makes no sense") {
  const auto ran = query({"resnet18", "depthwize"});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("error: there is no field 'depthwize' (did you mean 'depthwise'?)\n  fix: near it: "
                     "depthwise; all ") == 0);
  CHECK(ran.err.ends_with(": alidade query MODEL --fields\n"));
  const auto sorted = query({"resnet18", "true", "--sort", "flosp"});
  CHECK(sorted.code == 2);
  CHECK(sorted.err.find("error: there is no field 'flosp' (did you mean 'flops'?)\n  fix: near it: flops") ==
        0);
  CHECK(query({"resnet18"}).err ==
        "error: a query takes models and, last, a condition; found one word\n"
        "  fix: for example alidade query mobilenet_v2 'kind == conv and depthwise'\n");
  const ScratchFolder folder;
  write_text(folder / "no.json", "{}");
  CHECK(query({folder / "no.json", "true"}).err.find("error: this is no result of Alidade") == 0);
}

TEST_CASE("query asks what attributes operators have") {
  const auto count = [](const std::string& condition) {
    return nlohmann::json::parse(query({"mobilenet_v2", condition, "--json"}).out).size();
  };
  CHECK(count("attributes.groups == 960") == 3);  // blocks 14 to 16 of the paper widen 160 channels six times
  CHECK(count("kind == conv and attributes.strides == '[2,2]'") == 5);  // 224 pixels become 7
  CHECK(count("attributes.high == 6") == 35);  // ReLU6 behind all but linear products
  CHECK(count("kind == conv and attributes.groups == 1") ==
        35);  // the stem, two in each block but the first, the last
  CHECK(query({"mobilenet_v2", "attributes.strides == 2"}).code == 2);
}

TEST_CASE("query lists every field and every figure, which are as many as a wrong name is told") {
  const auto listed = query({"resnet18", "--fields", "--on", "l4"});
  CHECK(listed.code == 0);
  std::vector<std::string> fields, figures;
  auto* section = &fields;
  std::istringstream lines(listed.out);
  for (std::string line; std::getline(lines, line);) {
    if (line == "resnet18: figures, as 'alidade compare --fail-above' and [[test]] take them")
      section = &figures;
    if (line.starts_with("  ")) section->push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  CHECK(listed.out.starts_with("resnet18: fields of an operator, as 'alidade query' takes them\n  name\n"));
  const auto has = [](const auto& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  CHECK((has(fields, "depthwise") && has(fields, "time_s.l4") && has(fields, "kind")));
  CHECK((has(figures, "macs") && has(figures, "memory.as_given.arena_bytes") &&
         has(figures, "memory_bytes.l4")));
  CHECK(query({"resnet18", "nonsense", "--on", "l4"}).err ==
        "error: there is no field 'nonsense'\n  fix: all " + std::to_string(fields.size()) +
            ": alidade query MODEL --fields\n");
  CHECK(run_program(ALIDADE_BIN,
                    {"compare", "resnet18", "resnet18", "--on", "l4", "--fail-above", "nonsense=1"})
            .err == "error: there is no figure 'nonsense' in each model\n  fix: all " +
                        std::to_string(figures.size()) + ": alidade query MODEL --fields\n");
  for (const auto& field : fields) {
    INFO(field);
    CHECK(query({"resnet18", field + " == " + field, "--on", "l4"}).code == 0);
  }
}

TEST_CASE("a name that is a part of others, or ends as they do, is told with those") {
  const auto ran = [](const std::string& figure) {
    return run_program(ALIDADE_BIN, {"compare", "resnet18", "resnet18", "--fail-above", figure + "=1"}).err;
  };
  const auto starts = [](const std::string& all, const std::string& begin) { return all.starts_with(begin); };
  CHECK(starts(ran("arena_bytes"),
               "error: there is no figure 'arena_bytes' in each model\n  fix: near it: "
               "memory.as_given.arena_bytes; all "));
  CHECK(starts(ran("critical_path"),
               "error: there is no figure 'critical_path' in each model\n  fix: near it: "
               "concurrency.operators.critical_path_weight, concurrency.operators.critical_path_share, "
               "concurrency.groups.critical_path_weight, concurrency.groups.critical_path_share; all "));
}
