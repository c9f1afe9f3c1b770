// What was measured beside what is estimated: for people, for programs, for tables.
#include "cli/estimates/measured_out.hpp"

#include <fmt/format.h>

#include "alidade/base/text.hpp"
#include "alidade/sdk/layers.hpp"
#include "cli/output/cell_writer.hpp"
#include "cli/output/columns.hpp"
#include "host/run/figures.hpp"

namespace alidade::cli {
namespace {

using Line = std::vector<std::string>;

std::string times(Seconds estimated, Seconds measured) {
  if (measured.value <= 0) return "-";
  const double ratio = estimated.value / measured.value;
  return (ratio < 0.1 ? fmt::format("{:.2g}", ratio) : text::fixed(ratio, 2)) + " x";
}

Line line(std::string name, std::string_view kind, Seconds measured, Seconds estimated) {
  return {std::move(name), std::string(kind), text::seconds(measured.value), text::seconds(estimated.value),
          times(estimated, measured)};
}

/// What both kinds of rows have: the kernel's problem in short, by which a table of kernels is looked up.
void write_kernel(const EstimateRow& row, const MeasuredKernel& one, ObjectWriter& t) {
  const Kernel& kernel = row.estimate->kernels()[one.kernel];
  t.text("kind", name(kernel.kind)), t.text("in", name(kernel.arithmetic));
  t.count("flops", kernel.matrix.value + kernel.vector.value);
  t.count("bytes", kernel.traffic().value);
}

}  // namespace

void write_measured_page(const EstimateRow& row, const MeasuredTimes& measured, std::size_t top, Sink& out) {
  const auto& e = *row.estimate;
  const auto& graph = *row.model->graph;
  const auto beside = compared(graph, e, measured);
  out.write("Measured" + (measured.how.empty() ? "" : " (" + text::printable(measured.how) + ")") +
            " beside estimated, " + text::printable(row.model->id) + " on " + text::printable(e.target) +
            ": " + std::to_string(beside.matched) + " of " + std::to_string(beside.rows) +
            " rows name an operator of the model\n");
  std::vector<Line> lines{{"kernel", "kind", "measured", "estimated", "estimated/measured"}};
  if (measured.whole) {
    lines.push_back(line("(whole model)", "", *measured.whole, e.latency));
    lines.back()[3] = e.latency_text();
    lines.push_back(line("(sum of kernels)", "", beside.sum(&MeasuredKernel::measured),
                         beside.sum(&MeasuredKernel::estimated)));
  }
  const auto names = layer_names(graph);
  for (const auto& one : beside.kernels) {
    if (top-- == 0) break;
    const Kernel& kernel = e.kernels()[one.kernel];
    lines.push_back(
        line(text::printable(names[kernel.node]), name(kernel.kind), one.measured, one.estimated));
  }
  if (lines.size() > 1) write_columns(lines, 2, out);
}

void write_measured_json(const EstimateRow& row, const MeasuredTimes& measured, ObjectWriter& t) {
  const auto& graph = *row.model->graph;
  const auto beside = compared(graph, *row.estimate, measured);
  const auto names = layer_names(graph);
  t.begin_object("measured");
  if (!measured.how.empty()) t.text("how", measured.how);
  write_optional(t, "time_s", value_of(measured.whole));
  t.count("rows", beside.rows), t.count("matched_rows", beside.matched);
  t.begin_array("kernels");
  for (const auto& one : beside.kernels) {
    t.begin_object();
    t.text("name", names[row.estimate->kernels()[one.kernel].node]);
    write_kernel(row, one, t);
    t.real("measured_s", one.measured.value), t.real("estimated_s", one.estimated.value);
    t.end_object();
  }
  t.end_array();
  t.end_object();
}

void write_measured_csv(const std::vector<MeasuredRow>& rows, Sink& out) {
  LineWriter lines(out);
  for (const auto& [row, measured] : rows)
    for (const auto& one : compared(*row.model->graph, *row.estimate, measured).kernels) {
      const Kernel& kernel = row.estimate->kernels()[one.kernel];
      CellWriter cells;
      cells.text("model", row.model->id), cells.text("on", row.estimate->target);
      cells.text("node", row.model->graph->name(kernel.node));
      write_kernel(row, one, cells);
      cells.real("time_s", one.measured.value), cells.real("estimated_s", one.estimated.value);
      lines.write(cells);
    }
}

}  // namespace alidade::cli
