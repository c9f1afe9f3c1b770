// An analysis: how many operators a model has of each kind.
#include <map>
#include <string>

#include <alidade/sdk/plugin.hpp>

using namespace alidade;

/// What the analysis makes: a result that writes itself, in whatever form a report has.
struct OperatorCounts {
  static constexpr ResultKey key{"@name@", 1};
  std::map<std::string, std::uint64_t> counts;

  void write(const Graph&, ObjectWriter& writer) const {
    for (const auto& [op, count] : counts) writer.count(op, count);
  }
};

class Counting final : public Analysis<OperatorCounts(const Graph&)> {
 public:
  Result<OperatorCounts> run(const Graph& graph) const override {
    OperatorCounts out;
    for (const NodeId node : graph.nodes()) ++out.counts[std::string(name(graph.op(node)))];
    return out;
  }
};

ALIDADE_PLUGIN("@name@", "1.0") { plugin.add<Counting>("@name@", "how many operators of each kind"); }
