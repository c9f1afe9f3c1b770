#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "alidade/results/estimate.hpp"
#include "alidade/sdk/report.hpp"
#include "cli/estimates/measured.hpp"

namespace alidade::cli {

/// One model on one target.
struct EstimateRow {
  const ModelRun* model = nullptr;
  const Estimate* estimate = nullptr;
};
[[nodiscard]] std::vector<EstimateRow> estimate_rows(const Run& run);

/// What is shown beside the rows: the `top` kernels of each, and measured times where there are any.
struct EstimateDetail {
  std::size_t top = 5;
  std::optional<MeasuredTimes> measured;
  bool is_table = false;  ///< the same file has times of kernels: it may be about other models
};

// The same rows three times over.
void write_estimate_page(const std::vector<EstimateRow>& rows, const EstimateDetail& detail, Sink& out);
void write_estimate_json(const std::vector<EstimateRow>& rows, const EstimateDetail& detail, Sink& out);
void write_estimate_csv(const std::vector<EstimateRow>& rows, Sink& out);

/// The kernels of an estimate that take most, all runs, the longest first.
[[nodiscard]] std::vector<std::size_t> longest_kernels(const Estimate& estimate, std::size_t top);

}  // namespace alidade::cli
