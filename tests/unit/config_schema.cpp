#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "host/config/schema.hpp"

using namespace alidade;
using nlohmann::json;

namespace {

json schema_of(const std::vector<ComponentInfo>& components) {
  StringSink out;
  host::write_pipeline_schema(components, out);
  return json::parse(out.str());
}

ComponentInfo roofline() {
  ComponentInfo info;
  info.kind = ComponentKind::hardware;
  info.name = "gpu.kernels";
  info.doc = "one GPU";
  info.options = {{"peak", "dense peak", "TFLOP/s", 60.0, 0.0, 100.0, true, {}, {}},
                  {"mode", "how", {}, std::string("a"), {}, {}, false, {"a", "b"}, {}},
                  {"steps", "a ladder", {}, std::vector<std::int64_t>{}, 1.0, {}, false, {}, {}}};
  return info;
}

}  // namespace

TEST_CASE("the schema of the pipeline file is draft 7 and closed") {
  const auto schema = schema_of({});
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["additionalProperties"] == false);
  const auto& properties = schema["properties"];
  CHECK(
      properties["threads"] ==
      json::parse(
          R"({"description": "how many; 0: as many as the machine has", "type": "integer", "minimum": 0, "maximum": 4096})"));
  CHECK(properties["limits"]["properties"]["wall_s"]["minimum"] == 1);
  CHECK(properties["model"]["items"]["required"] == json::array({"path"}));
  CHECK(properties["model"]["items"]["properties"]["inputs"]["additionalProperties"] ==
        json::parse(
            R"({"anyOf": [{"type": "array", "items": {"type": "integer", "minimum": 0}},
                          {"type": "string", "pattern": "^((-1|[0-9]+)(,(-1|[0-9]+))*(:.+)?|:.+)$"}]})"));
  CHECK(properties["family"]["items"]["required"] == json::array({"match", "frontend"}));
  for (const auto* key :
       {"schema", "include", "name", "plugin_path", "bind", "frontend", "analysis", "hardware", "report"})
    CHECK(properties.contains(key));
}

TEST_CASE("the schema holds the options of each component, with range, unit and choices") {
  const auto schema = schema_of({roofline()});
  const auto& entry = schema["properties"]["hardware"]["items"]["oneOf"][0];
  CHECK(entry["properties"]["use"]["const"] == "gpu.kernels");
  CHECK(entry["additionalProperties"] == false);
  CHECK(
      entry["properties"]["peak"] ==
      json::parse(
          R"json({"description": "dense peak (TFLOP/s)", "default": 60, "type": "number", "exclusiveMinimum": 0, "maximum": 100})json"));
  CHECK(entry["properties"]["mode"]["enum"] == json::array({"a", "b"}));
  CHECK(entry["properties"]["steps"]["items"] == json::parse(R"({"type": "integer", "minimum": 1})"));
  CHECK(schema["properties"]["analysis"]["items"]["required"] == json::array({"use"}));
  CHECK_FALSE(schema["properties"]["analysis"]["items"].contains("oneOf"));
}
