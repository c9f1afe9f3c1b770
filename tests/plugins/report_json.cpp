#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "alidade/sdk/layers.hpp"
#include "program.hpp"
#include "report_sample.hpp"
#include "schema_objections.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;
using nlohmann::json;

namespace {

std::string objections(const json& document) { return schema_objections("result", document); }

json written(const Run& run) { return json::parse(report("json", run)); }

/// The keys of an object in the order of the text.
std::vector<std::string> keys(const std::string& text, const std::string& pointer = "") {
  const auto document = nlohmann::ordered_json::parse(text);
  std::vector<std::string> out;
  for (const auto& [key, value] : document.at(nlohmann::ordered_json::json_pointer(pointer)).items())
    out.push_back(key);
  return out;
}

}  // namespace

TEST_CASE("the seed profiler's keys come first") {
  const auto tiny = sample();
  const auto text = report("json", run_of({tiny->model}));
  const auto top = keys(text), layer = keys(text, "/layers/0");
  CHECK(std::vector(top.begin(), top.begin() + 5) ==
        std::vector<std::string>{"model", "total_flops", "total_memory", "layers", "schema"});
  CHECK(std::vector(layer.begin(), layer.begin() + 6) ==
        std::vector<std::string>{"name", "type", "flops", "memory", "arithmetic_intensity", "bottleneck"});
}

TEST_CASE("one model is one object with everything there is to say") {
  const auto tiny = sample();
  const auto doc = written(run_of({tiny->model}));
  CHECK(doc["schema"] == "alidade.result/1");
  CHECK(doc["total_flops"] == 240'512);
  CHECK(doc["total_counted_upper"] == 245'512);
  CHECK(doc["total_memory"] == 5 * 1500 + 2 * 400);
  CHECK(doc["totals"]["ops"] == 5);
  CHECK(doc["totals"]["opaque_ops"] == 1);
  CHECK(doc["totals"]["params"] == 108 + 2560 + 10);
  REQUIRE(doc["layers"].size() == 6);
  const auto& conv = doc["layers"][0];
  CHECK(conv["name"] == "block.conv");
  CHECK(conv["type"] == "conv2d");
  CHECK(conv["shape"] == json({1, 4, 8, 8}));
  CHECK(conv["source"] == json({{"file", "net.py"}, {"line", 12}}));
  CHECK(conv["bottleneck"] == "compute-bound");
  CHECK(doc["layers"][4]["name"] == "fc/matmul");
  CHECK(doc["layers"][3]["arithmetic_intensity"].is_null());
  CHECK(doc["hardware"][0]["layer_time_s"].size() == 6);
  CHECK(doc["frontend"]["used"] == "onnx");
  CHECK(doc["frontend"]["tries"][0]["error"]["what"] == "not a zip file");
  CHECK(doc["warnings"][0]["node"] == "/block/Foo");
  CHECK(doc["analyses"]["cost"].is_object());
}

TEST_CASE("what is written fits the schema") {
  const auto tiny = sample(), other = sample();
  other->model.id = "other";
  CHECK(objections(written(run_of({tiny->model}))) == "");
  CHECK(objections(written(run_of({tiny->model, failed_model(), other->model}))) == "");
  CHECK(objections(written(run_of({failed_model()}))) == "");
  CHECK(objections(written(run_of({}))) == "");
  const ResultSet none;
  tiny->model.results = &none;
  CHECK(objections(written(run_of({tiny->model}))) == "");
}

TEST_CASE("what the program writes fits the schema") {
  const auto model = std::string(ALIDADE_SOURCE_DIR) + "/models/resnet18.onnx";
  const auto ran = run_program(ALIDADE_BIN, {"profile", model, "--format", "json"});
  REQUIRE(ran.code == 0);
  const auto doc = json::parse(ran.out);
  CHECK(objections(doc) == "");
  std::uint64_t flops = 0, params = 0, memory = 0;
  for (const auto& layer : doc["layers"]) {
    flops += layer["flops"].get<std::uint64_t>();
    params += layer["params"].get<std::uint64_t>();
    memory += layer["memory"].get<std::uint64_t>();
  }
  CHECK(doc["total_flops"] == flops);
  CHECK(doc["totals"]["params"] == params);
  CHECK(doc["total_memory"] == memory);
}

TEST_CASE("the schema has each word that is written, and no other") {
  const auto words = [](const std::string& pointer) {
    const auto schema =
        json::parse(read_text(std::string(ALIDADE_SOURCE_DIR) + "/schema/result.schema.json"));
    std::set<std::string> out;
    for (const auto& word : schema.at(json::json_pointer("/definitions/" + pointer)))
      if (word.is_string()) out.insert(word);
    return out;
  };
  const auto names = [](auto last, std::set<std::string> out = {}) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
      out.emplace(name(static_cast<decltype(last)>(i)));
    return out;
  };
  CHECK(words("warning/properties/severity/enum") == names(Severity::failure));
  CHECK(words("layer/properties/certainty/enum") == names(Certainty::unknown));
  CHECK(words("hardware/properties/layer_bound/items/enum") == names(Bound::launch, {"none", "unknown"}));
  CHECK(words("analysed/properties/convention/enum") == names(kConventions.back()));
  std::set<std::string> faults;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Fault::internal); ++i) {
    auto model = failed_model();
    model.error->fault = static_cast<Fault>(i);
    faults.insert(written(run_of({model}))["error"]["fault"]);
  }
  CHECK(words("error/properties/fault/enum") == faults);
}

