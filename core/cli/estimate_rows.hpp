#pragma once
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "alidade/results/estimate.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::cli {

/// One model on one target.
struct EstimateRow {
  const ModelRun* model = nullptr;
  const Estimate* estimate = nullptr;
};
[[nodiscard]] std::vector<EstimateRow> estimate_rows(const Run& run);

// The same rows three times over; the page also lists the `top` kernels of each.
void write_estimate_page(const std::vector<EstimateRow>& rows, std::size_t top, Sink& out);
void write_estimate_json(const std::vector<EstimateRow>& rows, std::size_t top, Sink& out);
void write_estimate_csv(const std::vector<EstimateRow>& rows, Sink& out);

/// The kernels of an estimate that take most, all runs, the longest first.
[[nodiscard]] std::vector<std::size_t> longest_kernels(const Estimate& estimate, std::size_t top);
/// "memory": what bounds most of the time; "" where there is none.
[[nodiscard]] std::string main_bound(const Estimate& estimate);

}  // namespace alidade::cli
