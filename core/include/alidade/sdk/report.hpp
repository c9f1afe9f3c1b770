#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "alidade/results/result.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade {

/// A frontend that was tried: its name and, when it failed, why.
struct FrontendTry {
  std::string name;
  std::optional<Error> error;
};

/// An analysis that made no result: the error is its own, or says whose result it lacks.
struct FailedAnalysis {
  std::string id;        ///< in the pipeline
  bool skipped = false;  ///< it was not run: it needs what another one did not make
  Error error;
};

/// Everything there is to say about one model. A model that failed has an error and no graph.
struct ModelRun {
  std::string id;      ///< unique in the run, fit for a file name
  std::string path;    ///< as the user wrote it
  std::string flags;   ///< " --bind batch=8": what opens it in the same way on a command line
  bool piped = false;  ///< read from standard input: no path opens it again
  const Graph* graph = nullptr;
  const ResultSet* results = nullptr;
  std::vector<FailedAnalysis> failed;  ///< analyses without a result, in the order of the plan
  std::vector<FrontendTry> tries;
  std::vector<Diagnostic> warnings;  ///< the graph's and every result's, in that order
  std::optional<Error> error;
};

/// Everything there is to say: what reports get.
struct Run {
  std::string program;  ///< "alidade 0.1.0"
  std::vector<ModelRun> models;
};

/// Writes a run down; computes nothing but layout. Const, one thread per file. A static function `needs()`
/// lists the results that it says nothing without: the plan adds the analyses that make them.
class Report : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::report;
  [[nodiscard]] virtual Result<void> write(const Run& run, Sink& out) const = 0;
};

}  // namespace alidade
