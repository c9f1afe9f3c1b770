#include <memory>

#include "cli/command_line/options.hpp"
#include "cli/install/new_pipeline.hpp"
#include "cli/install/new_plugin.hpp"
#include "cli/install/plugins.hpp"
#include "cli/verbs.hpp"
#include "host/config/config.hpp"

// The verbs about pipelines, and about what carries them out: what they take.

namespace alidade::cli {
namespace {

void add_config_options(CLI::App* sub, ConfigArgs& args) {
  sub->add_option("CONFIG", args.files, "Pipeline files, left to right; - is standard input")->required();
  add_repeated(sub, "--set", args.sets, "Override a value: analysis.cost.convention=macs");
  add_trust(sub, args.sets);
  add_plugin_path(sub, args.plugin_path);
}

}  // namespace

void add_run(Verbs& verbs) {
  const auto args = std::make_shared<ConfigArgs>();
  auto* sub = verbs.add("run", "Carry a pipeline out", [args] { return verb_run(*args); });
  add_config_options(sub, *args);
  sub->add_option("-j,--threads", args->threads, "Threads; the reports are the same at any number")
      ->check(CLI::Range(std::int64_t{0}, host::kMostThreads));
  add_reproducer(sub, args->reproducer);
}

void add_init(Verbs& verbs) {
  const auto args = std::make_shared<NewPipelineArgs>();
  auto* sub = verbs.add("init", "Write a pipeline file to begin with", [args] { return verb_init(*args); });
  sub->add_option("MODEL", args->model, "A file, a pattern, a source, or a name from 'alidade models'")
      ->capture_default_str();
  sub->add_option("--template", args->name, "What it is for: count, estimate, gate, place or sweep")
      ->capture_default_str();
  add_output(sub, args->output);
}

void add_config_verbs(Verbs& verbs) {
  const auto args = std::make_shared<ConfigArgs>();
  auto* validate = verbs.add("validate", "Check a pipeline without opening a model",
                             [args] { return verb_validate(*args); });
  auto* plan =
      verbs.add("plan", "Show what a run would do; writes nothing", [args] { return verb_plan(*args); });
  auto* config = verbs.add("config", "Print the pipeline after includes, environment and flags",
                           [args] { return verb_config(*args); });
  for (auto* sub : {validate, plan, config}) {
    add_config_options(sub, *args);
    sub->add_flag("--json", args->json, "Print as JSON");
  }
  config->add_flag("--effective")->description("The values in force, which is all that it prints");
  config->add_flag("--with-origin", args->with_origin, "Say where each value was set");
  const auto what = std::make_shared<std::string>("pipeline");
  auto* schema = verbs.add("schema", "Print a JSON Schema", [what] { return verb_schema(*what); });
  schema->add_option("WHAT", *what, "pipeline, result, training or serving")
      ->capture_default_str()
      ->check(CLI::IsMember({"pipeline", "result", "training", "serving"}));
}

void add_render(Verbs& verbs) {
  const auto args = std::make_shared<RenderArgs>();
  auto* sub = verbs.add(
      "render", "Make a page for a browser of a result, or of a sweep's store, that was written before",
      [args] { return verb_render(*args); });
  sub->add_option("RESULT", args->result,
                  "A result that 'profile --format json' has written, or a store of 'sweep'")
      ->required();
  sub->add_flag("--summary", args->summary,
                "Sums by module and type in place of operators, as for what is too large for a browser");
  add_output(sub, args->output);
}

void add_plugins(Verbs& verbs) {
  const auto args = std::make_shared<PluginsArgs>();
  using Verb = PluginsArgs::Verb;
  auto& group = verbs.add_group("plugins", "List, describe and check plugins");
  const auto add = [&](const std::string& name, const std::string& doc, Verb which) {
    auto* leaf =
        verbs.add_below(group, name, doc, [args, which] { return args->verb = which, verb_plugins(*args); });
    add_plugin_path(leaf, args->folders);
    return leaf;
  };
  auto* list = add("list", "Every component of every library found, each looked at in a process of its own",
                   Verb::list);
  list->add_option("--kind", args->kind, "frontend, analysis, hardware, placer, report or operator");
  auto* describe =
      add("describe", "A component's options, with types, defaults, ranges and units", Verb::describe);
  describe->add_option("NAME", args->target, "Component or library")->required();
  auto* check = add("check", "Conformance tests on a library", Verb::check);
  check->add_option("FILE", args->target, "A .so")->required();
  auto* path = add("path", "The folders that are searched, in order", Verb::path);
  for (auto* leaf : {list, describe, check, path}) leaf->add_flag("--json", args->json, "Print as JSON");
  const auto begun = std::make_shared<NewPluginArgs>();
  auto* begin =
      verbs.add_below(group, "new", "Write a project of one's own plugin, with a test, to begin with",
                      [begun] { return verb_new_plugin(*begun); });
  begin->add_option("NAME", begun->name, "The library's and the component's name: acme_npu")->required();
  begin->add_option("--kind", begun->kind, "hardware, analysis, frontend, report or placer")->required();
  begin->add_option("-o,--output", begun->folder,
                    "The folder to make; its name is the plugin's unless given");
}

}  // namespace alidade::cli
