#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::table {

/// What the user chose of the page.
struct View {
  bool show_shape = false, verbose = false, fold = false;
  std::int64_t top = 10, depth = 3;
};

/// One model whose cost is known, and everything the sections of its page read.
struct Page {
  const ModelRun& model;
  const Graph& graph;
  const CostProfile& cost;
  const View& view;
  std::vector<Layer> layers;  ///< those that cost something: views are not among them
  std::size_t views = 0;      ///< how many those are
};

// The sections, in the order of the page; each writes nothing when it has nothing to say.
void write_summary(const Page& page, Sink& out);
void write_breakdown(const Page& page, Sink& out);
void write_bottlenecks(const Page& page, Sink& out);
void write_unknown(const Page& page, Sink& out);
void write_details(const Page& page, Sink& out);
void write_tree(const Page& page, Sink& out);
void write_hardware(const ModelRun& model, const View& view, Sink& out);
void write_placements(const ModelRun& model, const View& view, Sink& out);
void write_results(const ModelRun& model, const View& view, Sink& out);
void write_warnings(const ModelRun& model, const View& view, Sink& out);

/// "  Total Operators:      49": one line of a section.
void write_line(Sink& out, std::string label, const std::string& value);
/// "(1, 64, 112, 112)", "(batch, ?)"; "" when unranked.
[[nodiscard]] std::string shape_cell(const Graph& graph, ValueId value);

}  // namespace alidade::table
