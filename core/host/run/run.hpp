#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alidade/sdk/report.hpp"
#include "bindings.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// A model as its first working frontend read it, and every frontend that was tried until then.
struct OpenedModel {
  Graph graph;
  std::vector<FrontendTry> tries;
  std::vector<Diagnostic> warnings;  ///< the graph's notes, after a line for every frontend that failed
  std::vector<std::string> unused;   ///< bindings of the whole pipeline that this model has no symbol for
  BindingNames symbols;              ///< what could be bound, where something was
};

/// Tries the frontends of a step in order. When none works the first cause comes first. A binding of the
/// model's own that it has no symbol for is an error.
[[nodiscard]] Result<OpenedModel> open_model(const ModelStep& step, const Limits& limits);

/// What became of a plan: the run that reports were written from, and how the program should end.
struct RunOutcome {
  std::shared_ptr<const Run> run;  ///< keeps the graphs and the results; nothing where every model failed
  int exit_code = 0;
  std::vector<Error> errors;         ///< one for each model, analysis or report that failed, in order
  std::vector<Diagnostic> warnings;  ///< of every model, in order, its id before the text
};

/// Carries a plan out: opens every model, runs the passes wave by wave, asks the hardware, writes the
/// reports. A model that fails costs only itself, an analysis that fails its own result and those that need
/// it; when all models fail, no report is written. Reports come out the
/// same at any number of threads.
/// `look`, if given, sees everything once, before the reports. `bindings`, if given, learns which bindings
/// mean something, for the caller to judge over several plans. `count`, if given, hears before each model how
/// many are done, and at last that all are.
[[nodiscard]] RunOutcome carry_out(const Plan& plan, const std::function<void(const Run&)>& look = {},
                                   SharedBindings* bindings = nullptr,
                                   const std::function<void(std::size_t)>& count = {});

}  // namespace alidade::host
