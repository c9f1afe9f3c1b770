#include <memory>

#include "cli/command_line/options.hpp"
#include "cli/command_line/python_program.hpp"
#include "cli/sweeps/sweep_verbs.hpp"
#include "host/config/config.hpp"

// The verbs about sweeps: what they take.

namespace alidade::cli {

void add_sweep(Verbs& verbs) {
  const auto args = std::make_shared<SweepArgs>();
  auto* sub =
      verbs.add("sweep", "Estimate models at many sizes, precisions and devices, and keep what comes out",
                [args] { return verb_sweep(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("MODEL")
      ->description("Pipeline files (x.toml) and models, as other verbs take them")
      ->option_text("PIPELINE|MODEL... REQUIRED");
  add_repeated(
      sub, "--axis", args->axes,
      "What varies: batch=1,8,64, bind.seq=128,512, on=h100_sxm,l4, precision=bf16,int8, backend=...,\n"
      "layout=..., figure.dram_gbps=400,800 (a number of the devices)");
  sub->get_option("--batch")->description("As --axis batch=1,8,64");
  sub->get_option("--on")->description("As --axis on=h100_sxm,l4; see 'alidade hardware list'");
  sub->get_option("--dtype")->description("As --axis precision=bf16");
  sub->add_option(
         "-o,--output", args->output,
         "x.db is a store: made, or gone on with; x.html, x.csv: all at its end; - is standard output")
      ->capture_default_str();
  sub->add_option("--format", args->format, "text, store, html or csv; else by the output's name")
      ->check(CLI::IsMember({"text", "store", "html", "csv"}));
  sub->add_option("--shard", args->shard, "Only this part: 2/4; 'merge' joins the stores");
  auto* engine = sub->add_option("--engine", args->engine,
                                 "Where it runs: here, or ray: on a cluster ('pip install alidade[ray]')")
                     ->check(CLI::IsMember({"here", "ray"}));
  // The package of Python reads these; see become_python_program().
  sub->add_option("--address", args->cluster.address,
                  "Of the cluster; else the one that this machine is part of")
      ->needs(engine);
  sub->add_option("--task-seconds", args->cluster.task_seconds,
                  "How long a task on the cluster should take (30)")
      ->needs(engine);
  sub->add_option("--max-cost", args->cluster.max_cost,
                  "Core hours of the cluster: nothing begins once they are spent")
      ->needs(engine);
  sub->add_option("--job", args->job, "")->group("");
  sub->add_option("--units", args->units, "")->delimiter(',')->group("");
  sub->add_flag("--retry", args->retry, "Run points again that failed");
  sub->add_option("-j,--threads", args->threads, "Threads; the points are the same at any number")
      ->check(CLI::Range(std::int64_t{0}, host::kMostThreads));
}

void add_search(Verbs& verbs) {
  const auto words = std::make_shared<std::vector<std::string>>(4);  // read by the package of Python
  auto* sub = verbs.add("search", "Look for the device that does most with least, among many that might be",
                        [words] { return become_python_program("alidade-search", "search", "search"); });
  sub->add_option("SPACE", (*words)[0],
                  "A file: models, a device, what varies, and the goals; see docs/searching.md")
      ->required();
  sub->add_option("-o,--output", (*words)[1], "x.html, x.csv or x.json; else a table on standard output");
  sub->add_option("--points", (*words)[2], "How many devices to try, in place of the file's");
  sub->add_option("--seed", (*words)[3], "Of the random numbers, in place of the file's");
}

void add_merge(Verbs& verbs) {
  const auto args = std::make_shared<MergeArgs>();
  auto* sub = verbs.add("merge", "Join the stores that parts of a sweep have made",
                        [args] { return verb_merge(*args); });
  sub->add_option("STORE", args->stores, "Stores of one sweep")->required();
  sub->add_option("-o,--output", args->output, "The store that they become")->required();
}

}  // namespace alidade::cli
