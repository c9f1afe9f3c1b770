#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/sdk/lowering.hpp"
#include "alidade/sdk/placer.hpp"
#include "host/config/config.hpp"
#include "host/plugins/plugins.hpp"
#include "host/query/expression.hpp"
#include "host/support/rules.hpp"

namespace alidade::host {

/// A component with its options checked, ready to be made.
struct Step {
  const Loaded* loaded = nullptr;
  std::string id;
  OptionValues options;
  bool added = false;  ///< not in the config: added because another analysis needs its result
  std::string why;     ///< "needed by 'crosscheck'" when added
};
struct ReportStep : Step {
  std::string path;
};
class KernelTimes;  // measured/kernel_times.hpp
/// A target: what is said of the device, and how models become kernels where the component does not decide
/// it.
struct HardwareStep : Step {
  std::string name;                             ///< of the device, for people
  std::vector<std::string> uncertain;           ///< options whose figures nobody is sure of
  std::shared_ptr<const SupportRules> support;  ///< what the device runs; none: what its model says
  std::vector<std::string> allow = {};          ///< operators that it runs, whatever its rules say
  std::optional<Precision> precision;
  std::optional<Backend> backend;
  std::optional<Layout> layout;
  std::shared_ptr<const KernelTimes> measured = {};  ///< what kernels took on it, where there is a table
};
/// A placer and what it places on.
struct PlacementStep : Step {
  std::vector<std::size_t> targets;  ///< into Plan::hardware, the wanted one first
  std::vector<DeviceLink> links;     ///< from each target to each, row by row
  std::vector<std::string> allow, forbid;
  std::string partitions;  ///< the folder that they are written to; empty: they are not
  Objective objective = Objective::time;
};
class Nursery;  // child/nursery.hpp
struct FrontendStep : Step {
  bool worker = false;
  std::shared_ptr<Nursery> nursery;  ///< of a library that several models of the plan need in a worker
};
/// What has to hold of the models whose ids match.
struct TestStep {
  std::string model;  ///< a pattern
  std::string written;
  query::Expression that;
};
class ReadModel;  // run/read_model.hpp

/// One model with the frontends that will be tried on it, in order.
struct ModelStep {
  std::string id, path;
  std::string shown;  ///< the path as reports and errors have it
  std::string flags;  ///< what opens it in the same way on a command line
  std::vector<FrontendStep> frontends;
  /// For a source, "hf:bert": the step for the file that its frontend made.
  std::function<Result<ModelStep>(const std::string& file)> follow;
  Bindings bindings;
  std::set<std::string, std::less<>> own_bindings;  ///< those of its own entry; the rest are the pipeline's
  std::map<std::string, std::vector<std::int64_t>, std::less<>> input_shapes;
  std::optional<std::int64_t> batch;  ///< another first size for the inputs that share the first one's
  std::uint32_t series = 0;           ///< not 0: others of this number are the same model at another batch
  std::map<std::string, std::string, std::less<>> input_dtypes;
  std::shared_ptr<const ReadModel> read;  ///< before: a run takes it as it is, or gives it the batch
};

/// What will happen, in order: analyses sorted by their signatures and grouped in waves that may run at the
/// same time.
struct Plan {
  std::vector<ModelStep> models;
  std::vector<Step> operators;  ///< the first rule that covers an operator counts
  std::vector<std::vector<Step>> waves;
  std::vector<HardwareStep> hardware;
  std::vector<PlacementStep> placements;
  std::vector<ReportStep> reports;
  std::vector<TestStep> tests;
  std::vector<std::string> inputs;  ///< files that are read beside the models: no report takes their places
  Limits limits;
  unsigned threads = 1;
};

/// What a plan is made from: components by name, and the names of the libraries that there are.
struct Lookup {
  std::function<Result<const Loaded*>(std::string_view)> find;
  std::vector<std::string> libraries;
};

/// Finds every component, checks every option, expands globs, orders the passes. Opens no model. All mistakes
/// at once; a plugin that does not fit is a mistake at the line that names it, with `refused` set (exit 4
/// instead of 2).
struct PlanOutcome {
  Plan plan;
  std::vector<Mistake> mistakes;
  bool refused = false;
};
[[nodiscard]] PlanOutcome make_plan(const Config& config, const Lookup& lookup);
[[nodiscard]] PlanOutcome make_plan(const Config& config, Plugins& plugins);

}  // namespace alidade::host
