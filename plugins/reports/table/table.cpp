#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"
#include "crosscheck.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

void write_title(const std::string& model, Sink& out) {
  const std::string bar(80, '=');
  out.write(bar + "\nGRAPH PROFILE: " + text::printable(model) + "\n" + bar + "\n\n");
}

void write_cost(const ModelRun& model, const CostProfile& cost, const View& view, Sink& out) {
  Page page{model, *model.graph, cost, view, layers(*model.graph)};
  page.views = std::erase_if(page.layers, [&](const Layer& layer) {
    return class_of(page.graph.op(layer.node)) == OpClass::view && layer.params == 0;
  });
  write_summary(page, out);
  write_breakdown(page, out);
  write_bottlenecks(page, out);
  write_unknown(page, out);
  write_details(page, out);
  write_tree(page, out);
}

void write_failed(const ModelRun& model, Sink& out) {
  if (model.failed.empty()) return;
  out.write("\nAnalyses Without a Result:\n");
  for (const auto& failed : model.failed)
    out.write("  " + text::printable(failed.id) + ": " + text::printable(failed.error.what) + "\n");
}

void write_model(const ModelRun& model, const View& view, Sink& out) {
  write_title(model.id, out);
  if (model.error) {
    out.write("File: " + text::printable(model.path) + "\n" + to_text(*model.error) + "\n");
    return write_warnings(model, view, out);
  }
  const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
  if (cost)
    write_cost(model, *cost, view, out);
  else
    out.write("No cost analysis was run.\n");
  write_failed(model, out);
  write_hardware(model, view, out);
  write_placements(model, view, out);
  write_results(model, view, out);
  write_warnings(model, view, out);
}

/// Several models side by side.
void write_comparison(const Run& run, Sink& out) {
  Grid grid{{{"Model", false}, {"Operators"}, {"#Parameters"}, {"MACs"}, {"FLOPs"}, {"Memory"}}, {}};
  for (const auto& model : run.models) {
    const auto* cost = model.results && !model.error ? model.results->get<CostProfile>() : nullptr;
    auto& row = grid.rows.emplace_back(std::vector<std::string>{shortened(model.id, 60)});
    if (cost)
      row.insert(row.end(), {count_range(cost->total.ops, cost->total.ops_upper),
                             count_cell(cost->total.params.value, cost->total.params_upper),
                             count_cell(cost->total.macs.value, cost->total.macs_upper),
                             count_cell(cost->total.flops.value, cost->total.flops_upper),
                             bytes_cell(cost->total.traffic.value, cost->total.traffic_upper)});
    else
      row.resize(grid.columns.size(), model.error ? "failed" : "-");
  }
  out.write("\nModels:\n");
  grid.write(out);
}

}  // namespace

/// The profile page for people: summary, breakdown, bottlenecks, layers, module tree, hardware, everything
/// else.
class Table final : public Report {
 public:
  static std::vector<ResultKey> needs() { return {CostProfile::key}; }
  static void options(OptionSpec<Table>& o) {
    o.field("show_shape", &Table::show_shape_, "show tensor shapes in the module tree");
    o.field("verbose", &Table::verbose_, "show every layer, row and warning");
    o.field("fold", &Table::fold_, "show repeated blocks of the module tree once: 12 x EncoderBlock");
    o.field("top", &Table::top_, "how many layers and rows to show").at_least(0);
    o.field("depth", &Table::depth_, "levels of the module tree; 0: all").at_least(0);
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    const View view{show_shape_, verbose_, fold_, top_, depth_};
    for (std::size_t i = 0; i < run.models.size(); ++i) {
      if (i > 0) out.write("\n");
      write_model(run.models[i], view, out);
    }
    if (run.models.size() > 1) write_comparison(run, out);
    return {};
  }

 private:
  bool show_shape_ = false, verbose_ = false, fold_ = false;
  std::int64_t top_ = 10, depth_ = 3;
};

}  // namespace alidade::table

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::table::Table>("table",
                                    "the profile page: summary, layers, module tree and everything else");
  plugin.add<alidade::table::CrossCheckPage>(
      "table.crosscheck", "our counts beside another tool's, every model in one table, and why they differ");
}
