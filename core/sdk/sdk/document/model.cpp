#include "alidade/sdk/document.hpp"

#include "parts.hpp"

namespace alidade::document {
namespace {

/// What the seed's profiler wrote, with the seed's names and units.
void tell_seed_keys(const Graph& graph, const CostProfile& cost, const std::vector<Layer>& layers,
                    Teller& out) {
  out.count("total_flops", cost.total.flops.value);
  out.count("total_memory", cost.total.traffic().value);
  tell_layers(graph, cost, layers, out);
}

/// The same keys where no cost analysis was run.
void tell_no_cost(Teller& out) {
  out.nothing("total_flops");
  out.nothing("total_memory");
  out.begin_array("layers");
  out.end_array();
}

void tell_convention(const CostProfile* cost, Teller& out) {
  if (!cost) {
    for (const auto* key :
         {"convention", "total_counted", "total_counted_upper", "compute_bound_above", "totals"})
      out.nothing(key);
    return;
  }
  out.text("convention", name(cost->convention));
  out.count("total_counted", cost->total.counted);
  tell_upper(out, "total_counted_upper", cost->total.counted_upper);
  out.real("compute_bound_above", cost->compute_bound_above);
  tell_totals(*cost, out);
}

void tell_analysed(const ModelRun& model, std::string_view program, Teller& out) {
  const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
  const auto rows = cost ? layers(*model.graph) : std::vector<Layer>{};
  if (cost)
    tell_seed_keys(*model.graph, *cost, rows, out);
  else
    tell_no_cost(out);
  if (!program.empty()) tell_program(program, out);
  out.text("path", model.path);
  tell_convention(cost, out);
  tell_graph(model, out);
  tell_analyses(model, out);
  tell_failed(model, out);
  tell_hardware(model, rows, out);
}

}  // namespace

}  // namespace alidade::document

namespace alidade {

void tell_program(std::string_view program, Teller& out) {
  out.text("schema", kResultSchema);
  out.text("program", program);
}

void tell_model(const ModelRun& model, Teller& out, std::string_view program) {
  out.begin_object();
  out.text("model", model.id);
  if (model.error) {
    document::tell_error("error", *model.error, out);
    if (!program.empty()) tell_program(program, out);
    out.text("path", model.path);
  } else {
    document::tell_analysed(model, program, out);
  }
  document::tell_warnings(model, out);
  document::tell_frontend(model, out);
  out.end_object();
}

}  // namespace alidade
