// Reports of a model that is not all known: every figure says so.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "alidade/results/concurrency.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/results/memory.hpp"
#include "passes.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::samples;
using alidade::tests::Ran;
using alidade::tests::run_program;
using alidade::tests::ScratchFolder;
using alidade::tests::write_text;
using nlohmann::json;

namespace {

/// A product, an operator with weights of its own whose result has no size, and what reads it.
const std::string kOpen =
    "input %x : f32[8,8]\n parameter %w : f32[8,8]\n %a = linear(%x, %w) : f32[8,8]\n "
    "%b = opaque(%a) {unbounded=1} : f32[?,8] named \"trees\" as \"acme::trees\"\n %c = relu(%b) : "
    "f32[?,8]\n return %c";

struct Saved {
  explicit Saved(const std::string& body) {
    write_text(folder / "m.alg", "graph \"m\" {\n" + body + "\n}\n");
  }
  Ran profile(std::vector<std::string> more) const {
    more.insert(more.begin(), {"profile", folder / "m.alg"});
    return run_program(ALIDADE_BIN, more);
  }
  ScratchFolder folder;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the page says at least wherever a part is not known") {
  const auto page = Saved(kOpen).profile({}).out;
  CHECK(has(page, "Total FLOPs:          at least 1.02 K "));
  CHECK(has(page, "Total MACs:           at least 512\n"));
  CHECK(has(page, "As Others Count:      1.02 K (torch), 512 (fvcore)\n"));
  CHECK(has(page, "Total Memory:         at least 1.02 kB moved "));
  CHECK(has(page, "Peak Activations:     at least 512 B\n"));
  CHECK(has(page, "Arithmetic Intensity: at least 0.00 (FLOPs/Byte)\n"));
  CHECK(has(page, "  Linear: 0 to 100.0% (1 op, 1.02 K FLOPs)\n"));
  CHECK(has(page, " 0 to 100.0% (2 ops, at least 0 FLOPs)\n"));
  CHECK(has(page,
            "| acme::trees |   1 | 33.3% | at least 0 |  256B+ | unknown operator, and it holds weights "
            "of its own |"));
}

TEST_CASE("JSON has null for what has no upper bound, and nothing of it is 0") {
  const auto doc = json::parse(
      Saved(kOpen)
          .profile({"--format", "json", "--with", "memory", "--with", "fusion", "--with", "concurrency"})
          .out);
  for (const auto* key : {"flops_upper", "macs_upper", "traffic_bytes_upper", "peak_activation_bytes_upper"})
    CHECK(doc["totals"][key].is_null());
  for (const auto* key : {"weight_bytes_upper", "params_upper"}) CHECK(doc["totals"][key].is_null());
  CHECK(doc["total_counted_upper"].is_null());
  CHECK(doc["layers"][1]["certainty"] == "unbounded");
  CHECK(doc["layers"][1]["flops_upper"].is_null());
  CHECK(doc["layers"][2]["certainty"] == "unknown");
  CHECK(doc["analyses"]["memory"]["as_given"]["arena_bytes_upper"].is_null());
  CHECK(doc["analyses"]["fusion"]["after"]["traffic_bytes_upper"].is_null());
  CHECK(doc["analyses"]["concurrency"]["operators"]["critical_path_weight_upper"].is_null());
  CHECK(doc["analyses"]["concurrency"]["operators"]["max_speedup"].is_null());
}

TEST_CASE("CSV leaves what has no upper bound empty") {
  const auto text = Saved(kOpen).profile({"--format", "csv"}).out;
  CHECK(text.find("flops,flops_upper,macs,macs_upper,") != std::string::npos);
  CHECK(has(text, "trees,other,opaque,0,,0,,0,,0,"));
  CHECK(has(text, "c,relu,relu,0,,0,0,0,,0,"));
}

TEST_CASE("a time that leaves operators out is at least that, and they have none") {
  const ScratchFolder folder;
  write_text(folder / "m.alg", "graph \"m\" {\n" + kOpen + "\n}\n");
  const auto pipeline = [&](const std::string& report) {
    write_text(
        folder / "p.toml",
        "[[model]]\npath = \"m.alg\"\n[[hardware]]\ndevice = \"a100_sxm_80\"\nid = \"box\"\n" + report);
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}).out;
  };
  const auto doc = json::parse(pipeline("[[report]]\nuse = \"json\"\n"));
  CHECK(doc["hardware"][0]["time_s"].get<double>() > 0);
  CHECK(doc["hardware"][0]["time_s_upper"].is_null());
  CHECK(doc["hardware"][0]["layer_time_s"][1].is_null());
  CHECK(doc["hardware"][0]["layer_bound"][1] == "unknown");
  const auto page = pipeline("[[report]]\nuse = \"table\"\n");
  CHECK(has(page, "  On box 2 operators have no price: its time is the least that it may be\n"));
  CHECK(has(page, "  | box    | inductor   | at least "));
  const auto trace = json::parse(pipeline("[[report]]\nuse = \"trace\"\n"));
  std::size_t marked = 0;
  for (const auto& event : trace["traceEvents"])
    if (event["args"].value("at_least", false)) ++marked;
  CHECK(marked == 2);
}

TEST_CASE("a report brings the analysis that it says nothing without") {
  const Saved model(kOpen);
  write_text(model.folder / "p.toml", "[[model]]\npath = \"m.alg\"\n[[report]]\nuse = \"csv\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", model.folder / "p.toml"});
  CHECK(ran.code == 0);
  CHECK(has(ran.out, "m,a,linear,linear,1024,1024,512,512,"));
  CHECK(has(run_program(ALIDADE_BIN, {"plan", model.folder / "p.toml"}).out, "needed by 'csv'"));
}

TEST_CASE("an analysis that fails loses its own result and those that need it, and the rest is reported") {
  const Saved model(kOpen);
  const auto some = model.profile({"--with", "crosscheck"});
  CHECK(some.code == 5);
  CHECK(has(
      some.err,
      "error: the analysis 'crosscheck' made no result: the model file carries no counts of another tool\n"));
  CHECK(has(some.out, "Total FLOPs:          at least 1.02 K "));
  CHECK(has(some.out, "\nAnalyses Without a Result:\n  crosscheck: the model file carries no counts"));
  const auto doc = json::parse(model.profile({"--with", "crosscheck", "--format", "json"}).out);
  CHECK(doc["failed_analyses"][0]["analysis"] == "crosscheck");
  CHECK(doc["failed_analyses"][0]["skipped"] == false);
}

TEST_CASE("a model of which no analysis succeeds has failed") {
  const std::string huge =
      "input %x : f32[4]\n %y = loop(%x) {trips=9000000000000000000} : f32[4] {\n %a = relu(%x) : f32[4]\n "
      "yield %a }\n return %y";
  const Saved model(huge);
  const auto all = model.profile({"--with", "parallelism"});
  CHECK(all.code == 3);
  CHECK(has(all.err, "error: count of node 'a' in its 9000000000000000000 runs does not fit 63 bits"));
}
