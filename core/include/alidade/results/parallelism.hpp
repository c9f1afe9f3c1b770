#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/ir/axes.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// Along what neighbouring threads do the same to neighbouring data.
enum class VectorAxis : std::uint8_t { none, channels, spatial, all };
[[nodiscard]] std::string_view name(VectorAxis axis);

/// How one operator's work falls apart, as the older system has it: batch * channels * spatial = threads, one
/// for each element that it makes.
struct OperatorParallelism {
  std::uint64_t batch = 0, channels = 0, spatial = 0;  ///< all 0 where a dimension is not known
  std::uint64_t threads = 0;
  bool known = false;        ///< the size of its result is
  std::uint64_t groups = 1;  ///< of a convolution
  bool depthwise = false;    ///< a group for each input channel, more than one
  VectorAxis vector_axis = VectorAxis::none;
  bool splits_batch = false, splits_channels = false,
       splits_spatial = false;  ///< parts need nothing of each other; a depthwise convolution's channels stay
                                ///< together
  AttentionPart attention = AttentionPart::none;
  [[nodiscard]] bool grouped() const { return groups > 1; }
};

/// Operators with about as many threads. One of unknown size may belong to any bucket.
struct ThreadBucket {
  std::string_view label;  ///< "<1K", "1K-10K"
  std::uint64_t ops = 0;
  Flops flops;
  Upper ops_upper, flops_upper;
};

/// What all operators are along the axes of one name, see axes_of().
struct AxisSummary {
  std::uint64_t ops = 0;   ///< that have such an axis
  std::uint64_t free = 0;  ///< those whose parts need nothing of each other
  Flops flops;             ///< the work of those
  std::uint64_t most_degree = 0;
  Upper ops_upper, free_upper, flops_upper, most_degree_upper;
};

/// The parallelism inside every operator that is not free. Figures are the least that they may be, those that
/// end in _upper the most; of an `If` whose condition is not known one branch runs.
struct ParallelismProfile {
  static constexpr ResultKey key{"parallelism", 1};
  PerNode<OperatorParallelism> nodes;  ///< of one run
  std::array<ThreadBucket, 5> buckets;
  std::array<AxisSummary, kAxisNames> axes;  ///< by AxisName; an operator that has several of one name is one
  std::uint64_t ops = 0, depthwise = 0, grouped = 0;  ///< grouped: depthwise ones, too
  Upper ops_upper, depthwise_upper, grouped_upper;
  std::uint64_t unknown = 0;  ///< operators of all branches whose result has no size that is known
  std::uint64_t most_threads = 0;
  Upper most_threads_upper;
  std::optional<double> mean_threads;  ///< nothing where it is not known which operators run, or their size
  std::vector<Diagnostic> warnings;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
