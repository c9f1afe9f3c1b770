// JSON results that no run can have written are refused, with the place.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::ordered_json;

namespace {

struct Written {
  Written() {
    write_text(folder / "a.alg",
               "graph \"a\" {\n  input %x : f32[1,8]\n  parameter %w : f32[8,8]\n"
               "  %y = linear(%x, %w) : f32[1,8]\n  return %y\n}\n");
    const auto ran =
        run_program(ALIDADE_BIN, {"profile", folder / "a.alg", "--format", "json", "--with", "memory",
                                  "--with", "fusion", "--with", "concurrency", "-o", path});
    REQUIRE(ran.code == 0);
    document = ordered_json::parse(read_text(path));
  }
  /// What `compare` says when a part of the document is this instead, or "" where it takes the document.
  std::string complaint(const std::string& pointer, const ordered_json& value, int code = 2) {
    auto changed = document;
    changed[ordered_json::json_pointer(pointer)] = value;
    write_text(path, changed.dump());
    const auto ran = run_program(ALIDADE_BIN, {"compare", path, path, "--fail-above", "macs=0%,0"});
    INFO(ran.err);
    CHECK(ran.code == code);
    const std::string lead = "error: this result says what cannot be: ";
    if (!ran.err.starts_with(lead)) return ran.err;
    CHECK(ran.err.ends_with("\n  --> " + path +
                            "\n  fix: write it anew with --format json; its figures are not to be edited\n"));
    return ran.err.substr(lead.size(), ran.err.find('\n') - lead.size());
  }
  ScratchFolder folder;
  std::string path = folder / "a.json";
  ordered_json document;
};

}  // namespace

TEST_CASE("a figure that is no count is refused with its place") {
  Written a;
  const std::string wanted = ", expected a whole number of at least 0";
  CHECK(a.complaint("/totals/macs", true) == "totals.macs is true" + wanted);
  CHECK(a.complaint("/totals/macs", -1) == "totals.macs is -1" + wanted);
  CHECK(a.complaint("/totals/macs", "5") == "totals.macs is \"5\"" + wanted);
  CHECK(a.complaint("/layers/0/memory", "no") == "layers[0].memory is \"no\"" + wanted);
  CHECK(a.complaint("/analyses/fusion/after/traffic_bytes", false) ==
        "analyses.fusion.after.traffic_bytes is false, expected null or a whole number of at least 0");
  CHECK(a.complaint("/totals/params", ordered_json::array()) == "totals.params is a list" + wanted);
  CHECK(a.complaint("/totals/weight_bytes", ordered_json::object()) ==
        "totals.weight_bytes is an object" + wanted);
  CHECK(a.complaint("/layers/0/counted", ordered_json::object()) ==
        "layers[0].counted is an object" + wanted);
  CHECK(a.complaint("/layers/0/flops", 1.5) == "layers[0].flops is 1.5" + wanted);
  CHECK(a.complaint("/layers/0/flops", 1e300) == "layers[0].flops is 1e+300" + wanted);
  CHECK(a.complaint("/layers/0/arithmetic_intensity", -1) ==
        "layers[0].arithmetic_intensity is -1, expected null or a number of at least 0");
  CHECK(a.complaint("/totals/by_convention/macs/counted", "1") ==
        "totals.by_convention.macs.counted is \"1\"" + wanted);
  CHECK(a.complaint("/analyses/memory/weight_bytes", ordered_json::object()) ==
        "analyses.memory.weight_bytes is an object, expected null or a whole number of at least 0");
  CHECK(a.complaint("/analyses/fusion/after/traffic_bytes", 0.5) ==
        "analyses.fusion.after.traffic_bytes is 0.5, expected null or a whole number of at least 0");
  CHECK(a.complaint("/analyses/memory/own", -0.5) ==
        "analyses.memory.own is -0.5, expected a number of at least 0");
}

TEST_CASE(
    "a word that is none of those a result knows, and a member that is missing, are refused with the place") {
  Written a;
  CHECK(a.complaint("/layers/0/certainty", "sure") ==
        "layers[0].certainty is \"sure\", expected \"exact\", \"bounded\", \"unbounded\" or \"unknown\"");
  CHECK(a.complaint("/convention", 5) ==
        "convention is 5, expected \"flops\", \"macs\", \"fvcore\", \"torch\", \"xla\" or null");
  CHECK(a.complaint("/program", 5) == "program is 5, expected a text");
  a.document["layers"][0].erase("flops_upper");
  CHECK(a.complaint("/model", "a") ==
        "layers[0].flops_upper is missing, expected null or a whole number of at least 0");
  a.document.erase("layers");
  CHECK(a.complaint("/model", "a") == "layers is missing, expected a list");
}

