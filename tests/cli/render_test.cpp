// `alidade render` and the report `html`: what stands in the page is the JSON result, and no text ends its
// script.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "html_page.hpp"
#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

TEST_CASE("a page holds what the JSON report says") {
  const ScratchFolder folder;
  const auto page = folder / "r.html", kept = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "-o", page}).code == 0);
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--with", "memory", "-o", kept}).code == 0);
  CHECK(json::parse(result_in(read_text(page))) == json::parse(read_text(kept)));
  const auto rendered = run_program(ALIDADE_BIN, {"render", kept});
  CHECK(rendered.code == 0);
  CHECK(json::parse(result_in(rendered.out)) == json::parse(read_text(kept)));
  CHECK(std::ranges::count(result_in(rendered.out), '\n') ==
        0);  // what is laid out for people is a third larger
}

TEST_CASE("a name that is markup stays text in a page") {
  const ScratchFolder folder;
  const auto kept = folder / "r.json";
  const std::string name = "</script><img src=x onerror=alert(1)> \\\" {  \n";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "mlp_sort", "-o", kept}).code == 0);
  auto document = json::parse(read_text(kept));
  document["layers"][0]["name"] = name;
  write_text(kept, document.dump());
  const auto rendered = run_program(ALIDADE_BIN, {"render", kept});
  CHECK(rendered.out.find(name) == rendered.out.npos);
  CHECK(json::parse(result_in(rendered.out))["layers"][0]["name"] == name);
}

TEST_CASE("what is no result is not rendered") {
  const ScratchFolder folder;
  const auto file = folder / "x.json";
  write_text(file, "{\"schema\": \"other/1\"}");
  const auto ran = run_program(ALIDADE_BIN, {"render", file, "-o", folder / "x.html"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: this is no result of Alidade: expected JSON with \"schema\": \"alidade.result/1\"\n  --> " +
            file + "\n  fix: write one with --format json, or give a model\n");
  CHECK_FALSE(std::filesystem::exists(folder / "x.html"));
}

TEST_CASE("a page has a name that says so") {
  const ScratchFolder folder;
  const auto ran = run_program(ALIDADE_BIN, {"render", folder / "x.json", "-o", folder / "x.txt"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "error: no format is known by the ending of '" + (folder / "x.txt") +
                       "'\n  --> --output\n  fix: end it with .html\n");
}

namespace {

/// The sum of a figure over all layers of a result.
double sum_over(const json& result, const char* figure) {
  double sum = 0;
  for (const auto& layer : result["layers"]) sum += layer[figure].get<double>();
  return sum;
}

/// What a page that is a summary holds of this result.
json summarised(const std::string& result) {
  const auto ran = run_program(ALIDADE_BIN, {"render", result, "--summary"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(result_in(ran.out));
}

}  // namespace

TEST_CASE("a summary has the sums of all operators, and says what it has not") {
  const ScratchFolder folder;
  const auto kept = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "vit_b_16", "--on", "h100_sxm", "--with", "memory", "--with",
                                    "fusion", "-o", kept})
              .code == 0);
  const auto whole = json::parse(read_text(kept)), summary = summarised(kept);
  for (const auto* figure :
       {"flops", "flops_upper", "macs", "memory", "params", "input_bytes", "output_bytes"}) {
    INFO(figure);
    CHECK(sum_over(summary, figure) == sum_over(whole, figure));
  }
  CHECK(sum_over(summary, "stands_for") == static_cast<double>(whole["layers"].size()));
  CHECK(summary["page_summary"]["operators"] == whole["layers"].size());
  CHECK(summary["totals"] == whole["totals"]);
  const auto &target = summary["hardware"][0], &of_all = whole["hardware"][0];
  const auto time = [](const json& t) {
    double sum = 0;
    for (const auto& each : t["layer_time_s"]) sum += each.get<double>();
    return sum;
  };
  CHECK(time(target) == Approx(time(of_all)));
  CHECK(target["layer_time_s"].size() == summary["layers"].size());
  CHECK(target["layer_bound"].size() == summary["layers"].size());
  CHECK(target["kernels"].size() == of_all["kernels"].size());
  CHECK(target["schedule"].empty());
  CHECK(summary["page_summary"]["lists"]["hardware/schedule"] == of_all["schedule"].size());
  CHECK_FALSE(whole.contains("page_summary"));
}

TEST_CASE("operators of a summary are summed where type and module are the same") {
  const ScratchFolder folder;
  const auto kept = folder / "r.json";
  write_text(
      folder / "m.alg",
      "graph \"m\" {\n  input %x : f32[4,8]\n  parameter %w : f32[8,8]\n  %a = linear(%x, %w) : f32[4,8]\n"
      "  %b = relu(%a) : f32[4,8]\n  %c = linear(%b, %w) : f32[4,8]\n  return %c\n}\n");
  REQUIRE(run_program(ALIDADE_BIN, {"profile", folder / "m.alg", "-o", kept}).code == 0);
  const auto layers = summarised(kept)["layers"];
  REQUIRE(layers.size() == 2);
  CHECK(layers[0]["name"] == "linear (2)");
  CHECK(layers[0]["macs"] == 2 * 4 * 8 * 8);
  CHECK(layers[0]["stands_for"] == 2);
  CHECK(layers[0]["operands"] == json{"group 1"});
  CHECK(layers[1]["stands_for"] == 1);
  CHECK(layers[1]["operands"] == json{"group 0"});
}

TEST_CASE("more modules than a page has rows for are summed with the modules around them") {
  const ScratchFolder folder;
  const auto kept = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "mlp_sort", "-o", kept}).code == 0);
  auto document = json::parse(read_text(kept));
  const auto layer = document["layers"][0];
  document["layers"] = json::array();
  for (int i = 0; i < 30'000; ++i) {
    document["layers"].push_back(layer);
    document["layers"].back()["name"] = "net.part" + std::to_string(i % 100) + ".leaf" + std::to_string(i);
    document["layers"].back()["module"] = document["layers"].back()["name"];
  }
  write_text(kept, document.dump());
  const auto summary = summarised(kept);
  CHECK(summary["layers"].size() == 100);
  CHECK(summary["layers"][7]["module"] == "net.part7");
  CHECK(summary["layers"][7]["stands_for"] == 300);
  CHECK(sum_over(summary, "macs") == sum_over(document, "macs"));
}
