// One row for every kernel of every target.
#include <cmath>

#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "cells.hpp"
#include "tables.hpp"

namespace alidade::csv {
namespace {

constexpr const char* kColumns[] = {
    "model",        "target",       "kernel",     "name",          "kind",   "operators",  "arithmetic",
    "matrix_flops", "vector_flops", "read_bytes", "written_bytes", "runs",   "runs_upper", "time_s",
    "compute_s",    "memory_s",     "launch_s",   "energy_j",      "low",    "high",       "bound",
    "tier",         "outside",      "start_s",    "engine",        "stream", "error"};

/// The times of one run of a kernel; empty where nobody prices it.
void add_times(const Estimate& e, std::size_t i, Row& row) {
  const KernelTime& time = e.times[i];
  const bool priced = e.priced[i] != 0;
  const auto real = [&](double value) { row.real(priced ? value : NAN); };
  real(time.time().value), real(time.compute.value), real(time.memory.value), real(time.launch.value);
  real(time.energy ? time.energy->value : NAN), real(time.low), real(time.high);
  row.text(priced ? name(time.bound()) : "unknown").text(name(time.tier)).text(time.outside ? "yes" : "no");
}

/// When it starts: of a nested region nothing, its outermost kernel starts then.
void add_slot(const Estimate& e, std::size_t i, Row& row) {
  if (i >= e.schedule.size()) return void(row.empty().empty().empty().empty());
  const Slot& slot = e.schedule[i];
  row.real(slot.start.value).text(e.machine.engines[slot.engine]).count(slot.stream).empty();
}

void write_kernel(const ModelRun& model, const Estimate& e, std::size_t i, const PerNode<std::string>& names,
                  Sink& out) {
  const Kernel& kernel = e.kernels()[i];
  std::string operators;
  for (const NodeId n : e.graph_of_kernels->nodes(kernel))
    operators += (operators.empty() ? "" : " ") + names[n];
  Row row;
  row.text(model.id).text(e.target).count(i).text(names[kernel.node]).text(name(kernel.kind)).text(operators);
  row.text(name(kernel.arithmetic)).count(kernel.matrix.value).count(kernel.vector.value);
  row.count(kernel.read.value).count(kernel.written.value).count(kernel.runs).upper(kernel.runs_upper);
  add_times(e, i, row);
  add_slot(e, i, row);
  row.write(out);
}

}  // namespace

void write_kernels(const Run& run, Sink& out) {
  Row header;
  for (const auto* column : kColumns) header.text(column);
  header.write(out);
  for (const auto& model : run.models) {
    if (model.error) {
      Row row;
      row.text(model.id);
      for (std::size_t i = 2; i < std::size(kColumns); ++i) row.empty();
      row.text(model.error->what).write(out);
      continue;
    }
    const auto names = layer_names(*model.graph);
    for (const auto* estimate : estimates_of(model.results))
      for (std::size_t i = 0; i < estimate->times.size(); ++i) write_kernel(model, *estimate, i, names, out);
  }
}

}  // namespace alidade::csv
