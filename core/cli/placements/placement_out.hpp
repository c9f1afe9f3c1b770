#pragma once
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "alidade/results/placement.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::cli {

/// One model, and where its operators go.
struct PlacementRow {
  const ModelRun* model = nullptr;
  const Placement* placement = nullptr;
};
[[nodiscard]] std::vector<PlacementRow> placement_rows(const Run& run);
/// One model's operators before anything is placed: what the targets say of them.
struct AnalyzedModel {
  const ModelRun* model = nullptr;
  PlacementTask task;
  std::string rules;  ///< "AWS Neuron, SDK 2.32"; empty: the device's model alone says what it runs
};

void write_placement_page(const std::vector<PlacementRow>& rows, Sink& out);
void write_placement_log(const std::vector<PlacementRow>& rows, Sink& out);
void write_placement_json(const std::vector<PlacementRow>& rows, Sink& out);
void write_analysis_page(const std::vector<AnalyzedModel>& models, Sink& out);
/// What torch_neuronx.analyze returns, and of every operator that is not supported also the reason.
void write_analysis_json(const std::vector<AnalyzedModel>& models, Sink& out);

}  // namespace alidade::cli
