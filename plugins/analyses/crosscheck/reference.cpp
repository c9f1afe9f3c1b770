#include "reference.hpp"

#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"

namespace alidade::crosscheck {
namespace {

using nlohmann::json;

std::unexpected<Error> wrong(std::string what, const std::string& where) {
  return fail(Fault::config, std::move(what), where, "docs/counting.md shows what a reference looks like");
}

std::map<std::string, std::uint64_t> counts(const json& reference, const char* key) {
  std::map<std::string, std::uint64_t> all;
  if (const auto found = reference.find(key); found != reference.end())
    for (const auto& [name, count] : found->items()) all[name] = count.get<std::uint64_t>();
  return all;
}

Result<Reference> one(const json& from, const std::string& where) {
  Reference reference;
  reference.tool = from.at("tool").get<std::string>();
  const auto convention = convention_named(reference.tool);
  if (convention != Convention::fvcore && convention != Convention::torch && convention != Convention::xla)
    return wrong("a reference is of the tool " + text::quoted(reference.tool) +
                     ", and fvcore, torch and xla are known",
                 where);
  reference.convention = *convention;
  reference.version = from.value("version", "");
  reference.total = from.at("total").get<std::uint64_t>();
  if (const auto found = from.find("compiled"); found != from.end())
    reference.compiled = found->get<std::uint64_t>();
  reference.simplified = from.value("simplified", std::uint64_t{0});
  reference.by_operator = counts(from, "by_operator");
  reference.by_module = counts(from, "by_module");
  if (!reference.by_module.empty()) reference.by_module.try_emplace("", reference.total);
  reference.unsupported = counts(from, "unsupported");
  return reference;
}

/// The references of this model as a list, whichever way they are written.
json about(json text, std::string_view model) {
  if (text.is_object())
    if (const auto models = text.find("models"); models != text.end())
      text = json(models->value(std::string(model), json::array()));
  if (!text.is_object() || text.contains("tool"))
    return text.is_array() ? text : json::array({std::move(text)});
  return text.value("references", json::array());
}

}  // namespace

Result<std::vector<Reference>> read_references(std::string_view text, std::string_view model,
                                               const std::string& where) {
  std::vector<Reference> references;
  try {
    for (const auto& entry : about(json::parse(text), model)) {
      auto reference = one(entry, where);
      if (!reference) return std::unexpected(std::move(reference).error());
      references.push_back(std::move(*reference));
    }
  } catch (const json::exception& e) {
    return wrong("the references cannot be read: " + text::printable(e.what()), where);
  }
  return references;
}

}  // namespace alidade::crosscheck
