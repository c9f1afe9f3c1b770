#pragma once
#include <string_view>
#include <vector>

#include "alidade/base/teller.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::document {

// Each tells one part into the object that the caller has opened.
void tell_layers(const Graph& graph, const CostProfile& cost, const std::vector<Layer>& layers, Teller& out);
void tell_totals(const CostProfile& cost, Teller& out);
void tell_graph(const ModelRun& model, Teller& out);
void tell_hardware(const ModelRun& model, const std::vector<Layer>& layers, Teller& out);
void tell_analyses(const ModelRun& model, Teller& out);
void tell_failed(const ModelRun& model, Teller& out);
void tell_warnings(const ModelRun& model, Teller& out);
void tell_frontend(const ModelRun& model, Teller& out);
void tell_error(std::string_view key, const Error& error, Teller& out);

}  // namespace alidade::document
