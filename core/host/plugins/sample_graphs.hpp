#pragma once
#include <span>
#include <string>
#include <vector>

#include "alidade/sdk/report.hpp"
#include "plugins.hpp"

namespace alidade::host {

/// Small graphs that plugins are tried on: a network that trains people, one with unknowns, an empty one.
class SampleGraphs {
 public:
  /// The results that `needed` asks for come from `own` analyses first, then from `others`.
  SampleGraphs(std::span<const Loaded> own, Plugins& others);
  [[nodiscard]] std::span<const Graph> graphs() const { return graphs_; }
  /// The graph's results with at least these, or the name of the first that nobody makes.
  [[nodiscard]] Result<const ResultSet*> results(std::size_t graph, std::span<const ResultKey> needed);
  [[nodiscard]] Run run();

 private:
  Result<void> make(std::size_t graph, ResultKey key, int depth);

  std::span<const Loaded> own_;
  Plugins& others_;
  std::vector<Graph> graphs_;
  std::vector<ResultSet> results_;
};

/// A small network that every analysis takes: a convolution, a product and what stands around them.
[[nodiscard]] Graph sample_network();

/// Everything that a component says of the samples, as one text: twice the same, or it is not
/// deterministic. An error where it breaks its contract: it throws, or a time is no number.
[[nodiscard]] Result<std::string> observe(const Loaded& loaded, const Component& component,
                                          SampleGraphs& samples);

}  // namespace alidade::host
