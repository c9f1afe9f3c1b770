#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/model_verbs.hpp"

namespace alidade::cli {

/// The verbs of the program, and which of them the command line has chosen. What a verb takes lives as long
/// as its action.
class Verbs {
 public:
  using Action = std::function<int()>;

  explicit Verbs(CLI::App& program) : program_(program) {}

  CLI::App* add(const std::string& name, const std::string& doc, Action action) {
    return add_below(program_, name, doc, std::move(action));
  }
  CLI::App* add_below(CLI::App& above, const std::string& name, const std::string& doc, Action action) {
    auto* verb = above.add_subcommand(name, doc);
    verb->callback([this, action = std::move(action)] { chosen_ = action; });
    return verb;
  }
  /// A word before other verbs: `hardware list`.
  CLI::App& add_group(const std::string& name, const std::string& doc) {
    auto* group = program_.add_subcommand(name, doc);
    group->require_subcommand(1);
    return *group;
  }
  [[nodiscard]] CLI::App& program() { return program_; }
  [[nodiscard]] int run() const { return chosen_(); }

 private:
  CLI::App& program_;
  Action chosen_;
};

/// All verbs, in the order of the help; where the first word of the command line is one of them, that one and
/// those that are made with it: the others' options would take half of the time that a small model does.
void add_verbs(Verbs& verbs, std::string_view first_word);

/// How the program talks beside its result: said before the verb or behind it.
struct MessageOptions {
  std::size_t verbosity = 0;
  bool quiet = false, timing = false;
  std::string format = "text";
};
void add_message_options(CLI::App& app, MessageOptions& options, bool hidden = false);
/// Whether the words of a command line ask for messages as JSON: also where they cannot be parsed.
[[nodiscard]] bool asks_for_json(std::span<char* const> words);

// Options that several verbs take.

/// An option that may be given several times, one value each: what stands behind the value is not its own.
CLI::Option* add_repeated(CLI::App* verb, const std::string& name, std::vector<std::string>& values,
                          const std::string& doc);
void add_output(CLI::App* verb, std::string& output);
void add_reproducer(CLI::App* verb, Reproducer& reproducer);
void add_plugin_path(CLI::App* verb, std::vector<std::string>& folders);
void add_trust(CLI::App* verb, std::vector<std::string>& sets);
void add_model_options(CLI::App* verb, ModelArgs& args);
void add_target_options(CLI::App* verb, ModelArgs& args);
void add_convention(CLI::App* verb, ModelArgs& args, const std::string& doc);

// The verbs, by what they are about.
void add_run(Verbs& verbs);
void add_init(Verbs& verbs);
void add_profile(Verbs& verbs);
void add_estimate(Verbs& verbs);
void add_measure(Verbs& verbs);
void add_calibrate(Verbs& verbs);
void add_serve_plan(Verbs& verbs);
void add_place(Verbs& verbs);
void add_crosscheck(Verbs& verbs);
void add_explain(Verbs& verbs);
void add_formula(Verbs& verbs);
void add_inspect(Verbs& verbs);
void add_query(Verbs& verbs);
void add_test(Verbs& verbs);
void add_compare(Verbs& verbs);
void add_render(Verbs& verbs);
void add_sweep(Verbs& verbs);
void add_merge(Verbs& verbs);
void add_search(Verbs& verbs);
void add_config_verbs(Verbs& verbs);
void add_plugins(Verbs& verbs);
void add_hardware(Verbs& verbs);
void add_models(Verbs& verbs);
void add_guides(Verbs& verbs);  ///< help, completion, doctor: how the program is used

}  // namespace alidade::cli
