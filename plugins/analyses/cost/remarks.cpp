#include "remarks.hpp"

#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/ir/symbols.hpp"
#include "cause.hpp"

namespace alidade::cost {
namespace {

constexpr std::size_t kNamed = 5;

/// "a, b, c and 2 more"
std::string listed(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamed);
  std::string text = text::join(std::span(names).first(shown), ", ");
  return names.size() > shown ? text + " and " + std::to_string(names.size() - shown) + " more" : text;
}

std::string operators(std::uint64_t count, const CostProfile& profile) {
  const auto all = profile.total.ops_upper.get().value_or(profile.total.ops);
  const double share =
      100.0 * static_cast<double>(count) / static_cast<double>(std::max<std::uint64_t>(all, 1));
  return std::to_string(count) + " of " + std::to_string(all) + " operators (" + text::fixed(share, 1) + "%)";
}

/// " (it holds weights of its own)": why operators of this name have no upper bound, if they have none.
std::string no_bound(const Graph& graph, std::string_view foreign) {
  for (const NodeId n : graph.nodes())
    if (graph.foreign(n) == foreign)
      if (const auto why = unbounded_because(graph, n); !why.empty()) return " (" + std::string(why) + ")";
  return {};
}

void remark_opaque(const Graph& graph, CostProfile& profile) {
  if (profile.total.opaque == 0) return;
  std::vector<std::string> names;
  Upper upper;
  for (const auto& share : profile.opaque(graph)) {
    names.push_back(text::printable(share.label.empty() ? "without a name" : share.label) +
                    (share.ops > 1 ? " x " + std::to_string(share.ops) : "") + no_bound(graph, share.label));
    upper += share.counted_upper;
  }
  const std::string range = text::si(0, upper) + (upper.bounded() ? "" : ", with no upper bound,");
  profile.warnings.push_back({Severity::warning, "opaque-operator",
                              operators(profile.total.opaque, profile) + " " +
                                  (profile.total.opaque == 1 ? "is" : "are") + " not known, counted as " +
                                  range + " under '" + std::string(name(profile.convention)) +
                                  "': " + listed(names),
                              NodeId()});
}

/// Operators with a name each that f holds for.
template <class F>
std::vector<std::string> named(const Graph& graph, const CostProfile& profile, F&& f) {
  std::vector<std::string> names;
  for (const NodeId n : graph.nodes())
    if (profile.nodes[n].runs > 0 && !is_free(graph.op(n)) && f(profile.nodes[n].work))
      names.push_back(text::printable(graph.name(n)));
  return names;
}

void remark_unknown(const Graph& graph, CostProfile& profile) {
  const auto names =
      named(graph, profile, [](const Work& work) { return work.certainty == Certainty::unknown; });
  if (names.empty()) return;
  const auto symbols = symbols_of(graph);
  const std::string way_out =
      (symbols.of_inputs.empty() ? "" : "; to count them bind " + listed(symbols.of_inputs)) +
      (symbols.of_data.empty()
           ? ""
           : "; what depends on data is known when the model runs: " + listed(symbols.of_data));
  const bool one = names.size() == 1;
  profile.warnings.push_back({Severity::warning, "unknown-shape",
                              operators(names.size(), profile) + (one ? " has" : " have") +
                                  " a shape that is not known and " + (one ? "is" : "are") +
                                  " not counted in full: " + listed(names) + because(graph, profile) +
                                  way_out,
                              NodeId()});
}

/// Operators whose arithmetic is known, and the size of what they move is not.
void remark_unsized(const Graph& graph, CostProfile& profile) {
  const auto names = named(graph, profile, [](const Work& work) {
    return !work.bytes_known() && work.certainty != Certainty::unknown;
  });
  if (names.empty()) return;
  const bool one = names.size() == 1;
  profile.warnings.push_back(
      {Severity::warning, "unknown-size",
       operators(names.size(), profile) + (one ? " moves" : " move") +
           " tensors whose size in bytes is not known, as their element type or shape is missing: " +
           (one ? "its" : "their") + " bytes are \"at least\": " + listed(names),
       NodeId()});
}

/// How much of the model's FLOPs is worth a warning, not only a note.
constexpr double kWorthAWarning = 0.01;

}  // namespace

void remark_unneeded(const Graph& graph, const Counter& counter, CostProfile& profile) {
  std::vector<std::string> names;
  std::uint64_t flops = 0;
  Upper most;
  for (const NodeId n : graph.nodes()) {
    const auto& cost = profile.nodes[n];
    if (counter.needed(n) || cost.runs == 0 || cost.work.flops.value == 0) continue;
    flops += cost.conditional ? 0 : cost.work.flops.value * cost.runs;
    most += cost.flops_upper();
    names.push_back(text::printable(graph.name(n)));
  }
  if (names.empty()) return;
  const auto total = static_cast<double>(std::max<std::uint64_t>(profile.total.flops.value, 1));
  const bool exact = most == flops && profile.total.flops_upper == profile.total.flops.value;
  const double share = static_cast<double>(most.get().value_or(profile.total.flops.value)) / total;
  profile.warnings.push_back(
      {share < kWorthAWarning ? Severity::note : Severity::warning, "unneeded-work",
       operators(names.size(), profile) + (names.size() == 1 ? " does work" : " do work") +
           " that no output needs, " + text::si(flops, most) + " FLOPs" +
           (exact ? " (" + text::fixed(100 * share, 1) + "%)" : "") + ": " + listed(names),
       NodeId()});
}

Result<void> demand_bound(const Graph& graph) {
  const auto names = symbols_of(graph).of_inputs;
  if (names.empty()) return {};
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + text::printable(name);
  const auto flags = bind_flags(graph, names);
  const bool one = names.size() == 1;
  return fail(Fault::config,
              std::to_string(names.size()) +
                  (one ? " symbolic dimension has no value: " : " symbolic dimensions have no value: ") +
                  list,
              {},
              std::string(one ? "bind it: " : "bind them: ") + flags + (flags.empty() ? "" : ", or ") +
                  "[bind] in the pipeline file");
}

void remark_gaps(const Graph& graph, CostProfile& profile) {
  remark_opaque(graph, profile);
  remark_unknown(graph, profile);
  remark_unsized(graph, profile);
}

}  // namespace alidade::cost
