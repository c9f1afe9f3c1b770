#include "cli/estimates/estimate_rows.hpp"

#include <algorithm>
#include <functional>

#include "alidade/sdk/estimate.hpp"

namespace alidade::cli {

std::vector<EstimateRow> estimate_rows(const Run& run) {
  std::vector<EstimateRow> out;
  for (const auto& model : run.models)
    for (const auto* estimate : estimates_of(model.results)) out.push_back({&model, estimate});
  return out;
}

std::vector<std::size_t> longest_kernels(const Estimate& estimate, std::size_t top) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < estimate.times.size(); ++i)
    if (estimate.all_runs(i).value > 0) order.push_back(i);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return estimate.all_runs(i).value; });
  order.resize(std::min(order.size(), top));
  return order;
}

}  // namespace alidade::cli
