#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/verbs.hpp"
#include "host/config/config.hpp"
#include "host/plan/plan.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {

/// What a pipeline file comes to before anything is opened: its values, its plan, and every mistake in it.
struct Pipeline {
  host::Config config;
  std::unique_ptr<host::Plugins> plugins;  ///< the plan's steps point into it
  host::PlanOutcome outcome;               ///< with the mistakes of reading, too

  [[nodiscard]] Fault fault() const;  ///< of its mistakes
  [[nodiscard]] int exit_code() const;
};
[[nodiscard]] Pipeline read_pipeline(const ConfigArgs& args);
/// The same for a config that did not come from a file; `mistakes` are those of making it.
[[nodiscard]] Pipeline plan_config(host::Config config, std::vector<host::Mistake> mistakes);
/// Devices as a pipeline of their own would have them: their options checked, their components made.
[[nodiscard]] Pipeline plan_devices(const std::vector<host::Located<std::string>>& devices,
                                    const std::vector<std::string>& plugin_path);
/// host::carry_out(), with a line on a terminal that counts the models where they are several.
[[nodiscard]] host::RunOutcome carried_out(const host::Plan& plan,
                                           const std::function<void(const Run&)>& look = {},
                                           host::SharedBindings* bindings = nullptr);
/// Carries the plan out and reports what failed, or writes the mistakes; the exit code.
[[nodiscard]] int run_pipeline(const Pipeline& pipeline, const Reproducer& reproducer = {});
/// Writes the script that was asked for, with what was said; the exit code of the run, or that the script was
/// not written.
[[nodiscard]] int reproduced(const Reproducer& asked, const Pipeline& pipeline,
                             const std::vector<Error>& said, int code);
/// Writes the mistakes: a JSON list on standard output, or text on standard error.
int write_mistakes(const Pipeline& pipeline, bool json);
/// Those of a verb that has no pipeline, on standard error; the exit code.
int write_mistakes(const std::vector<host::Mistake>& mistakes);

/// The pipeline's name for a sentence: its last file.
[[nodiscard]] std::string shown_name(const ConfigArgs& args);

}  // namespace alidade::cli
