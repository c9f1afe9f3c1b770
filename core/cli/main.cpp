#include <CLI/CLI.hpp>
#include <cstring>
#include <new>

#include "completion.hpp"
#include "help.hpp"
#include "host/child/crash.hpp"
#include "host/child/worker.hpp"
#include "host/config/config.hpp"
#include "host/plugins/probe.hpp"
#include "host/run/exit_code.hpp"
#include "messages.hpp"
#include "model_verbs.hpp"
#include "one_model.hpp"
#include "plugins.hpp"
#include "result_out.hpp"
#include "usage.hpp"
#include "verbs.hpp"

// Argument parsing only: every verb lives in a file of its own, and returns the exit code.

namespace {

using namespace alidade;
using namespace alidade::cli;

/// One line under the verbs: where to read on.
constexpr const char* kFooter =
    "Exit codes: 0 done, 1 a check failed, 2 command line or config, 3 model rejected, 4 plugin refused, 5 "
    "some of\n"
    "several failed, 6 output not written, 7 a limit was hit, 70 a bug of ours, 129/130/143 interrupted.";

class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.footer(kFooter);
    app_.add_flag("-v,--verbose-log", verbosity_, "Say notes, too, on standard error");
    app_.add_flag("-q,--quiet", quiet_, "Say errors only");
    app_.set_version_flag("--version", ALIDADE_VERSION, "Print the version");
    add_run(), add_profile(), add_estimate(), add_place(), add_crosscheck(), add_explain(), add_inspect(),
        add_query(), add_test(), add_compare(), add_render();
    add_config_verbs(), add_plugins(), add_hardware(), add_small(), add_guides();
    add_examples(app_);
  }

  int parse_and_run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return print(app_.help());
    } catch (const CLI::CallForAllHelp&) {
      return print(app_.help("", CLI::AppFormatMode::All));
    } catch (const CLI::CallForVersion&) {
      return set_up_messages(0), verb_version(false);
    } catch (const CLI::ParseError& e) {
      return usage_error(e);
    }
    set_up_messages(quiet_ ? -1 : static_cast<int>(verbosity_));
    return verb_();
  }

 private:
  static int print(const std::string& page) {
    set_up_messages(0);
    ResultOut out;
    out.write(page);
    return out.finish();
  }
  int usage_error(const CLI::ParseError& e) const {
    set_up_messages(0);
    for (const auto& error : usage_errors(app_, e)) say(error);
    return host::kBadConfig;
  }
  CLI::App* verb(const std::string& name, const std::string& doc, std::function<int()> action) {
    CLI::App* sub = app_.add_subcommand(name, doc);
    sub->callback([this, action = std::move(action)] { verb_ = action; });
    return sub;
  }

  /// An option that may be given several times, one value each: what stands behind the value is not its own.
  static void add_repeated(CLI::App* sub, const std::string& name, std::vector<std::string>& values,
                           const std::string& doc) {
    sub->add_option(name, values, doc)->allow_extra_args(false);
  }

  void add_run() {
    auto* sub = verb("run", "Carry a pipeline out", [this] { return verb_run(config_); });
    add_config_options(sub, config_);
    sub->add_option("-j,--threads", config_.threads, "Threads; the reports are the same at any number")
        ->check(CLI::Range(std::int64_t{0}, host::kMostThreads));
  }
  static void add_model_options(CLI::App* sub, ModelArgs& args) {
    sub->add_option(
           "MODEL", args.models,
           "Model files, names from 'alidade models', sources (torchvision:resnet50, hf:bert-base-uncased,\n"
           "net.py:Net), or - for standard input")
        ->required();
    sub->add_option("--frontend", args.frontend, "Read with this frontend instead of by file type");
    add_repeated(sub, "--bind", args.binds, "Values of symbolic dimensions: batch=8,seq=384; '\"a,b\"=4'");
    add_repeated(sub, "--input-shape", args.input_shapes,
                 "1,3,224,224 for the first input, NAME=1,128:int64 by name");
    sub->add_option("--batch", args.batches, "Another batch: the first size of the inputs; several: 1,8,64")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    add_repeated(sub, "--set", args.sets, "Override a pipeline value: limits.wall_s=60");
    add_repeated(sub, "--plugin-path", args.plugin_path, "A folder of plugins, before the install's own");
  }
  static void add_target_options(CLI::App* sub, ModelArgs& args) {
    sub->add_option("--on", args.on, "Devices to estimate on: h100_sxm,l4; see 'alidade hardware list'")
        ->delimiter(',')
        ->allow_extra_args(false);
    sub->add_option("--dtype", args.dtype, "The numbers that the models run in there: bf16, amp_f16, f8, w4");
  }
  static void add_convention(CLI::App* sub, ModelArgs& args, const std::string& doc) {
    sub->add_option("--convention", args.convention, doc)->default_str("flops");
  }
  void add_profile() {
    auto* sub =
        verb("profile", "Count one model's work and print it", [this] { return verb_profile(profile_); });
    add_model_options(sub, profile_);
    add_target_options(sub, profile_);
    add_convention(sub, profile_, "flops, macs, fvcore or torch");
    sub->add_option("--format", profile_.format,
                    "table, brief, json, csv, or any other report; else by the output's name (x.json, "
                    "x.html, x.dot, x.md)");
    sub->add_option("-o,--output", profile_.output, "File to write; - is standard output")
        ->capture_default_str();
    add_repeated(sub, "--with", profile_.with,
                 "Run this analysis, too: fusion, concurrency, memory, parallelism");
    sub->add_option("--top", profile_.top, "Layers to list");
    sub->add_flag("--showshape", profile_.show_shape, "Show the shape of every layer's result");
    sub->add_flag("--fold", profile_.fold, "Show repeated blocks of the module tree once");
    sub->add_flag("--verbose", profile_.verbose, "List every layer");
  }
  void add_crosscheck() {
    auto* sub = verb("crosscheck", "Compare our counts with another tool's, and say why they differ",
                     [this] { return verb_crosscheck(crosscheck_); });
    add_model_options(sub, crosscheck_);
    add_repeated(sub, "--tool", crosscheck_.tools,
                 "fvcore or torch: whom to ask about a source; fvcore by default");
    sub->add_option("--references", crosscheck_.references, "A JSON file with the other tools' counts");
    sub->add_option("--tolerance", crosscheck_.tolerance, "How much may differ without a cause, 0 to 1")
        ->capture_default_str();
    sub->add_option("--format", crosscheck_.format, "table or json; else by the output's name (x.json)");
    sub->add_option("-o,--output", crosscheck_.output, "File to write; - is standard output")
        ->capture_default_str();
  }
  void add_estimate() {
    auto* sub = verb("estimate", "What models take on devices: time, energy, memory, and what bounds it",
                     [this] { return verb_estimate(estimate_); });
    add_model_options(sub, estimate_);
    add_target_options(sub, estimate_);
    sub->get_option("--on")->required();
    sub->add_option("--format", estimate_.format, "text, json or csv; else by the output's name (x.json)")
        ->check(CLI::IsMember({"text", "json", "csv"}));
    sub->add_option("-o,--output", estimate_.output, "File to write; - is standard output")
        ->capture_default_str();
    sub->add_option("--top", estimate_.top, "Kernels to list for each device")->capture_default_str();
    sub->add_option("--measured", estimate_.measured,
                    "A CSV of times by operator (alidade-capture measure) to show beside the estimates");
  }
  /// What is wanted, and what stands beside it.
  void add_placement_options(CLI::App* sub) {
    add_model_options(sub, place_);
    sub->add_option("--target", place_.target,
                    "What is wanted: a support file's name (neuron), or a device of 'alidade hardware list'")
        ->required();
    sub->add_option("--device", place_.device, "The device whose figures the target has");
    sub->add_option("--beside", place_.beside, "The processor that runs the rest");
    sub->add_option("--support", place_.support, "Another file of rules: what the target runs");
    sub->add_option("--dtype", place_.dtype,
                    "The numbers that the models run in there: bf16, amp_f16, f8, w4");
    add_repeated(sub, "--allow", place_.allow, "An operator that the target takes, whatever its rules say");
    add_repeated(sub, "--forbid", place_.forbid, "An operator that the target does not take");
    sub->add_option("--format", place_.format, "text or json")->check(CLI::IsMember({"text", "json"}));
  }
  void add_place() {
    auto* sub =
        verb("place", "Which operators run on an accelerator and which beside it, why, and what that takes",
             [this] { return verb_place(place_); });
    add_placement_options(sub);
    sub->add_option("--placer", place_.placer, "greedy, min_cut, or a plugin's")->capture_default_str();
    sub->add_flag("--analyze", place_.analyze,
                  "Every operator: its verdict, the reason and its place in the source");
    sub->add_flag("--log", place_.log, "The placer's log, as Neuron's partitioner writes it");
    sub->add_option("-o,--output", place_.output, "File to write; - is standard output")
        ->capture_default_str();
    auto* rank =
        verb("rank-support", "Which configuration that a target refuses would gain most over these models",
             [this] { return verb_rank_support(place_); });
    add_placement_options(rank);
  }
  void add_hardware() {
    using Verb = HardwareArgs::Verb;
    auto* sub = app_.add_subcommand("hardware", "List, show and check devices");
    sub->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& doc, Verb which) {
      auto* leaf = sub->add_subcommand(name, doc);
      add_repeated(leaf, "--plugin-path", hardware_.plugin_path,
                   "A folder of plugins, before the install's own");
      leaf->callback(
          [this, which] { hardware_.verb = which, verb_ = [this] { return verb_hardware(hardware_); }; });
      return leaf;
    };
    auto* list = add("list", "Every device file that is found, by name", Verb::list);
    list->add_flag("--json", hardware_.json, "Print as JSON");
    auto* show =
        add("show", "A device's figures, with units, sources, and what nobody is sure of", Verb::show);
    show->add_option("NAME", hardware_.target, "A device, or its file")->required();
    auto* check = add("check", "Check a device file", Verb::check);
    check->add_option("FILE", hardware_.target, "A device file")->required();
  }
  void add_explain() {
    auto* sub = verb("explain", "Say where a number comes from", [this] { return verb_explain(explain_); });
    add_model_options(sub, explain_);
    add_target_options(sub, explain_);
    sub->get_option("MODEL")->description("A result that 'profile --format json' has written, or a model");
    sub->add_option("--node", explain_.node, "A layer, module or node, by any name that a report calls it")
        ->required();
    add_convention(sub, explain_, "Of a model: flops, macs, fvcore or torch");
  }
  void add_inspect() {
    auto* sub = verb("inspect", "Show what is in a model file", [this] { return verb_inspect(inspect_); });
    add_model_options(sub, inspect_);
    sub->add_flag("--text", inspect_.text, "Print the whole graph in text form");
    sub->add_flag("--json", inspect_.json, "Print as JSON");
  }
  void add_query() {
    auto* sub = verb(
        "query", "List the operators of a model, or of a JSON result, for which a condition holds", [this] {
          if (query_.models.size() < 2) return no_question();
          query_.question = std::move(query_.models.back());
          query_.models.pop_back();
          return verb_query(query_);
        });
    add_model_options(sub, query_);
    add_target_options(sub, query_);
    sub->get_option("MODEL")->expected(1, 1 << 20)->option_text("MODEL... CONDITION");
    sub->add_option("--sort", query_.sort, "A field: the greatest comes first");
    sub->add_option("--limit", query_.limit, "How many operators of each model to list");
    sub->add_flag("--json", query_.json, "Print as JSON");
  }
  static int no_question() {
    return say(Error{Fault::config,
                     "a query takes models and, last, a condition; found one word",
                     {},
                     "for example alidade query mobilenet_v2 'kind == conv and depthwise'"}),
           host::kBadConfig;
  }
  void add_test() {
    auto* sub = verb("test", "Check what has to hold of models: no surprises, and the figures of known ones",
                     [this] { return verb_test(test_); });
    add_model_options(sub, test_);
    add_target_options(sub, test_);
    add_repeated(sub, "--tests", test_.files,
                 "A file of [[test]] entries; the install's config/tests/networks.toml by default");
    sub->add_flag("--failures", test_.failures_only, "List only the tests that do not hold");
  }
  void add_compare() {
    auto* sub = verb("compare", "Show models, or JSON results, side by side, and what changed between two",
                     [this] { return verb_compare(compare_); });
    add_model_options(sub, compare_);
    add_target_options(sub, compare_);
    add_repeated(
        sub, "--fail-above", compare_.gates,
        "FIGURE=PERCENT%,AMOUNT: end with 1 when the last model exceeds the first by more than both");
    sub->add_option("--format", compare_.format, "text, json or html; else by the output's name (x.html)")
        ->check(CLI::IsMember({"text", "json", "html"}));
    sub->add_option("-o,--output", compare_.output, "File to write; - is standard output")
        ->capture_default_str();
    sub->add_flag("--verbose", compare_.verbose, "List every change");
  }
  void add_render() {
    auto* sub = verb("render", "Make a page for a browser of a result that was written before",
                     [this] { return verb_render(render_); });
    sub->add_option("RESULT", render_.result, "A result that 'profile --format json' has written")
        ->required();
    sub->add_option("-o,--output", render_.output, "File to write; - is standard output")
        ->capture_default_str();
  }
  static void add_config_options(CLI::App* sub, ConfigArgs& args) {
    sub->add_option("CONFIG", args.files, "Pipeline files, left to right; - is standard input")->required();
    add_repeated(sub, "--set", args.sets, "Override a value: analysis.cost.convention=macs");
    add_repeated(sub, "--plugin-path", args.plugin_path, "A folder of plugins, before the install's own");
  }
  void add_config_verbs() {
    auto* validate = verb("validate", "Check a pipeline without opening a model",
                          [this] { return verb_validate(config_); });
    auto* plan =
        verb("plan", "Show what a run would do; writes nothing", [this] { return verb_plan(config_); });
    auto* config = verb("config", "Print the pipeline after includes, environment and flags",
                        [this] { return verb_config(config_); });
    for (auto* sub : {validate, plan, config}) {
      add_config_options(sub, config_);
      sub->add_flag("--json", config_.json, "Print as JSON");
    }
    config->add_flag("--effective", effective_, "The values in force, which is all that it prints");
    config->add_flag("--with-origin", config_.with_origin, "Say where each value was set");
    auto* schema = verb("schema", "Print a JSON Schema", [this] { return verb_schema(schema_); });
    schema->add_option("WHAT", schema_, "pipeline or result")
        ->capture_default_str()
        ->check(CLI::IsMember({"pipeline", "result"}));
  }
  void add_plugins() {
    using Verb = PluginsArgs::Verb;
    auto* sub = app_.add_subcommand("plugins", "List, describe and check plugins");
    sub->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& doc, Verb which) {
      auto* leaf = sub->add_subcommand(name, doc);
      add_repeated(leaf, "--plugin-path", plugins_.folders, "A folder of plugins, before the install's own");
      leaf->callback(
          [this, which] { plugins_.verb = which, verb_ = [this] { return verb_plugins(plugins_); }; });
      return leaf;
    };
    auto* list = add("list", "Every component of every library found, each looked at in a process of its own",
                     Verb::list);
    list->add_option("--kind", plugins_.kind, "frontend, analysis, hardware, placer, report or operator");
    auto* describe =
        add("describe", "A component's options, with types, defaults, ranges and units", Verb::describe);
    describe->add_option("NAME", plugins_.target, "Component or library")->required();
    auto* check = add("check", "Conformance tests on a library", Verb::check);
    check->add_option("FILE", plugins_.target, "A .so")->required();
    auto* path = add("path", "The folders that are searched, in order", Verb::path);
    for (auto* leaf : {list, describe, check, path}) leaf->add_flag("--json", plugins_.json, "Print as JSON");
  }
  void add_small() {
    auto* models =
        verb("models", "List the models that come with the program", [this] { return verb_models(json_); });
    models->add_flag("--json", json_, "Print as JSON");
    auto* version = verb("version", "Print the version", [this] { return verb_version(json_); });
    version->add_flag("--json", json_, "Print as JSON");
  }

  /// What says how the program is used: help, completion, doctor.
  void add_guides() {
    auto* help = verb("help", "Print the help of a verb", [this] {
      const auto named = verb_named(app_, words_);
      app_.clear();  // else the program's own help is that of the verb that was parsed, of this one
      if (!named) return say(named.error()), host::kBadConfig;
      const auto* above = (*named)->get_parent();
      return print((*named)->help(above ? shown(*above) : ""));
    });
    help->add_option("VERB", words_, "A verb, and one below it: hardware show");
    auto* script = verb("completion", "Print a script that completes the command line in a shell",
                        [this] { return print(completion(app_, shell_, zoo())); });
    script->add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    verb("doctor", "Say what is installed, which plugins load, and what is missing",
         [] { return verb_doctor(); });
  }

  CLI::App app_{"Alidade: reads neural-network graphs, counts their work, and says where it would run.",
                "alidade"};
  std::function<int()> verb_;
  std::size_t verbosity_ = 0;
  bool quiet_ = false, json_ = false, effective_ = true;
  ProfileArgs profile_;
  EstimateArgs estimate_;
  PlaceArgs place_;
  HardwareArgs hardware_;
  CrossCheckArgs crosscheck_;
  ExplainArgs explain_;
  InspectArgs inspect_;
  QueryArgs query_;
  TestArgs test_;
  CompareArgs compare_;
  RenderArgs render_;
  ConfigArgs config_;
  PluginsArgs plugins_;
  std::string schema_ = "pipeline", shell_;
  std::vector<std::string> words_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--worker") == 0) return host::worker_main();
  if (argc > 1 && std::strcmp(argv[1], "--probe") == 0) return host::probe_main(argc, argv);
  host::catch_signals();
  try {
    return CommandLine().parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    say(Error{Fault::limit,
              "there is not enough memory",
              {},
              "raise the memory limit, or read the model on a larger machine"});
    return host::kLimitHit;
  } catch (const std::exception& e) {
    say(Error{Fault::internal,
              std::string("an error that was not foreseen: ") + e.what(),
              {},
              "report it with the command line"});
    return host::kInternal;
  }
}
