#include <memory>

#include "cli/command_line/options.hpp"

// The verb about serving language models: what it takes.

namespace alidade::cli {
namespace {

void add_degree(CLI::App* sub, const std::string& flag, std::uint64_t& degree, const std::string& doc) {
  sub->add_option(flag, degree, doc)->capture_default_str()->check(CLI::Range(1, 4096));
}

}  // namespace

void add_serve_plan(Verbs& verbs) {
  const auto args = std::make_shared<ServePlanArgs>();
  auto* sub = verbs.add("serve-plan",
                        "What serving a language model takes: first token, each token, memory, what fits",
                        [args] { return verb_serve_plan(*args); });
  add_model_options(sub, *args);
  add_target_options(sub, *args);
  sub->get_option("--on")->required();
  sub->add_option("--prefill", args->prefill, "The file of the prefill phase, where MODEL is one of decode");
  sub->add_option("--context", args->contexts, "Tokens of a sequence, prompt and answer: 8k,32k")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  sub->add_option("--generate", args->generated, "Of them those that the model makes")->capture_default_str();
  sub->add_option("--requests", args->requests,
                  "That each sequence at once is followed by, itself among them")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  sub->add_option("--shortest", args->shortest,
                  "Prompts and answers are drawn evenly from this share of their length on: 0.8");
  sub->add_option("--tpot", args->token_goal, "The most that a token may take: 50ms");
  sub->add_option("--ttft", args->first_goal, "The most that the first token may take: 500ms");
  sub->add_option("--cache-dtype", args->cache_dtype,
                  "How keys and values are kept: f8e4m3, i8; else as they are made");
  sub->add_option("--engine", args->engine, "Who serves: a name of config/engines, or a file")
      ->capture_default_str();
  sub->add_option("--memory-share", args->memory_share, "Of the device's memory that the engine takes: 0.9");
  add_degree(sub, "--tp", args->tensor, "Devices that share every product and head");
  add_degree(sub, "--pp", args->pipeline, "Devices that layers are laid over, one after another");
  add_degree(sub, "--ep", args->expert, "Devices that share the experts");
  sub->add_option("--imbalance", args->imbalance,
                  "Rows of the busiest of these, as so many times the mean: 1.5")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 4096.0));
  add_degree(sub, "--cp", args->context, "Devices that share the tokens of each sequence");
  sub->add_option("--format", args->format, "text, json or csv; else by the output's name (x.json)")
      ->check(CLI::IsMember({"text", "json", "csv"}));
  add_output(sub, args->output);
}

}  // namespace alidade::cli
