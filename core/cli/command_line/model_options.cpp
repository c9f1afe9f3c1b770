#include <memory>

#include "cli/command_line/options.hpp"
#include "cli/formulas/formula.hpp"
#include "cli/output/messages.hpp"
#include "cli/results/fields.hpp"
#include "cli/sweeps/sweep_verbs.hpp"
#include "host/run/exit_code.hpp"
#include "sweep/store.hpp"

// The verbs about one model or two: what they take.

namespace alidade::cli {
namespace {

int no_question() {
  return say(Error{Fault::config,
                   "a query takes models and, last, a condition; found one word",
                   {},
                   "for example alidade query mobilenet_v2 'kind == conv and depthwise'"}),
         host::kBadConfig;
}

int no_csv() {
  return say(Error{Fault::config,
                   "--csv is for the stores of sweeps",
                   {},
                   "operators of models: alidade profile MODEL --format csv"}),
         host::kBadConfig;
}

int list_all_fields(const QueryArgs& args) {
  return sweep::is_store(args.models.front()) ? list_fields_of_stores(args.models) : list_fields(args);
}

/// A condition stands last; a store's points may be asked for without one.
int query(QueryArgs args, bool csv, bool fields) {
  if (fields) return list_all_fields(args);
  if (sweep::is_store(args.models.front())) {
    StoreQueryArgs of_store{args.models, {}, args.sort, args.limit, args.json, csv};
    if (!sweep::is_store(of_store.stores.back()))
      of_store.question = std::move(of_store.stores.back()), of_store.stores.pop_back();
    return verb_query_store(of_store);
  }
  if (csv) return no_csv();
  if (args.models.size() < 2) return no_question();
  args.question = std::move(args.models.back());
  args.models.pop_back();
  return verb_query(args);
}

void add_sarif(CLI::App* verb, std::string& file) {
  verb->add_option("--sarif", file, "Also write what does not hold to this file, as SARIF 2.1.0");
}

}  // namespace

void add_profile(Verbs& verbs) {
  const auto args = std::make_shared<ProfileArgs>();
  auto* sub =
      verbs.add("profile", "Count one model's work and print it", [args] { return verb_profile(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  add_convention(sub, *args, "flops, macs, fvcore, torch or xla");
  sub->add_option("--format", args->format,
                  "table, brief, json, csv, or any other report; else by the output's name (x.json, "
                  "x.html, x.dot, x.md)");
  add_output(sub, args->output);
  add_repeated(sub, "--with", args->with,
               "Run these analyses, too: fusion, concurrency, memory, parallelism, formula, training")
      ->delimiter(',');
  sub->add_option("--top", args->top, "Layers to list");
  sub->add_flag("--showshape", args->show_shape, "Show the shape of every layer's result");
  sub->add_flag("--fold", args->fold, "Show repeated blocks of the module tree once");
  sub->add_flag("--verbose", args->verbose, "List every layer");
  add_reproducer(sub, args->reproducer);
}

void add_crosscheck(Verbs& verbs) {
  const auto args = std::make_shared<CrossCheckArgs>();
  auto* sub = verbs.add("crosscheck", "Compare our counts with another tool's, and say why they differ",
                        [args] { return verb_crosscheck(*args); });
  add_model_options(sub, *args);
  add_repeated(sub, "--tool", args->tools,
               "fvcore, torch or xla: whom to ask about a source; fvcore by default");
  sub->add_option("--references", args->references, "A JSON file with the other tools' counts");
  sub->add_option("--tolerance", args->tolerance, "How much may differ without a cause, 0 to 1")
      ->capture_default_str();
  sub->add_option("--format", args->format, "table or json; else by the output's name (x.json)");
  add_output(sub, args->output);
  add_reproducer(sub, args->reproducer);
}

void add_explain(Verbs& verbs) {
  const auto args = std::make_shared<ExplainArgs>();
  auto* sub = verbs.add("explain", "Say where a number comes from", [args] { return verb_explain(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("MODEL")->description("A result that 'profile --format json' has written, or a model");
  sub->add_option("--node", args->node, "A layer, module or node, by any name that a report calls it")
      ->required();
  add_convention(sub, *args, "Of a model: flops, macs, fvcore, torch or xla");
}

void add_formula(Verbs& verbs) {
  const auto args = std::make_shared<FormulaArgs>();
  auto* sub =
      verbs.add("formula", "The totals of models as formulas over their symbols, and where they cross",
                [args] { return verb_formula(*args); });
  add_model_options(sub, *args);
  add_repeated(sub, "--at", args->at, "Sizes of a symbol to evaluate with: batch=1,8,32");
  sub->add_option("--on", args->on, "Devices: where the model as a whole turns compute-bound on them")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--format", args->format, "text or json; else by the output's name (x.json)")
      ->check(CLI::IsMember({"text", "json"}));
  add_output(sub, args->output);
}

void add_inspect(Verbs& verbs) {
  const auto args = std::make_shared<InspectArgs>();
  auto* sub = verbs.add("inspect", "Show what is in a model file", [args] { return verb_inspect(*args); });
  add_model_options(sub, *args);
  sub->add_flag("--text", args->text, "Print the whole graph in text form");
  sub->add_flag("--json", args->json, "Print as JSON");
}

void add_query(Verbs& verbs) {
  const auto args = std::make_shared<QueryArgs>();
  const auto csv = std::make_shared<bool>(false), fields = std::make_shared<bool>(false);
  auto* sub =
      verbs.add("query",
                "List the operators of a model or of a JSON result, or the points of a sweep's store, for "
                "which a condition holds",
                [args, csv, fields] { return query(*args, *csv, *fields); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("MODEL")->expected(1, 1 << 20)->option_text("MODEL|STORE... CONDITION");
  sub->add_option("--sort", args->sort, "A field: the greatest comes first");
  sub->add_option("--limit", args->limit, "How many operators of each model to list");
  auto* json = sub->add_flag("--json", args->json, "Print as JSON");
  sub->add_flag("--csv", *csv, "Print the points of stores as CSV, every column")->excludes(json);
  sub->add_flag("--fields", *fields,
                "In place of a condition: list every field, and every figure of a model");
}

void add_test(Verbs& verbs) {
  const auto args = std::make_shared<TestArgs>();
  auto* sub =
      verbs.add("test", "Check what has to hold of models: no surprises, and the figures of known ones",
                [args] { return verb_test(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  add_repeated(sub, "--tests", args->files,
               "A file of [[test]] entries; the install's config/tests/networks.toml by default");
  sub->add_flag("--failures", args->failures_only, "List only the tests that do not hold");
  add_sarif(sub, args->sarif);
  add_reproducer(sub, args->reproducer);
}

void add_compare(Verbs& verbs) {
  const auto args = std::make_shared<CompareArgs>();
  auto* sub = verbs.add("compare", "Show models, or JSON results, side by side, and what changed between two",
                        [args] { return verb_compare(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  add_repeated(sub, "--fail-above", args->gates,
               "FIGURE=PERCENT%,AMOUNT: end with 1 when the last model exceeds the first by more than both "
               "(macs=2%,1M; time_s.l4=5%,100us)");
  add_sarif(sub, args->sarif);
  sub->add_option("--format", args->format, "text, json or html; else by the output's name (x.html)")
      ->check(CLI::IsMember({"text", "json", "html"}));
  add_output(sub, args->output);
  sub->add_flag("--verbose", args->verbose, "List every change");
}

}  // namespace alidade::cli
