#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/base/units.hpp"
#include "alidade/results/estimate.hpp"

namespace alidade::cli {

/// What operators of a model took when somebody ran it, by name.
struct MeasuredTimes {
  std::map<std::string, Seconds, std::less<>> by_node;
  std::optional<Seconds> whole;  ///< of the row "(whole model)"
  std::string how = {};          ///< "on cpu, 2 threads, median of 20 runs"; empty: the file does not say
};
/// What a frontend attached that has run the model; nothing where none has.
[[nodiscard]] std::optional<MeasuredTimes> measured_in(const Graph& graph);
/// A kernel with the times of the operators that it does.
struct MeasuredKernel {
  std::size_t kernel = 0;
  Seconds measured, estimated;  ///< of all runs
};
/// Measured times beside those of an estimate.
struct Comparison {
  std::size_t rows = 0, matched = 0;    ///< of the file; rows that name an operator of the model
  std::vector<MeasuredKernel> kernels;  ///< that have a price and a row; the greatest difference first
  [[nodiscard]] Seconds sum(Seconds MeasuredKernel::* of) const;
};
/// Whether any of the times is of an operator of the graph.
[[nodiscard]] bool are_about(const MeasuredTimes& times, const Graph& graph);
[[nodiscard]] Comparison compared(const Graph& graph, const Estimate& estimate, const MeasuredTimes& times);

}  // namespace alidade::cli
