#include "host/query/result_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "alidade/base/file.hpp"
#include "host/config/config.hpp"
#include "host/query/document_check.hpp"
#include "host/query/older_document.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;

/// What the json report writes, as it is installed.
Result<Json> result_schema() {
  const auto path = share_folder() + "/schema/result.schema.json";
  const auto file = FileBytes::open(path);
  if (!file) return std::unexpected(file.error());
  auto schema = Json::parse(file->view(), nullptr, false);
  if (schema.is_object() && schema.contains("definitions")) return schema;
  return fail(Fault::internal, "the schema of results is damaged", path, "install the program anew");
}

}  // namespace

Result<Json> read_result(std::string_view text, const std::string& path, Versions versions) {
  auto document = Json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object() ||
      document.value("schema", Json()) != "alidade.result/1")
    return fail(Fault::config,
                "this is no result of Alidade: expected JSON with \"schema\": \"alidade.result/1\"", path,
                "write one with --format json, or give a model");
  const auto schema = result_schema();
  if (!schema) return std::unexpected(schema.error());
  if (const auto found = impossible(document, *schema, versions))
    return fail(Fault::config, "this result says what cannot be: " + *found, path,
                "write it anew with --format json; its figures are not to be edited");
  if (const auto models = document.find("models"); models != document.end())
    std::ranges::for_each(*models, mark_older_document);
  else
    mark_older_document(document);
  return document;
}

std::vector<const Json*> models_of(const Json& document) {
  std::vector<const Json*> out;
  if (const auto models = document.find("models"); models != document.end())
    for (const auto& model : *models) out.push_back(&model);
  else
    out.push_back(&document);
  return out;
}

}  // namespace alidade::host::query
