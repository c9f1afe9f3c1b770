#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "pipeline_case.hpp"
#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

constexpr auto kGraph =
    "graph \"small\" {\n  input %x : f32[batch,8]\n  %y = relu(%x) : f32[batch,8]\n  return %y\n}\n";
constexpr auto kPipeline =
    "[[model]]\npath = \"m.alg\"\n[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"table\"\n";

Ran alidade_run(std::vector<std::string> arguments) { return run_program(ALIDADE_BIN, std::move(arguments)); }

}  // namespace

TEST_CASE("validate opens no model and ends with 0 or 2") {
  PipelineCase test;
  test.file("m.alg", "this is no graph");
  test.file("pipeline.toml", kPipeline);
  auto ran = alidade_run({"validate", "pipeline.toml"});
  CHECK(ran.code == 0);
  CHECK(ran.out == "pipeline.toml: ok: 1 model, 1 analysis, 1 report\n");
  CHECK(ran.err == "");

  ran = alidade_run({"validate", "pipeline.toml", "--set", "analysis.cost.convention=flosp"});
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  CHECK(ran.err.starts_with("error: 'convention' in [[analysis]] 'cost': expected one of "));
  CHECK(ran.err.find("found \"flosp\" (did you mean 'flops'?)\n  --> --set\n") != ran.err.npos);

  ran = alidade_run({"validate", "--json", "pipeline.toml", "--set", "thread=1"});
  CHECK(ran.code == 2);
  const auto mistakes = json::parse(ran.out);
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0]["what"] == "unknown key 'thread' (did you mean 'threads'?)");
  CHECK(mistakes[0]["file"] == "--set");
}

TEST_CASE("a syntax error is the one mistake that is told") {
  PipelineCase test;
  test.file("pipeline.toml", "threads = 1.2.3\n");
  const auto ran = alidade_run({"validate", "pipeline.toml"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: not TOML: in floating-point: expected decimal digit or exponent, saw '.'\n"
        "  --> pipeline.toml:1:14\n"
        "   |\n"
        " 1 | threads = 1.2.3\n"
        "   |              ^^\n"
        "  fix: see https://toml.io for the format\n");
}

TEST_CASE("a plugin that does not fit ends with 4") {
  PipelineCase test;
  test.file("m.alg", kGraph);
  test.file("plugins/broken.so", "not a library");
  test.file("pipeline.toml",
            std::string("plugin_path = [\"plugins\"]\n") + kPipeline + "[[hardware]]\nuse = \"broken\"\n");
  const auto ran = alidade_run({"validate", "pipeline.toml"});
  CHECK(ran.code == 4);
  CHECK(ran.err.find("\n  --> pipeline.toml:9:7\n") != ran.err.npos);
}

TEST_CASE("plan opens the models and writes nothing") {
  PipelineCase test;
  test.file("m.alg", kGraph);
  test.file("pipeline.toml", kPipeline);
  auto ran = alidade_run({"plan", "pipeline.toml", "--set", "report.table.path=out.txt"});
  CHECK(ran.code == 0);
  CHECK(ran.out ==
        "models\n"
        "  m  m.alg\n"
        "    frontend  text (worker)\n"
        "    input     x  f32[batch,8]\n"
        "    unbound   batch  (set them with [bind] or --set bind.NAME=8)\n"
        "    operators 1, 0 of them opaque\n"
        "    shapes    0 of 2 tensors known\n"
        "analyses\n"
        "  1. cost\n"
        "reports\n"
        "  table  to out.txt\n");
  CHECK_FALSE(std::filesystem::exists("out.txt"));

  ran = alidade_run({"plan", "--json", "pipeline.toml", "--set", "bind.batch=4"});
  CHECK(ran.code == 0);
  const auto plan = json::parse(ran.out);
  CHECK(plan["models"][0]["inputs"]["x"] == "f32[4,8]");
  CHECK(plan["models"][0]["shaped"] == 2);
  CHECK(plan["waves"][0][0]["use"] == "cost");
}

TEST_CASE("plan ends with 3 when a model is rejected, 5 when it is one of several") {
  PipelineCase test;
  test.file("m.alg", "this is no graph");
  test.file("pipeline.toml", kPipeline);
  auto ran = alidade_run({"plan", "pipeline.toml"});
  CHECK(ran.code == 3);
  CHECK(ran.out.find("    frontend  text (worker): none reads it\n") != ran.out.npos);
  test.file("n.alg", kGraph);
  test.file("pipeline.toml", std::string("[[model]]\npath = \"n.alg\"\n") + kPipeline);
  CHECK(alidade_run({"plan", "pipeline.toml"}).code == 5);
}

TEST_CASE("config prints the values in force, even with mistakes among them") {
  PipelineCase test;
  test.file("m.alg", kGraph);
  test.file("pipeline.toml", kPipeline);
  auto ran = alidade_run(
      {"config", "--effective", "--with-origin", "pipeline.toml", "--set", "analysis.cost.convention=macs"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("\n[[analysis]]\nuse = \"cost\"  # pipeline.toml:4\nconvention = \"macs\"  # --set\n") !=
        ran.out.npos);
  CHECK(ran.out.find("\nwall_s = 180  # default\n") != ran.out.npos);

  ran = alidade_run({"config", "--json", "pipeline.toml", "--set", "threads=many"});
  CHECK(ran.code == 2);
  CHECK(json::parse(ran.out)["threads"] == "many");
  CHECK(ran.err.starts_with("error: 'threads': expected a whole number, found \"many\"\n"));
}

TEST_CASE("schema prints each schema") {
  const auto pipeline = alidade_run({"schema", "pipeline"});
  CHECK(pipeline.code == 0);
  CHECK(json::parse(pipeline.out)["$id"] == "alidade.pipeline/1");
  const auto result = alidade_run({"schema", "result"});
  CHECK(result.code == 0);
  CHECK(json::parse(result.out)["$id"] == "alidade.result/1");
  for (const std::string name : {"training", "serving"})
    CHECK(json::parse(alidade_run({"schema", name}).out)["$id"] == "alidade." + name + "/1");
}

TEST_CASE("every pipeline in config/ is valid") {
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ALIDADE_SOURCE_DIR "/config")) {
    if (entry.path().extension() != ".toml" || entry.path().stem() == "defaults") continue;
    const auto ran = alidade_run({"validate", entry.path().string()});
    INFO(entry.path() << "\n" << ran.err);
    CHECK(ran.code == 0);
    ++checked;
  }
  CHECK(checked >= 3);
}

