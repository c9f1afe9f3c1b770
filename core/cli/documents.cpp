#include "documents.hpp"

#include <nlohmann/json.hpp>

#include "alidade/base/file.hpp"
#include "host/run/exit_code.hpp"
#include "host/query/result_document.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/run.hpp"
#include "one_model.hpp"
#include "pipeline.hpp"
#include "talk.hpp"

namespace alidade::cli {
namespace {

using nlohmann::ordered_json;

Result<ordered_json> read_document(const std::string& path) {
  const auto bytes = FileBytes::open(path);
  if (!bytes) return std::unexpected(bytes.error());
  return host::query::read_result(bytes->view(), path);
}

/// Reads the model and runs the analyses; the exit code is that of the run.
Result<ordered_json> make_document(const ModelArgs& args, const std::vector<std::string>& analyses,
                                   int& exit_code) {
  std::vector<host::Mistake> mistakes;
  auto config = config_of(args, mistakes);
  for (const auto& name : analyses) {
    host::Use use;
    use.use = use.id = from_flag(name, "MODEL");
    config.analyses.push_back(std::move(use));
  }
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty()) return exit_code = tell_mistakes(pipeline, false), ordered_json();
  const auto json = pipeline.plugins->find("json");
  if (!json) return std::unexpected(json.error());
  Result<ordered_json> document;
  const auto outcome = host::carry_out(
      pipeline.outcome.plan, [&](const Run& run) { document = host::query::document_of(run, **json); });
  for (const auto& error : outcome.errors) say(error);
  exit_code = outcome.exit_code;
  return document;
}

void add(Documents& to, const Result<ordered_json>& document) {
  if (!document) {
    say(document.error());
    to.exit_code = host::exit_code(document.error().fault);
  } else if (!document->is_null()) {
    for (const auto* model : host::query::models_of(*document)) to.models.push_back(*model);
  }
}

}  // namespace

Documents documents_of(const ModelArgs& args, const std::vector<std::string>& analyses) {
  Documents out;
  for (const auto& word : args.models) {
    if (word.ends_with(".json")) {
      add(out, read_document(word));
      continue;
    }
    auto one = args;
    one.models = {word};
    int exit_code = 0;
    add(out, make_document(one, analyses, exit_code));
    if (exit_code != 0) out.exit_code = exit_code;
  }
  return out;
}

}  // namespace alidade::cli
