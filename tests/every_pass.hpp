#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "alidade/base/json.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/ir/wire.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/analysis.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/report.hpp"
#include "host/plugins/plugins.hpp"

namespace alidade::tests {

/// Does with a graph all that the program can do: every analysis, every report, the text and the wire form.
/// An error is an answer; what counts is that none of it crashes, reads where it may not, or goes on for
/// ever.
class EveryPass {
 public:
  explicit EveryPass(const std::string& plugins_folder) : plugins_({plugins_folder}) {
    for (const std::string strategy : {"pattern", "seed", "cost"})
      add_chain({{"cost", {}},
                 {"fusion", {{"strategy", strategy}}},
                 {"concurrency", {}},
                 {"memory", {{"in_place", strategy != "seed"}}},
                 {"parallelism", {}},
                 {"training", {}},
                 {"crosscheck", {}}});
    for (const std::string convention : {"macs", "fvcore", "torch"})
      add_chain({{"cost", {{"convention", convention}}}});
    add_chain({{"formula", {}}});
    for (const auto* name : {"json", "brief", "dot", "mermaid", "model_explorer", "trace"})
      reports_.push_back(make<Report>(name, {}));
    reports_.push_back(make<Report>("table", {{"verbose", true}, {"show_shape", true}}));
    for (const std::string table : {"ops", "modules", "totals", "kernels"})
      reports_.push_back(make<Report>("csv", {{"table", table}}));
  }

  /// How many bytes all of it wrote.
  std::size_t run(const Graph& graph) const {
    std::size_t bytes = to_text(graph).size() + to_wire(graph).size();
    (void)verify(graph);
    (void)bind(from_wire(to_wire(graph)).value(), {{"n", 3}, {"batch", 2}});
    for (const auto& chain : chains_) bytes += run(graph, chain);
    return bytes;
  }

 private:
  using Chain = std::vector<std::unique_ptr<AnalysisPass>>;

  void add_chain(const std::vector<std::pair<std::string, OptionValues>>& passes) {
    auto& chain = chains_.emplace_back();
    for (const auto& [name, options] : passes) chain.push_back(make<AnalysisPass>(name, options));
  }
  template <class Kind>
  std::unique_ptr<Kind> make(const std::string& name, const OptionValues& options) {
    const auto found = plugins_.find(name);
    if (!found) throw std::runtime_error(found.error().what);
    auto made = (*found)->info.make(options);
    return std::unique_ptr<Kind>(dynamic_cast<Kind*>(made.release()));
  }
  std::size_t run(const Graph& graph, const Chain& chain) const {
    ResultSet results;
    StringSink out;
    for (const auto& pass : chain)
      if (auto made = pass->run_erased(graph, results)) {
        JsonWriter writer(out);
        writer.begin_object();
        made->write(graph, writer);
        writer.end_object();
        results.add(std::move(*made));
      }
    if (chain.size() > 1 && results.get<CostProfile>()) estimate_all(graph, results);
    if (chain.size() > 1) report(graph, results, out);
    return out.str().size();
  }
  void report(const Graph& graph, const ResultSet& results, Sink& out) const {
    Run whole{"alidade", {}};
    auto& model = whole.models.emplace_back();
    model.id = model.path = "m", model.graph = &graph, model.results = &results;
    model.warnings = graph.notes();
    for (const auto& result : results.all())
      model.warnings.insert(model.warnings.end(), result.warnings().begin(), result.warnings().end());
    for (const auto& report : reports_) (void)report->write(whole, out);
  }
  /// The graph on a GPU, as every backend would run it in every precision; the first is kept.
  void estimate_all(const Graph& graph, ResultSet& results) const {
    const CostProfile& cost = *results.get<CostProfile>();
    for (const Backend backend : kBackends)
      for (const Precision precision :
           {Precision::as_captured, Precision::amp_f16, Precision::i8, Precision::w4}) {
        const auto kernels = lowered(graph, cost, {backend, precision, Layout::channels_last});
        if (!kernels) continue;
        auto made = estimate(*gpu_, graph, cost, *kernels, "box", "gpu.kernels");
        if (made && !results.get<Estimate>()) results.add(AnyResult(std::move(*made), "box"));
      }
  }

  host::Plugins plugins_;
  std::unique_ptr<HardwareModel> gpu_ = make<HardwareModel>("gpu.kernels", {});
  std::vector<Chain> chains_;
  std::vector<std::unique_ptr<Report>> reports_;
};

}  // namespace alidade::tests
