#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alidade/results/result.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade {

/// A pass as the host sees it: reads a frozen graph and earlier results, makes one result. Const, any thread.
class AnalysisPass : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::analysis;
  [[nodiscard]] virtual Result<AnyResult> run_erased(const Graph& graph, const ResultSet& results) const = 0;
};

/// A pass as its author writes it: the signature is the dependency list.
template <class Signature>
class Analysis;
template <ResultType Out, ResultType... In>
class Analysis<Out(const Graph&, const In&...)> : public AnalysisPass {
 public:
  static std::vector<ResultKey> needs() { return {In::key...}; }
  static std::vector<ResultKey> makes() { return {Out::key}; }
  [[nodiscard]] virtual Result<Out> run(const Graph& graph, const In&... in) const = 0;
  [[nodiscard]] Result<AnyResult> run_erased(const Graph& graph, const ResultSet& results) const final {
    if (!(... && results.template get<In>()))
      return fail(Fault::internal, "a result that this analysis needs was not computed before it");
    auto out = run(graph, *results.template get<In>()...);
    if (!out) return std::unexpected(std::move(out).error());
    return AnyResult(std::move(*out));
  }
};

}  // namespace alidade
