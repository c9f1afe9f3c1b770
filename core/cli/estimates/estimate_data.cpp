// The same as JSON and CSV.
#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/layers.hpp"
#include "cli/estimates/estimate_rows.hpp"
#include "cli/estimates/measured_out.hpp"
#include "cli/output/cell_writer.hpp"
#include "host/run/figures.hpp"

namespace alidade::cli {
namespace {

void write_kernels(const EstimateRow& row, std::size_t top, ObjectWriter& t) {
  const auto& e = *row.estimate;
  const auto names = layer_names(*row.model->graph);
  t.begin_array("longest_kernels");
  for (const auto i : longest_kernels(e, top)) {
    t.begin_object();
    t.text("name", names[e.kernels()[i].node]), t.text("kind", name(e.kernels()[i].kind));
    t.text("arithmetic", name(e.kernels()[i].arithmetic));
    t.count("runs", e.kernels()[i].runs), t.real("time_s", e.all_runs(i).value);
    t.text("bound", name(e.times[i].bound())), t.text("tier", name(e.times[i].tier));
    t.end_object();
  }
  t.end_array();
}

void write_row(const EstimateRow& row, ObjectWriter& t) {
  const auto& e = *row.estimate;
  t.text("model", row.model->id), t.text("target", e.target);
  host::write_figures(e, t);
}

}  // namespace

void write_estimate_json(const std::vector<EstimateRow>& rows, const EstimateDetail& detail, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& row : rows) {
    t.begin_object();
    write_row(row, t);
    write_kernels(row, detail.top, t);
    if (detail.measured) write_measured_json(row, *detail.measured, t);
    t.end_object();
  }
  t.end_array();
  out.write("\n");
}

void write_estimate_csv(const std::vector<EstimateRow>& rows, Sink& out) {
  LineWriter lines(out);
  for (const auto& row : rows) {
    CellWriter cells;
    write_row(row, cells);
    lines.write(cells);
  }
}

}  // namespace alidade::cli
