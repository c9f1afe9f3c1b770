#pragma once
#include <string_view>
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::document {

// Each tells one part into the object that the caller has opened.
void write_layers(const Graph& graph, const CostProfile& cost, const std::vector<Layer>& layers,
                  ObjectWriter& out);
void write_totals(const CostProfile& cost, ObjectWriter& out);
void write_graph(const ModelRun& model, ObjectWriter& out);
void write_hardware(const ModelRun& model, const std::vector<Layer>& layers, ObjectWriter& out);
void write_analyses(const ModelRun& model, ObjectWriter& out);
void write_failed(const ModelRun& model, ObjectWriter& out);
void write_warnings(const ModelRun& model, ObjectWriter& out);
void write_frontend(const ModelRun& model, ObjectWriter& out);
void write_error(std::string_view key, const Error& error, ObjectWriter& out);

}  // namespace alidade::document
