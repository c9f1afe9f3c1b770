#include "alidade/base/json.hpp"

#include "alidade/results/memory.hpp"
#include "alidade/sdk/document.hpp"
#include "alidade/sdk/plugin.hpp"
#include "written_page.hpp"

namespace alidade::html {

/// One page that opens from disk and fetches nothing: the built template with the JSON result inside.
class Html final : public Report {
 public:
  static std::vector<ResultKey> needs() { return {CostProfile::key, MemoryPlan::key}; }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    StringSink json;
    JsonWriter writer(json, 0);
    write_run(run, writer);
    return page::write(json.str(), out);
  }
};

}  // namespace alidade::html

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::html::Html>("html",
                                  "one page for a browser: modules, operators, graph, roofline, memory");
}
