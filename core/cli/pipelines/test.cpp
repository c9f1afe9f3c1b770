#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/results/sarif.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

bool is_test(const Diagnostic& d) { return d.code == "test"; }
bool failed(const Diagnostic& d) { return is_test(d) && d.severity == Severity::failure; }

/// "resnet18: 12 of 12 tests hold", and a line for each test.
void write_model(const ModelRun& model, bool failures_only, Sink& out) {
  const auto tests = std::ranges::count_if(model.warnings, is_test);
  const auto failures = std::ranges::count_if(model.warnings, failed);
  out.write(text::printable(model.id) + ": " + std::to_string(tests - failures) + " of " +
            std::to_string(tests) + " tests hold\n");
  for (const auto& d : model.warnings)
    if (is_test(d) && (failed(d) || !failures_only))
      out.write((failed(d) ? "  FAIL  " : "  ok    ") + text::visible(d.text.substr(d.text.find(": ") + 2)) +
                "\n");
}

/// The test that a failure is of: the longest that it begins with.
std::string rule_of(const Diagnostic& d, const std::vector<host::TestStep>& tests) {
  const std::string_view said = std::string_view(d.text).substr(d.text.find(": ") + 2);
  std::string rule;
  for (const auto& test : tests)
    if (said.starts_with(test.written) && test.written.size() > rule.size()) rule = test.written;
  return rule;
}

Result<void> write_findings(const TestArgs& args, const host::Plan& plan, const Run& run) {
  if (args.sarif.empty()) return {};
  std::vector<Finding> findings;
  for (const auto& model : run.models)
    for (const auto& d : model.warnings)
      if (failed(d)) findings.push_back({rule_of(d, plan.tests), model.id + ": " + d.text, model.path});
  return write_output(args.sarif, args.models, [&](Sink& out) { write_sarif(findings, out); });
}

}  // namespace

int verb_test(const TestArgs& args) {
  auto with_tests = args;
  if (with_tests.files.empty())
    with_tests.files.push_back(host::share_folder() + "/config/tests/networks.toml");
  std::vector<host::Mistake> mistakes;
  auto config = config_of(with_tests, mistakes);
  if (config.complete && config.tests.empty()) {
    mistakes.push_back({{with_tests.files.back()},
                        "there is no [[test]]: nothing would be checked",
                        "add [[test]] with that = \"params < 100M\""});
    config.complete = false;  // so that nothing else is missed
  }
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty())
    return reproduced(args.reproducer, pipeline, {}, write_mistakes(pipeline, false));
  ResultOut out;
  Result<void> found;
  const auto outcome = carried_out(pipeline.outcome.plan, [&](const Run& run) {
    for (const auto& model : run.models)
      if (!model.error) write_model(model, args.failures_only, out);
    found = write_findings(args, pipeline.outcome.plan, run);
  });
  for (const auto& error : outcome.errors) say(error);
  if (!found) say(found.error());
  const int written = found ? out.finish() : host::exit_code(found.error().fault);
  return written ? written : reproduced(args.reproducer, pipeline, outcome.errors, outcome.exit_code);
}

}  // namespace alidade::cli
