#include <memory>

#include "cli/command_line/options.hpp"
#include "cli/training/train_plan.hpp"

// The verb about training: what it takes.

namespace alidade::cli {

void add_train_plan(Verbs& verbs) {
  const auto args = std::make_shared<TrainPlanArgs>();
  auto* sub = verbs.add("train-plan", "What a training step takes: memory by what it is for, time, what fits",
                        [args] { return verb_train_plan(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("--on")->required();
  sub->add_option("--optimizer", args->optimizer, "What updates the parameters; else as it was captured")
      ->check(CLI::IsMember({"sgd", "momentum", "adam", "adamw"}));
  sub->add_option("--loss", args->loss, "Of a model that is captured now")
      ->check(CLI::IsMember({"own", "mean", "cross_entropy", "mse"}));
  sub->add_option("--checkpoint", args->checkpoint,
                  "What runs once more in the backward pass: paths of modules (layers.*), all, or best")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--checkpoint-keep", args->keep,
                  "What it keeps all the same: attention, products, half-products")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"attention", "products", "half-products"}));
  sub->add_option("--memory-goal", args->memory_goal,
                  "What the best checkpoints stay within: 24GB; else what the device has");
  sub->add_flag("--no-masters", args->no_masters, "Parameters of 16 bits are updated as they are");
  sub->add_option("--accumulate", args->accumulate, "Passes for one update")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  sub->add_option(
         "--zero", args->zero,
         "What devices divide among them: 1 the optimizer's state, 2 gradients, too, 3 parameters, too")
      ->capture_default_str()
      ->check(CLI::Range(0, 3));
  sub->add_option("--devices", args->devices, "That train the same model on data of their own")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  sub->add_option("--format", args->format, "text, json or csv; else by the output's name (x.json)")
      ->check(CLI::IsMember({"text", "json", "csv"}));
  add_output(sub, args->output);
}

}  // namespace alidade::cli
