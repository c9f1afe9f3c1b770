// Where operators go, as a page: one line first, then partitions, and what speaks against the accelerator.
#include <algorithm>
#include <map>

#include "alidade/base/text.hpp"
#include "alidade/sdk/layers.hpp"
#include "cli/output/columns.hpp"
#include "cli/placements/placement_out.hpp"

namespace alidade::cli {
namespace {

using Line = std::vector<std::string>;

std::string percent(double share) { return text::fixed(100 * share, 1) + " %"; }

void write_first(const PlacementRow& row, Sink& out) {
  const auto& p = *row.placement;
  out.write(text::printable(row.model->id) + ": " + text::visible(p.summary()) + "\n");
  if (const auto advice = p.advice(); !advice.empty()) out.write(text::visible(advice) + "\n");
  const bool energy = p.objective == Objective::energy;
  out.write("No placement on these takes less than " + amount(p.objective, p.least) + "; this one takes " +
            (p.gap() < 5e-4 ? (energy ? "as much" : "as long")
                            : percent(p.gap()) + (energy ? " more" : " longer")) +
            ".\n");
}

void write_partitions(const Placement& p, Sink& out) {
  out.write("\nPartitions, in the order in which they run:\n");
  std::vector<Line> lines{{"", "device", "bound by", "operators", "MACs", "bytes in", "bytes out", "time"}};
  for (std::size_t i = 0; i < p.partitions.size(); ++i) {
    const auto& one = p.partitions[i];
    lines.push_back({"#" + std::to_string(i + 1), text::printable(p.devices[one.device]),
                     one.bound ? std::string(name(*one.bound)) : "-", std::to_string(one.operators),
                     text::si(one.macs.value), text::bytes(one.in.value), text::bytes(one.out.value),
                     p.at_least && one.time.value == 0 ? "unknown" : text::seconds(one.time.value)});
  }
  write_columns(lines, 3, out);
  if (const auto& time = p.time; time.transfers.value > 0 || time.fixed.value > 0)
    out.write("One after the other: " + text::seconds(time.steps.value) + " in partitions, " +
              text::seconds(time.transfers.value) + " in transfers, " + text::seconds(time.fixed.value) +
              " that devices take per run.\n");
}

/// Which partitions would take another batch as they are, and why others would not.
void write_batches(const Placement& p, Sink& out) {
  out.write("\nAnother batch:");
  std::map<std::string, std::vector<std::string>> by_answer;
  for (std::size_t i = 0; i < p.partitions.size(); ++i) {
    const auto& one = p.partitions[i];
    const std::string verdict = !one.takes_batch ? "not known" : *one.takes_batch ? "taken" : "not taken";
    by_answer[verdict + (one.batch_reason.empty() ? "" : " (" + text::visible(one.batch_reason) + ")")]
        .push_back("#" + std::to_string(i + 1));
  }
  const char* separator = " ";
  for (const auto& [answer, numbers] : by_answer) {
    out.write(separator + answer + " by " +
              (numbers.size() == p.partitions.size() ? "all" : text::join(numbers, ", ")));
    separator = "; ";
  }
  out.write("\n");
}

std::string margin(const Placement& p, const PlacedOperator& one) {
  if (!one.margin) return "impossible";
  return (*one.margin < 0 ? "-" : "+") + amount(p.objective, std::abs(*one.margin));
}

/// Operators away from the wanted device: why, and what moving them there would change.
void write_others(const PlacementRow& row, Sink& out) {
  const auto& p = *row.placement;
  if (p.count(0) == p.operators.size()) return;
  out.write("\nNot on " + text::printable(p.devices[0]) + ", and how much " +
            (p.objective == Objective::energy ? "more" : "longer") + " all takes with one moved there:\n");
  const auto names = layer_names(*row.model->graph);
  std::vector<Line> lines{{"operator", "as", "on", "moved", "reason"}};
  for (const auto& one : p.operators)
    if (one.device != 0)
      lines.push_back(
          {text::printable(names[one.node]), framework_name(*row.model->graph, one.node),
           text::printable(p.devices[one.device]), margin(p, one),
           one.wanted.reason.empty() ? "the placer's choice" : text::printable(one.wanted.reason)});
  write_columns(lines, 5, out);
}

void write_transfers(const PlacementRow& row, Sink& out) {
  const auto& p = *row.placement;
  if (p.transfers.empty()) return;
  out.write("\nTransfers:\n");
  const auto names = layer_names(*row.model->graph);
  std::vector<Line> lines{{"what", "from", "to", "bytes", "time"}};
  for (const auto& one : p.transfers)
    lines.push_back({text::printable(names[row.model->graph->producer(one.value)]),
                     text::printable(p.devices[one.from]), text::printable(p.devices[one.to]),
                     text::bytes(one.bytes.value), text::seconds(one.time.value)});
  write_columns(lines, 3, out);
}

/// Of a task: the operator's first device that runs it.
std::size_t first_device(const PlacementTask& task, std::size_t step) {
  std::size_t device = 0;
  while (device + 1 < task.devices.size() && !task.devices[device].runs(step)) ++device;
  return device;
}

std::string source_of(const Graph& graph, NodeId node) {
  const auto source = graph.source(node);
  return source ? text::printable(source->first) + ":" + std::to_string(source->second) : "-";
}

void write_analysis(const AnalyzedModel& one, Sink& out) {
  const auto& task = one.task;
  const auto names = layer_names(*task.graph);
  std::size_t supported = 0;
  std::vector<Line> lines{{"operator", "as", "on", "verdict", "source", "reason"}};
  for (std::size_t step = 0; step < task.nodes.size(); ++step) {
    const auto& verdict = task.devices[0].verdicts[step];
    supported += task.devices[0].runs(step);
    lines.push_back({text::printable(names[task.nodes[step]]), framework_name(*task.graph, task.nodes[step]),
                     text::printable(task.devices[first_device(task, step)].id),
                     std::string(name(verdict.how)), source_of(*task.graph, task.nodes[step]),
                     text::printable(verdict.reason)});
  }
  out.write(text::printable(one.model->id) + ": " + text::printable(task.devices[0].id) + " runs " +
            std::to_string(supported) + " of " + std::to_string(task.nodes.size()) + " operators" +
            (one.rules.empty() ? "" : " (by the rules of " + text::printable(one.rules) + ")") + "\n");
  write_columns(lines, 6, out);
}

}  // namespace

void write_placement_page(const std::vector<PlacementRow>& rows, Sink& out) {
  for (const auto& row : rows) {
    if (&row != &rows.front()) out.write("\n");
    write_first(row, out);
    write_partitions(*row.placement, out);
    write_batches(*row.placement, out);
    write_others(row, out);
    write_transfers(row, out);
  }
}

void write_placement_log(const std::vector<PlacementRow>& rows, Sink& out) {
  for (const auto& row : rows)
    for (const auto& line : row.placement->log) out.write(text::visible(line) + "\n");
}

void write_analysis_page(const std::vector<AnalyzedModel>& models, Sink& out) {
  for (const auto& one : models) {
    if (&one != &models.front()) out.write("\n");
    write_analysis(one, out);
  }
}

}  // namespace alidade::cli