TEST_CASE("threads and limits have ranges") {
  PipelineCase test;
  test.file("m.alg", kGraph);
  test.file("pipeline.toml", kPipeline);
  const auto first_line = [](const Ran& ran) { return ran.err.substr(0, ran.err.find('\n')); };
  for (const std::string threads : {"4294967295", "4097"}) {
    const auto ran = alidade_run({"run", "pipeline.toml", "-j", threads});
    CHECK(ran.code == 2);
    CHECK(first_line(ran) == "error: --threads: Value " + threads + " not in range 0 to 4096");
  }
  const std::pair<std::string, std::string> limits[] = {{"wall_s=10000000000", "1000000000"},
                                                        {"cpu_s=1000000001", "1000000000"},
                                                        {"memory_mib=17592186044416", "1099511627776"},
                                                        {"max_nodes=2147483648", "2147483647"},
                                                        {"max_region_depth=65", "64"},
                                                        {"max_name_bytes=4294967296", "4294967295"},
                                                        {"max_file_mib=1099511627777", "1099511627776"},
                                                        {"wall_s=0", "1000000000"}};
  for (const auto& [limit, most] : limits) {
    const auto ran = alidade_run({"profile", "m.alg", "--set", "limits." + limit});
    CHECK(ran.code == 2);
    const auto equals = limit.find('=');
    CHECK(first_line(ran) == "error: '" + limit.substr(0, equals) +
                                 "' in [limits]: expected a whole number from 1 to " + most + ", found " +
                                 limit.substr(equals + 1));
  }
  for (const std::string limit :
       {"wall_s=1000000000", "cpu_s=1000000000", "memory_mib=1099511627776", "max_nodes=2147483647",
        "max_region_depth=64", "max_name_bytes=4294967295", "max_file_mib=1099511627776"})
    CHECK(alidade_run({"profile", "m.alg", "--bind", "batch=1", "--set", "limits." + limit, "--set",
                       "frontend.text.worker=true"})
              .code == 0);
}
