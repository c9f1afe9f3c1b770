#include "alidade/sdk/document.hpp"

#include "parts.hpp"

namespace alidade::document {
namespace {

/// What the seed's profiler wrote, with the seed's names and units.
void write_seed_keys(const Graph& graph, const CostProfile& cost, const std::vector<Layer>& layers,
                     ObjectWriter& out) {
  out.count("total_flops", cost.total.flops.value);
  out.count("total_memory", cost.total.traffic.value);
  write_layers(graph, cost, layers, out);
}

/// The same keys where no cost analysis was run.
void write_no_cost(ObjectWriter& out) {
  out.nothing("total_flops");
  out.nothing("total_memory");
  out.begin_array("layers");
  out.end_array();
}

void write_convention(const CostProfile* cost, ObjectWriter& out) {
  if (!cost) {
    for (const auto* key : {"convention", "total_flops_upper", "total_memory_upper", "total_counted",
                            "total_counted_upper", "compute_bound_above", "totals", "folded"})
      out.nothing(key);
    return;
  }
  out.text("convention", name(cost->convention));
  write_upper(out, "total_flops_upper", cost->total.flops_upper);
  write_upper(out, "total_memory_upper", cost->total.traffic_upper);
  out.count("total_counted", cost->total.counted);
  write_upper(out, "total_counted_upper", cost->total.counted_upper);
  out.real("compute_bound_above", cost->compute_bound_above);
  write_totals(*cost, out);
  write_folded(*cost, out);
}

void write_analysed(const ModelRun& model, std::string_view program, ObjectWriter& out) {
  const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
  const auto rows = cost ? layers(*model.graph) : std::vector<Layer>{};
  if (cost)
    write_seed_keys(*model.graph, *cost, rows, out);
  else
    write_no_cost(out);
  if (!program.empty()) write_program(program, out);
  out.text("path", model.path);
  write_convention(cost, out);
  write_graph(model, out);
  write_analyses(model, out);
  write_failed(model, out);
  write_hardware(model, rows, out);
}

}  // namespace

}  // namespace alidade::document

namespace alidade {

void write_program(std::string_view program, ObjectWriter& out) {
  out.text("schema", kResultSchema);
  out.text("program", program);
}

void write_run(const Run& run, ObjectWriter& out) {
  if (run.models.size() == 1) return write_document(run.models[0], out, run.program);
  out.begin_object();
  write_program(run.program, out);
  out.begin_array("models");
  for (const auto& model : run.models) write_document(model, out);
  out.end_array();
  out.end_object();
}

void write_document(const ModelRun& model, ObjectWriter& out, std::string_view program) {
  out.begin_object();
  out.text("model", model.id);
  if (model.error) {
    document::write_error("error", *model.error, out);
    if (!program.empty()) write_program(program, out);
    out.text("path", model.path);
  } else {
    document::write_analysed(model, program, out);
  }
  document::write_warnings(model, out);
  document::write_frontend(model, out);
  out.end_object();
}

}  // namespace alidade
