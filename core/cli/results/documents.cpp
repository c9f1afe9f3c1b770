#include "cli/results/documents.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/query/result_document.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

using nlohmann::ordered_json;

Result<std::vector<ordered_json>> read_documents(const std::string& path, host::query::Versions versions) {
  const auto bytes = FileBytes::open(path);
  if (!bytes) return std::unexpected(bytes.error());
  const auto document = host::query::read_result(bytes->view(), path, versions);
  if (!document) return std::unexpected(document.error());
  std::vector<ordered_json> models;
  for (const auto* model : host::query::models_of(*document)) {
    models.push_back(*model);
    models.back()["program"] = document->value("program", "an older version");  // said once for all of them
  }
  return models;
}

/// What making documents of models found out, to be told when all are made.
struct Findings {
  host::SharedBindings bindings;
  std::vector<Error> errors;
  std::vector<Diagnostic> unused;  ///< of bindings that one model has no symbol for
  int exit_code = host::kDone;

  void add(const host::RunOutcome& outcome) {
    errors.insert(errors.end(), outcome.errors.begin(), outcome.errors.end());
    std::ranges::copy_if(outcome.warnings, std::back_inserter(unused),
                         [](const Diagnostic& d) { return d.code == "unused-binding"; });
    if (outcome.exit_code != host::kDone) exit_code = outcome.exit_code;
  }
  /// What is wrong; bindings that change nothing come before what follows from them.
  void tell() {
    if (auto mistakes = bindings.errors(); !mistakes.empty())
      errors = std::move(mistakes), exit_code = host::kBadConfig, unused.clear();
    for (const auto& error : errors) say(error);
    for (auto& one : unused) one.severity = Severity::warning, say(one);
  }
};

/// Reads the models and runs the analyses.
Result<std::vector<ordered_json>> make_documents(const ModelArgs& args,
                                                 const std::vector<std::string>& analyses,
                                                 Findings& findings) {
  std::vector<host::Mistake> mistakes;
  std::vector<host::Located<std::string>> uses;
  for (const auto& name : analyses) uses.push_back(from_flag(name, "MODEL"));
  auto config = config_of(args, mistakes, std::move(uses));
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty())
    return findings.exit_code = write_mistakes(pipeline, false), std::vector<ordered_json>();
  Result<std::vector<ordered_json>> documents;
  const auto look = [&](const Run& run) {
    for (const auto& model : run.models) {
      auto document = host::query::document_of(model);
      if (!document) return void(documents = std::unexpected(std::move(document).error()));
      (*document)["program"] = run.program;
      documents->push_back(std::move(*document));
    }
  };
  findings.add(carried_out(pipeline.outcome.plan, look, &findings.bindings));
  return documents;
}

void add(Documents& to, Result<std::vector<ordered_json>> models) {
  if (models) return void(std::ranges::move(*models, std::back_inserter(to.models)));
  say(models.error());
  to.exit_code = host::exit_code(models.error().fault);
}

bool is_result(const std::string& word) { return word.ends_with(".json"); }

/// The first flag that says how models are read or run; empty where there is none.
std::string_view flag_of_models(const ModelArgs& args) {
  const std::array<std::pair<bool, std::string_view>, 7> flags{{{!args.binds.empty(), "--bind"},
                                                                {!args.batches.empty(), "--batch"},
                                                                {!args.input_shapes.empty(), "--input-shape"},
                                                                {!args.on.empty(), "--on"},
                                                                {!args.dtype.empty(), "--dtype"},
                                                                {!args.convention.empty(), "--convention"},
                                                                {!args.frontend.empty(), "--frontend"}}};
  const auto given = std::ranges::find(flags, true, &std::pair<bool, std::string_view>::first);
  return given == flags.end() ? std::string_view() : given->second;
}

/// A result has its figures: a flag that changes nothing is an error.
std::optional<Error> useless_flag(const ModelArgs& args) {
  const auto flag = flag_of_models(args);
  if (flag.empty() || args.models.empty() || !std::ranges::all_of(args.models, is_result))
    return std::nullopt;
  return Error{Fault::config,
               std::string(flag) + " is for models, and " + text::quoted(args.models.front()) +
                   " is a result, which has its figures",
               std::string(flag), "leave it out, or name the model in place of its result"};
}

}  // namespace

Documents documents_of(const ModelArgs& args, const std::vector<std::string>& analyses,
                       host::query::Versions versions) {
  Documents out;
  Findings findings;
  if (const auto error = useless_flag(args)) {
    say(*error), out.exit_code = host::kBadConfig;
    return out;
  }
  for (const auto& word : args.models) {
    if (is_result(word)) {
      add(out, read_documents(word, versions));
      continue;
    }
    auto one = args;
    one.models = {word};
    add(out, make_documents(one, analyses, findings));
  }
  findings.tell();
  if (findings.exit_code != host::kDone) out.exit_code = findings.exit_code;
  if (!findings.bindings.errors().empty()) out.models.clear();
  return out;
}

}  // namespace alidade::cli
