#include <memory>

#include "cli/command_line/options.hpp"
#include "cli/command_line/python_program.hpp"

// The verbs about devices: what they take.

namespace alidade::cli {
namespace {

/// What is wanted, and what stands beside it.
void add_placement_options(CLI::App* sub, PlaceArgs& args) {
  add_model_options(sub, args);
  sub->add_option("--target", args.target,
                  "What is wanted: a support file's name (neuron), or a device of 'alidade hardware list'")
      ->required();
  sub->add_option("--device", args.device, "The device whose figures the target has");
  sub->add_option("--beside", args.beside, "The processor that runs the rest");
  sub->add_option("--support", args.support, "Another file of rules: what the target runs");
  sub->add_option("--dtype", args.dtype, "The numbers that the models run in there: bf16, amp_f16, i8, w4");
  add_repeated(sub, "--allow", args.allow, "An operator that the target takes, whatever its rules say");
  add_repeated(sub, "--forbid", args.forbid, "An operator that the target does not take");
}

}  // namespace

void add_estimate(Verbs& verbs) {
  const auto args = std::make_shared<EstimateArgs>();
  auto* sub = verbs.add("estimate", "What models take on devices: time, energy, memory, and what bounds it",
                        [args] { return verb_estimate(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("--on")->required();
  sub->add_option("--format", args->format, "text, json or csv; else by the output's name (x.json)")
      ->check(CLI::IsMember({"text", "json", "csv"}));
  add_output(sub, args->output);
  sub->add_option("--top", args->top, "Kernels to list for each device")->capture_default_str();
  sub->add_option("--measured", args->measured,
                  "A CSV of times by operator (alidade-capture measure) to show beside the estimates");
  add_reproducer(sub, args->reproducer);
}

void add_measure(Verbs& verbs) {
  const auto args = std::make_shared<MeasureArgs>();
  auto* sub =
      verbs.add("measure", "Run models on this machine, and put what their kernels take beside an estimate",
                [args] { return verb_measure(*args); });
  add_model_options(sub, *args);
  sub->remove_option(sub->get_option("--batch"));  // sources: --bind batch=8; files: --input-shape
  add_target_options(sub, *args);
  sub->get_option("--on")->description(
      "Devices to estimate on; by default what 'alidade calibrate cpu' has written for this machine");
  sub->add_option("--runs", args->runs, "How often each operator and the model run; the median counts")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  sub->add_option("--device", args->device, "What sources run on: cpu, cuda or cuda:N")
      ->capture_default_str();
  sub->add_option("--format", args->format, "text, json or csv; else by the output's name (x.json)")
      ->check(CLI::IsMember({"text", "json", "csv"}));
  add_output(sub, args->output);
  sub->add_option("--top", args->top, "Kernels to list")->capture_default_str();
}

void add_calibrate(Verbs& verbs) {
  struct Words {  // read by the package of Python
    std::string what, output;
    bool force = false;
  };
  const auto words = std::make_shared<Words>();
  auto* sub = verbs.add("calibrate", "Measure this machine and write its device file", [words] {
    return become_python_program("alidade-capture", "calibrating", "capture");
  });
  sub->add_option("WHAT", words->what, "cpu: the processor of this machine")
      ->required()
      ->check(CLI::IsMember({"cpu"}));
  sub->add_option("-o,--output", words->output, "The file to write, FILE.toml; else the device this_cpu");
  sub->add_flag("--force", words->force, "Write it on a busy machine, too, with its constants as uncertain");
}

void add_place(Verbs& verbs) {
  const auto args = std::make_shared<PlaceArgs>();
  auto* sub = verbs.add("place",
                        "Which operators run on an accelerator and which beside it, why, and what that takes",
                        [args] { return verb_place(*args); });
  add_placement_options(sub, *args);
  sub->add_option("--placer", args->placer, "greedy, min_cut, ilp, local, or a plugin's")
      ->capture_default_str();
  sub->add_option("--objective", args->objective,
                  "What is to be least: time (the default), energy, latency or throughput");
  sub->add_flag("--analyze", args->analyze,
                "Every operator: its verdict, the reason and its place in the source");
  sub->add_flag("--log", args->log, "The placer's log, as Neuron's partitioner writes it");
  sub->add_option("--partitions", args->partitions, "A folder to write every partition to, as a graph");
  sub->add_option("--format", args->format, "text, json or html; else by the output's name (x.html)")
      ->check(CLI::IsMember({"text", "json", "html"}));
  add_output(sub, args->output);
  add_reproducer(sub, args->reproducer);
  auto* rank =
      verbs.add("rank-support", "Which configuration that a target refuses would gain most over these models",
                [args] { return verb_rank_support(*args); });
  add_placement_options(rank, *args);
  rank->add_option("--format", args->format, "text or json")->check(CLI::IsMember({"text", "json"}));
}

void add_hardware(Verbs& verbs) {
  const auto args = std::make_shared<HardwareArgs>();
  using Verb = HardwareArgs::Verb;
  auto& group = verbs.add_group("hardware", "List, show and check devices");
  const auto add = [&](const std::string& name, const std::string& doc, Verb which) {
    auto* leaf =
        verbs.add_below(group, name, doc, [args, which] { return args->verb = which, verb_hardware(*args); });
    add_plugin_path(leaf, args->plugin_path);
    return leaf;
  };
  auto* list = add("list", "Every device file that is found, by name", Verb::list);
  list->add_flag("--json", args->json, "Print as JSON");
  auto* show = add("show", "A device's figures, with units, sources, and what nobody is sure of", Verb::show);
  show->add_option("NAME", args->target, "A device, or its file")->required();
  auto* check = add("check", "Check a device file", Verb::check);
  check->add_option("FILE", args->target, "A device file")->required();
}

}  // namespace alidade::cli
