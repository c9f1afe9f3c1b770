#include "cause.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "alidade/base/text.hpp"

namespace alidade::cost {
namespace {

constexpr std::size_t kNamed = 3;
constexpr auto kByData = " depends on data";

/// What a note of the frontend says of the sizes of a result; nothing where it is about something else.
const char* why_open(std::string_view code) {
  if (code == "depends-on-data") return kByData;
  return code == "sizes-elsewhere" ? " has sizes whose numbers lie in another file" : nullptr;
}

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
      : g_(graph), seen_(graph.value_count(), 0), open_(graph.node_count(), nullptr) {
    for (const auto& note : graph.notes())
      if (note.node.valid() && why_open(note.code)) open_[note.node] = why_open(note.code);
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
      if (!before || open_[maker]) return sentences_.push_back(made_by(maker));
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
    const char* why = open_[maker]                         ? open_[maker]
                      : op == Op::nonzero || op == Op::nms ? kByData
                                                           : " has no shape that is known";
    return "the result of " + called(g_, maker) + why;
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
  PerNode<const char*> open_;  ///< why sizes of its results are not known, where a note says it
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
