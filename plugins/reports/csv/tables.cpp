#include "tables.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "cells.hpp"

namespace alidade::csv {
namespace {

using Columns = std::vector<std::string>;

const CostProfile* cost_of(const ModelRun& model) {
  return model.results && !model.error ? model.results->get<CostProfile>() : nullptr;
}

/// Ids of all hardware targets of all models, sorted: one column each.
std::set<std::string> targets(const Run& run) {
  std::set<std::string> out;
  for (const auto& model : run.models)
    for (const auto* target : estimates_of(model.results)) out.insert(target->target);
  return out;
}

const Estimate* find(const ModelRun& model, const std::string& target) {
  return model.results ? model.results->get<Estimate>(target) : nullptr;
}

/// The parts of every operator in the times of each target; nothing for a target that the model lacks.
using Times = std::vector<std::pair<const Estimate*, PerNode<Seconds>>>;
Times times_of(const ModelRun& model, const CostProfile& cost, const std::set<std::string>& targets) {
  Times out;
  for (const auto& target : targets) {
    const auto* found = find(model, target);
    out.emplace_back(found, found ? found->by_node(*model.graph, cost) : PerNode<Seconds>());
  }
  return out;
}

/// The header: the columns of the table, the time on each target, of a sum also at most, and the error of a
/// model that failed.
void write_header(const Columns& columns, const std::set<std::string>& targets, bool sums, Sink& out) {
  Row row;
  for (const auto& column : columns) row.text(column);
  for (const auto& target : targets) {
    row.text("time_s:" + target);
    if (sums) row.text("time_s_upper:" + target);
  }
  row.text("error").write(out);
}

std::string failure(const ModelRun& model) {
  if (model.error) return model.error->what;
  return model.failed.empty() ? "no cost analysis was run" : model.failed.front().error.what;
}

/// A row that only says why there are no others.
void write_failure(const ModelRun& model, std::size_t columns, Sink& out) {
  Row row;
  row.text(model.id);
  for (std::size_t i = 1; i < columns; ++i) row.empty();
  row.text(failure(model)).write(out);
}

/// Figures that every table has, in the order of its columns. One that ends in _upper is the most that it may
/// be, and empty without a bound.
const Columns kSums = {"flops",        "flops_upper",        "macs",         "macs_upper",
                       "counted",      "counted_upper",      "params",       "params_upper",
                       "input_bytes",  "input_bytes_upper",  "output_bytes", "output_bytes_upper",
                       "weight_bytes", "weight_bytes_upper", "memory_bytes", "memory_bytes_upper"};

void add_sums(Row& row, const CostSum& sum) {
  row.count(sum.flops.value).upper(sum.flops_upper).count(sum.macs.value).upper(sum.macs_upper);
  row.count(sum.counted).upper(sum.counted_upper).count(sum.params.value).upper(sum.params_upper);
  row.count(sum.input.value).upper(sum.input_upper).count(sum.output.value).upper(sum.output_upper);
  row.count(sum.weight.value).upper(sum.weight_upper).count(sum.traffic.value).upper(sum.traffic_upper);
}

std::string shape(const Graph& graph, NodeId node) {
  const auto outputs = graph.outputs(node);
  return outputs.empty() ? std::string{} : to_text(graph, graph.type_id(outputs[0]));
}

void write_op(const ModelRun& model, const CostProfile& cost, const Layer& layer, const Times& targets,
              Sink& out) {
  const auto& graph = *model.graph;
  const auto& row = cost.nodes[layer.node];
  const auto work = all_runs(row);
  Row line;
  line.text(model.id).text(layer.name).text(layer_type(graph, layer.node)).text(name(graph.op(layer.node)));
  line.count(work.flops.value).upper(row.flops_upper()).count(work.macs.value).upper(row.macs_upper());
  line.count(row.counted).upper(row.counted_upper).count(layer.params).upper(layer.params_upper);
  line.count(work.input.value).upper(row.input_upper());
  line.count(work.output.value).upper(row.output_upper());
  line.count(work.weight.value).upper(row.weight_upper());
  line.count(work.traffic().value).upper(row.traffic_upper());
  line.real(known_intensity(work).value_or(NAN)).text(bottleneck(cost, work));
  line.text(name(work.certainty)).count(row.runs).upper(row.runs_upper);
  line.text(row.conditional ? "yes" : "no").text(shape(graph, layer.node));
  line.text(graph.path(graph.module(layer.node)))
      .text(graph.name(layer.node))
      .text(graph.foreign(layer.node));
  const auto source = graph.source(layer.node);
  line.text(source ? std::string(source->first) + ":" + std::to_string(source->second) : "");
  for (const auto& [target, times] : targets)
    line.real(target && target->knows(layer.node) ? times[layer.node].value : NAN);
  line.empty().write(out);
}

std::size_t depth(const Graph& graph, ModuleId module) {
  std::size_t levels = 0;
  for (; module != ModuleId(0); module = graph.parent(module)) ++levels;
  return levels;
}

Columns joined(std::initializer_list<Columns> parts) {
  Columns out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

void write_ops(const Run& run, Sink& out) {
  const auto columns =
      joined({{"model", "name", "type", "op"},
              kSums,
              {"arithmetic_intensity_flops_per_byte", "bottleneck", "certainty", "runs", "runs_upper",
               "conditional", "output", "module", "node", "foreign", "source"}});
  const auto hardware = targets(run);
  write_header(columns, hardware, false, out);
  for (const auto& model : run.models) {
    const auto* cost = cost_of(model);
    if (!cost) {
      write_failure(model, columns.size() + hardware.size(), out);
      continue;
    }
    const auto times = times_of(model, *cost, hardware);
    for (const auto& layer : layers(*model.graph)) write_op(model, *cost, layer, times, out);
  }
}

void write_modules(const Run& run, Sink& out) {
  const auto columns = joined({{"model", "module", "type", "depth", "ops", "ops_upper"}, kSums});
  write_header(columns, {}, false, out);
  for (const auto& model : run.models) {
    const auto* cost = cost_of(model);
    if (!cost) {
      write_failure(model, columns.size(), out);
      continue;
    }
    for (std::size_t i = 0; i < model.graph->module_count(); ++i) {
      const ModuleId module(i);
      Row row;
      row.text(model.id).text(model.graph->path(module)).text(model.graph->type(module));
      row.count(depth(*model.graph, module)).count(cost->modules[module].ops);
      row.upper(cost->modules[module].ops_upper);
      add_sums(row, cost->modules[module]);
      row.empty().write(out);
    }
  }
}

void write_totals(const Run& run, Sink& out) {
  const auto columns =
      joined({{"model", "path", "format", "convention", "ops", "ops_upper", "opaque_ops", "unknown_ops"},
              kSums,
              {"stored_weight_bytes", "stored_weight_bytes_upper", "peak_activation_bytes",
               "peak_activation_bytes_upper"}});
  const auto hardware = targets(run);
  write_header(columns, hardware, true, out);
  for (const auto& model : run.models) {
    const auto* cost = cost_of(model);
    if (!cost) {
      write_failure(model, columns.size() + 2 * hardware.size(), out);
      continue;
    }
    Row row;
    row.text(model.id).text(model.path).text(model.graph->format()).text(name(cost->convention));
    row.count(cost->total.ops)
        .upper(cost->total.ops_upper)
        .count(cost->total.opaque)
        .count(cost->total.opaque + cost->total.unknown);
    add_sums(row, cost->total);
    row.count(cost->weight_bytes.value).upper(cost->weight_bytes_upper);
    row.count(cost->peak_activation.value).upper(cost->peak_activation_upper);
    for (const auto& target : hardware) {
      const auto* found = find(model, target);
      row.real(found ? found->latency.value : NAN);
      row.real(found && found->latency_upper ? found->latency_upper->value : NAN);
    }
    row.empty().write(out);
  }
}

}  // namespace alidade::csv
