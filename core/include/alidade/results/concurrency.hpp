#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// What a critical path is measured in.
enum class PathWeight : std::uint8_t { flops, macs, bytes, operators };
[[nodiscard]] std::string_view name(PathWeight weight);

/// What can start at the same time: everything whose inputs came with the stages before. Weights here and
/// below are the least that they may be, those that end in _upper the most, infinite without a bound.
struct Stage {
  std::uint32_t width = 0;                ///< operators or groups
  double weight = 0, weight_upper = 0;    ///< of all of them
  double longest = 0, longest_upper = 0;  ///< of the heaviest of them
};

/// One operator or group on the critical path.
struct PathStep {
  NodeId node;  ///< the operator, or the first one of the group
  std::uint32_t stage = 0;
  double weight = 0, weight_upper = 0;
};

/// A list schedule on so many streams at most, see list_schedule().
struct StreamSchedule {
  std::uint64_t stages = 0;             ///< with no more units in each than there are streams
  double weight = 0, weight_upper = 0;  ///< until the last unit ends; equal where all weights are known
};

/// How much could run at once if nothing but data held it up.
struct StageProfile {
  std::uint64_t units = 0;     ///< operators or groups
  std::vector<Stage> stages;   ///< in order
  std::vector<PathStep> path;  ///< the heaviest chain by the most that weights may be, where that is bounded
  double path_weight = 0, path_weight_upper = 0, total_weight = 0, total_weight_upper = 0;
  bool open = false;       ///< which units there are depends on sizes that are not known: these are examples
  StreamSchedule limited;  ///< of so many streams as there are; nothing where any number are
  [[nodiscard]] std::uint32_t widest() const;                  ///< units in the widest stage
  [[nodiscard]] std::uint64_t single_unit_stages() const;      ///< stages of one unit
  [[nodiscard]] std::uint64_t units_in_shared_stages() const;  ///< units that share their stage
  [[nodiscard]] double units_per_stage() const;
  [[nodiscard]] double speedup()
      const;  ///< all the weight by that of the critical path: no schedule gains more
  [[nodiscard]] double stage_weight() const;  ///< the heaviest of each stage, one after another
  [[nodiscard]] double stage_weight_upper() const;
  [[nodiscard]] bool weights_known() const { return total_weight == total_weight_upper; }
};

/// Stages, slack and critical path of the outermost region's operators, and of its fused groups. A control
/// node is one operator with the work of all it holds, of an `If` that of one branch.
struct ConcurrencyProfile {
  static constexpr ResultKey key{"concurrency", 1};
  PathWeight weight = PathWeight::flops;
  std::uint64_t streams = 0;  ///< 0: any number
  StageProfile operators, groups;
  PerNode<std::uint32_t> stage;    ///< of operators, as soon as possible
  PerNode<std::uint32_t> slack;    ///< how many stages later it could start
  std::uint64_t batch = 1;         ///< samples that do not wait for each other
  std::uint64_t most_threads = 0;  ///< elements that the widest operator makes, each on its own
  Upper batch_upper = 1, most_threads_upper;
  std::optional<double> mean_threads;  ///< over operators that are not free; nothing where it is not known
  std::vector<Diagnostic> warnings;

  /// What the figures mean, in a few sentences.
  [[nodiscard]] std::string explanation() const;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