TEST_CASE("a test that does not hold fits the schema") {
  const ScratchFolder folder;
  write_text(folder / "m.toml", "[[model]]\npath = \"" + std::string(ALIDADE_SOURCE_DIR) +
                                    "/models/resnet18.onnx\"\n[[test]]\nthat = \"macs < 1\"\n[[report]]\n"
                                    "use = \"json\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "m.toml"});
  CHECK(ran.code == 1);
  const auto doc = json::parse(ran.out);
  CHECK(doc["warnings"].back()["severity"] == "failure");
  CHECK(objections(doc) == "");
}

TEST_CASE("the schema objects to what is not written") {
  const auto tiny = sample();
  auto doc = written(run_of({tiny->model}));
  for (const auto* key : {"model", "total_flops", "layers", "schema", "totals", "warnings"}) {
    auto without = doc;
    without.erase(key);
    CHECK(objections(without) != "");
  }
  auto more = doc;
  more["layers"][0]["extra"] = 1;
  CHECK(objections(more) != "");
  auto wrong = doc;
  wrong["total_flops"] = "many";
  CHECK(objections(wrong) != "");
}

TEST_CASE("counts above 2^53 are exact") {
  const std::uint64_t scale = (std::uint64_t{1} << 43) + 1;
  const auto big = sample(kTiny, scale);
  const auto doc = written(run_of({big->model}));
  CHECK(doc["layers"][0]["flops"].get<std::uint64_t>() == 120'000 * scale);
  CHECK(doc["total_flops"].get<std::uint64_t>() == 240'512 * scale);
}

TEST_CASE("what is not finite is null") {
  const auto tiny = sample();
  auto endless = *tiny->results.get<Estimate>();
  endless.latency = Seconds(std::numeric_limits<double>::infinity());
  tiny->results.add(AnyResult(std::move(endless), "endless"));
  const auto doc = written(run_of({tiny->model}));
  CHECK(doc["hardware"][1]["time_s"].is_null());
  CHECK(objections(doc) == "");
}

TEST_CASE("a document is the same twice and on one line") {
  const auto tiny = sample();
  const auto run = run_of({tiny->model});
  CHECK(report("json", run) == report("json", run));
  const auto line = report("json", run, {{"indent", std::int64_t{0}}});
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(json::parse(line) == written(run));
}

TEST_CASE("hostile names come back as they were") {
  const auto tiny = sample();
  const std::string names[] = {"</script><img onerror=x>", "=cmd()", "a\"b,c\r\nd\te\\", "\x1b]52;c;x\x07"};
  for (const auto& name : names) {
    tiny->model.id = name;
    const auto text = report("json", run_of({tiny->model}));
    CHECK(json::parse(text)["model"] == name);
    CHECK(text.find("</script") == std::string::npos);
  }
  tiny->model.id = "\xff\xfe";
  CHECK(written(run_of({tiny->model}))["model"] == "\ufffd\ufffd");
}
