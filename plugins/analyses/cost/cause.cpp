#include "cause.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "alidade/base/text.hpp"

namespace alidade::cost {
namespace {

constexpr std::size_t kNamed = 3;

bool sized(const Graph& graph, ValueId v) { return !v.valid() || graph.type(v).is_static(); }

/// The first operand, or else result, of unknown size.
std::optional<ValueId> first_unknown(const Graph& graph, NodeId n) {
  for (const ValueId v : graph.inputs(n))
    if (!sized(graph, v)) return v;
  for (const ValueId v : graph.outputs(n))
    if (!sized(graph, v)) return v;
  return std::nullopt;
}

std::string called(const Graph& graph, NodeId n) {
  const auto foreign = text::printable(graph.foreign(n));
  return text::quoted(graph.name(n)) + " (" + (foreign.empty() ? std::string(name(graph.op(n))) : foreign) +
         ")";
}

/// Walks from operators back to what makes the first unknown size, and says so once for each maker.
class Causes {
 public:
  explicit Causes(const Graph& graph)
      : g_(graph), seen_(graph.value_count(), 0), data_(graph.node_count(), 0) {
    for (const auto& note : graph.notes())
      if (note.node.valid() && note.code == "depends-on-data") data_[note.node] = 1;
  }

  void add(NodeId n) {
    auto v = first_unknown(g_, n);
    while (v && seen_[*v] == 0) {
      seen_[*v] = 1;
      const NodeId maker = g_.producer(*v);
      if (!maker.valid()) return sentences_.push_back(origin(*v));
      std::optional<ValueId> before;
      for (const ValueId operand : g_.inputs(maker))
        if (!before && !sized(g_, operand)) before = operand;
      if (!before || data_[maker] != 0) return sentences_.push_back(made_by(maker));
      v = before;
    }
  }

  [[nodiscard]] std::string text() const {
    if (sentences_.empty()) return {};
    const auto shown = std::min(sentences_.size(), kNamed);
    const auto more = sentences_.size() - shown;
    return ", because " + text::join(std::span(sentences_).first(shown), ", ") +
           (more == 0 ? "" : " and " + std::to_string(more) + " more");
  }

 private:
  [[nodiscard]] std::string made_by(NodeId maker) const {
    const Op op = g_.op(maker);
    if (op == Op::opaque) return "the operator " + called(g_, maker) + " is unknown";
    const bool data = data_[maker] != 0 || op == Op::nonzero || op == Op::nms;
    return "the result of " + called(g_, maker) + (data ? " depends on data" : " has no shape that is known");
  }
  [[nodiscard]] std::string origin(ValueId v) const {
    const std::string name = text::quoted(g_.name(v));
    switch (g_.kind(v)) {
      case ValueKind::input:
        return "the input " + name + " has no shape that is known";
      case ValueKind::argument:
        return "the argument " + name + " of a nested graph has no shape that is known";
      default:
        return "the tensor " + name + " has no shape that is known";
    }
  }

  const Graph& g_;
  PerValue<char> seen_;
  PerNode<char> data_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::string because(const Graph& graph, const CostProfile& profile) {
  Causes causes(graph);
  for (const NodeId n : graph.nodes())
    if (profile.nodes[n].runs > 0 && profile.nodes[n].work.certainty == Certainty::unknown) causes.add(n);
  return causes.text();
}

}  // namespace alidade::cost
