#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "scratch_folder.hpp"

namespace alidade::tests {

/// What schema/NAME.schema.json objects to in a document, or nothing.
inline std::string schema_objections(const std::string& name, const nlohmann::json& document) {
  const auto text =
      nlohmann::json::parse(read_text(std::string(ALIDADE_SOURCE_DIR) + "/schema/" + name + ".schema.json"));
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::ValidationResults results;
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  std::string out;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) return out;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& part : error.context) out += part;
    out += ": " + error.description + "\n";
  }
  return out;
}

}  // namespace alidade::tests
