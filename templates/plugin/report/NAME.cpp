// A report: one line a model.
#include <string>

#include <alidade/base/text.hpp>
#include <alidade/sdk/plugin.hpp>
#include <alidade/sdk/report.hpp>

using namespace alidade;

class Lines final : public Report {
 public:
  Result<void> write(const Run& run, Sink& out) const override {
    for (const auto& model : run.models)
      out.write(text::printable(model.id) + ": " +
                (model.graph ? text::counted(model.graph->node_count(), "operator") : "not read") + "\n");
    return {};
  }
};

ALIDADE_PLUGIN("@name@", "1.0") { plugin.add<Lines>("@name@", "one line a model"); }
