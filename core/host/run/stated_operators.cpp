#include "stated_operators.hpp"

#include <map>
#include <string>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/sdk/operator.hpp"
#include "host/plugins/guard.hpp"

namespace alidade::host {
namespace {

using Words = std::vector<std::pair<NodeId, StatedWork>>;

/// Asks one rule about every operator that none before it has covered.
class Asking {
 public:
  Asking(const Graph& graph, const Step& step, PerNode<bool>& covered, Words& words)
      : graph_(graph), step_(step), covered_(covered), words_(words) {}

  Result<void> ask() {
    const auto rule = make_component<OperatorRule>(*step_.loaded, step_.options);
    if (!rule) return std::unexpected(rule.error());
    for (const NodeId n : graph_.nodes())
      if (graph_.op(n) == Op::opaque && !covered_[n])
        if (auto ok = ask_about(n, **rule); !ok) return ok;
    return {};
  }

  [[nodiscard]] Diagnostic note() const {
    std::vector<std::string> names;
    for (const auto& [name, count] : counts_)
      names.push_back(text::printable(name) + (count > 1 ? " x " + std::to_string(count) : ""));
    const auto rule = "[[operator]] " + text::quoted(step_.id);
    if (names.empty())
      return {Severity::note, "unused-rule", rule + " covers no operator that is not known", {}};
    return {Severity::note, "stated-work", text::join(names, ", ") + ": counted as " + rule + " states", {}};
  }

 private:
  Result<void> ask_about(NodeId n, const OperatorRule& rule) {
    const PluginCall call{step_.loaded->info.name, step_.loaded->library, "stating an operator's work"};
    const auto covers = guarded(call, [&] { return rule.covers(graph_.foreign(n)); });
    if (!covers) return std::unexpected(covers.error());
    if (!*covers) return {};
    auto word = guarded(call, [&] { return rule.state(graph_, n); });
    if (!word) return std::unexpected(std::move(word).error());
    for (const auto figure :
         {word->macs.value, word->flops.value, word->input.value, word->output.value, word->weight.value})
      if (figure >> 63 != 0)
        return std::unexpected(broken_contract(call, "gave a figure that does not fit 63 bits"));
    word->by = step_.id;
    words_.emplace_back(n, *word);
    covered_[n] = true, ++counts_[std::string(graph_.foreign(n))];
    return {};
  }

  const Graph& graph_;
  const Step& step_;
  PerNode<bool>& covered_;
  Words& words_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace

Result<Graph> state_operators(Graph graph, std::span<const Step> rules, std::vector<Diagnostic>& notes) {
  if (rules.empty()) return graph;
  PerNode<bool> covered(graph.node_count());
  Words words;
  for (const auto& step : rules) {
    Asking asking(graph, step, covered, words);
    if (auto ok = asking.ask(); !ok) return std::unexpected(std::move(ok).error());
    notes.push_back(asking.note());
  }
  return Graph::with_stated(std::move(graph), words);
}

}  // namespace alidade::host