TEST_CASE("explain and query check a result as compare does") {
  Written a;
  auto changed = a.document;
  changed["layers"][0]["flops"] = 1.5;
  write_text(a.path, changed.dump());
  const std::string sentence =
      "error: this result says what cannot be: layers[0].flops is 1.5, expected a whole number of at least "
      "0\n"
      "  --> " +
      a.path + "\n  fix: write it anew with --format json; its figures are not to be edited\n";
  for (const auto& words :
       {std::vector<std::string>{"explain", a.path, "--node", "y"}, {"query", a.path, "yes"}}) {
    const auto ran = run_program(ALIDADE_BIN, words);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err == sentence);
  }
}

TEST_CASE("explain takes no result of an older version, which lacks bounds") {
  Written a;
  auto older = a.document;
  for (const std::string part : {"totals", "layers"})
    for (const std::string figure : {"macs_upper", "flops_upper"})
      (part == "totals" ? older["totals"] : older["layers"][0]).erase(figure);
  write_text(a.path, older.dump());
  CHECK(run_program(ALIDADE_BIN, {"query", a.path, "yes"}).code == 0);
  const auto ran = run_program(ALIDADE_BIN, {"explain", a.path, "--node", "y"});
  CHECK(ran.code == 2);
  CHECK(
      ran.err.starts_with("error: this result says what cannot be: layers[0].macs_upper is missing, expected "
                          "null or a whole number of "
                          "at least 0\n"));
}

TEST_CASE("an upper bound below its figure is refused with its place") {
  Written a;
  CHECK(a.complaint("/totals/macs_upper", 5) ==
        "totals.macs_upper is 5, expected null or at least 64, as macs is");
  CHECK(a.complaint("/totals/macs_upper", "many") ==
        "totals.macs_upper is \"many\", expected null or a whole number of at least 0");
  CHECK(a.complaint("/layers/0/flops_upper", 1) ==
        "layers[0].flops_upper is 1, expected null or at least 128, as flops is");
  CHECK(a.complaint("/totals/macs_upper", nullptr, 1) == "");  // not known is a result
  CHECK(a.complaint("/totals/macs_upper", 65, 1) == "");
  CHECK(a.complaint("/totals/macs_upper", 64, 0) == "");
}

TEST_CASE("a document whose parts are of another type is refused with its place") {
  Written a;
  CHECK(a.complaint("/totals", 5) == "totals is 5, expected null or an object");
  const auto several = ordered_json::array({a.document});
  CHECK(a.complaint("", {{"schema", "alidade.result/1"}, {"program", 5}, {"models", several}}) ==
        "program is 5, expected a text");
  CHECK(a.complaint("/models", 5) == "models is 5, expected a list");
  CHECK(a.complaint("/analyses",
                    ordered_json::parse(R"({"acme": {"version": 1, "found": [{"operator": 7}]}})")) ==
        "analyses.acme.found[0].operator is 7, expected a text");
  CHECK(a.complaint("/layers", ordered_json::object()) == "layers is an object, expected a list");
  CHECK(a.complaint("/layers/0", 7) == "layers[0] is 7, expected an object");
  CHECK(a.complaint("/layers/0/name", 7) == "layers[0].name is 7, expected a text");
  CHECK(a.complaint("/layers/0/conditional", 7) == "layers[0].conditional is 7, expected true or false");
  CHECK(a.complaint("/model", 7) == "model is 7, expected a text");
  CHECK(a.complaint("/analyses", "no") == "analyses is \"no\", expected an object");
  CHECK(a.complaint("/hardware", "no") == "hardware is \"no\", expected a list");
  CHECK(a.complaint("/models", ordered_json::array({1})) == "models[0] is 1, expected an object");
  CHECK(a.complaint("/schema", 7).starts_with("error: this is no result of Alidade: "));
  ordered_json deep = 1;
  for (int i = 0; i < 1000; ++i) deep = ordered_json::array({std::move(deep)});
  const auto nested = a.complaint("/totals/deep", deep);
  CHECK(nested.starts_with("totals.deep[0][0]"));
  CHECK(nested.ends_with(" is nested more than 64 deep"));
}

TEST_CASE("what a run writes of its targets and placements is taken") {
  const ScratchFolder folder;
  const auto path = folder / "r.json";
  const std::string model = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";
  const auto written = run_program(
      ALIDADE_BIN, {"profile", model, "--on", "h100_sxm,xeon_8480p,trn1", "--with", "fusion", "--with",
                    "memory", "--with", "concurrency", "--with", "parallelism", "-o", path});
  REQUIRE(written.code == 0);
  CHECK(run_program(ALIDADE_BIN, {"compare", path, path}).err == "");
  CHECK(run_program(ALIDADE_BIN, {"query", path, "flops > 0", "--limit", "1"}).err == "");
  CHECK(run_program(ALIDADE_BIN, {"render", path, "-o", folder / "r.html"}).code == 0);
}
