#include <fmt/format.h>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/opened_models.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/run/failures.hpp"

namespace alidade::cli {
namespace {

using text::printable;

std::string frontends_of(const OpenedFacts& facts) {
  std::vector<std::string> names;
  for (const auto& frontend : facts.step->frontends)
    names.push_back(frontend.id + (frontend.worker ? " (worker)" : ""));
  const auto tried = text::join(names, ", ");
  if (facts.error) return tried + ": none reads it";
  return names.size() == 1 ? tried : fmt::format("{}, of {}", facts.frontend, tried);
}

void write_model(Sink& out, const OpenedFacts& facts) {
  out.write(fmt::format("  {}  {}\n    frontend  {}\n", facts.step->id, printable(facts.step->shown),
                        frontends_of(facts)));
  if (facts.error) return;
  for (const auto& [name, type] : facts.inputs)
    out.write(fmt::format("    input     {}  {}\n", printable(name), type));
  if (!facts.symbols.empty())
    out.write(fmt::format("    unbound   {}  (set them with [bind] or --set bind.NAME=8)\n",
                          printable(text::join(facts.symbols, ", "))));
  out.write(fmt::format("    operators {}, {} of them opaque\n    shapes    {} of {} tensors known\n",
                        facts.nodes, facts.opaque, facts.shaped, facts.tensors));
  for (const auto& warning : facts.warnings) out.write("    warning   " + printable(warning) + "\n");
}

std::string line_of(const host::Step& step) {
  const auto& component = step.loaded->info.name;
  return step.id + (step.id == component ? std::string{} : "  " + component) +
         (step.added ? "  (added: " + step.why + ")" : "");
}

std::vector<std::string> targets_of(const host::Plan& plan, const host::PlacementStep& step) {
  std::vector<std::string> out;
  for (const auto target : step.targets) out.push_back(plan.hardware[target].id);
  return out;
}

void write_text(Sink& out, const host::Plan& plan, const std::vector<OpenedFacts>& models) {
  out.write("models\n");
  for (const auto& model : models) write_model(out, model);
  if (!plan.operators.empty()) out.write("operators\n");
  for (const auto& step : plan.operators) out.write("  " + line_of(step) + "\n");
  if (!plan.waves.empty()) out.write("analyses\n");
  for (std::size_t i = 0; i < plan.waves.size(); ++i)
    for (const auto& step : plan.waves[i]) out.write(fmt::format("  {}. {}\n", i + 1, line_of(step)));
  if (!plan.hardware.empty()) out.write("hardware\n");
  for (const auto& step : plan.hardware) out.write("  " + line_of(step) + "\n");
  if (!plan.placements.empty()) out.write("placements\n");
  for (const auto& step : plan.placements)
    out.write(fmt::format("  {}  on {}\n", line_of(step), text::join(targets_of(plan, step), ", ")));
  out.write("reports\n");
  for (const auto& step : plan.reports)
    out.write(fmt::format("  {}  to {}\n", line_of(step),
                          step.path == "-" ? "standard output" : printable(step.path)));
}

template <class F>
void array(ObjectWriter& t, std::string_view key, F fill) {
  t.begin_array(key);
  fill();
  t.end_array();
}

void write_facts(ObjectWriter& t, const OpenedFacts& facts) {
  t.begin_object();
  t.text("id", facts.step->id);
  t.text("path", facts.step->shown);
  array(t, "frontends", [&] {
    for (const auto& frontend : facts.step->frontends) t.text({}, frontend.id);
  });
  if (facts.error) {
    t.text("error", facts.error->what);
    return t.end_object();
  }
  t.text("frontend", facts.frontend);
  t.begin_object("inputs");
  for (const auto& [name, type] : facts.inputs) t.text(name, type);
  t.end_object();
  array(t, "unbound", [&] {
    for (const auto& symbol : facts.symbols) t.text({}, symbol);
  });
  t.count("operators", facts.nodes), t.count("opaque", facts.opaque);
  t.count("tensors", facts.tensors), t.count("shaped", facts.shaped);
  array(t, "warnings", [&] {
    for (const auto& warning : facts.warnings) t.text({}, warning);
  });
  t.end_object();
}

void write_step(ObjectWriter& t, const host::Step& step, const std::string* path = nullptr) {
  t.begin_object();
  t.text("id", step.id), t.text("use", step.loaded->info.name);
  if (step.added) t.text("added", step.why);
  if (path) t.text("path", *path);
  t.end_object();
}

void write_json(Sink& out, const host::Plan& plan, const std::vector<OpenedFacts>& models) {
  JsonWriter t(out);
  t.begin_object();
  array(t, "models", [&] {
    for (const auto& model : models) write_facts(t, model);
  });
  array(t, "waves", [&] {
    for (const auto& wave : plan.waves)
      array(t, {}, [&] {
        for (const auto& step : wave) write_step(t, step);
      });
  });
  array(t, "operators", [&] {
    for (const auto& step : plan.operators) write_step(t, step);
  });
  array(t, "hardware", [&] {
    for (const auto& step : plan.hardware) write_step(t, step);
  });
  array(t, "placements", [&] {
    for (const auto& step : plan.placements) write_step(t, step);
  });
  array(t, "reports", [&] {
    for (const auto& step : plan.reports) write_step(t, step, &step.path);
  });
  t.end_object();
}

int exit_code_of(const std::vector<OpenedFacts>& models) {
  host::Failures failures;
  for (const auto& model : models) {
    if (!model.error)
      failures.succeeded();
    else
      say(*model.error), failures.failed(host::exit_code(model.error->fault));
  }
  return failures.code();
}

}  // namespace

int verb_plan(const ConfigArgs& args) {
  const auto pipeline = read_pipeline(args);
  if (pipeline.exit_code() != 0) return write_mistakes(pipeline, args.json);
  host::SharedBindings bindings;
  const auto models = open_all(pipeline.outcome.plan, bindings);
  ResultOut out;
  if (args.json)
    write_json(out, pipeline.outcome.plan, models);
  else
    write_text(out, pipeline.outcome.plan, models);
  const int written = out.finish();
  const int code = exit_code_of(models);
  const auto unused = bindings.errors();
  for (const auto& error : unused) say(error);
  if (written != host::kDone) return written;
  return unused.empty() ? code : host::kBadConfig;
}

}  // namespace alidade::cli
