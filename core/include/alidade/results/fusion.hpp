#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// Why a group did not grow past its last operator.
enum class Boundary : std::uint8_t {
  end,          ///< nobody reads it
  fork,         ///< several operators read it
  join,         ///< the reader waits for other operators as well
  no_rule,      ///< no rule fuses the reader with this group
  taken,        ///< the reader is part of an earlier group
  ops_limit,    ///< the group would have too many operators,
  bytes_limit,  ///< touch too many bytes,
  flops_limit,  ///< or do too much work
  capacity,     ///< what lives inside would not fit on the chip
  traffic,      ///< fusing would not lower the traffic
};
[[nodiscard]] std::string_view name(Boundary boundary);

/// Traffic under the definition of the system that this one follows: every operand of every operator counts,
/// an intermediate tensor once, only trained weights.
struct ChainTraffic {
  Bytes outside, inside;
  Upper outside_upper, inside_upper;
  [[nodiscard]] Bytes unfused() const { return outside + inside; }
  [[nodiscard]] Upper unfused_upper() const { return outside_upper + inside_upper; }
};

/// A group that runs tile by tile: all its operators for one part of its results, then for the next. Figures
/// are of one run.
struct GroupTiles {
  /// How the border that two tiles need is come by.
  enum class Halo : std::uint8_t {
    none,        ///< there is none
    recomputed,  ///< each tile reads and makes it anew
    kept,        ///< it stays on the chip from one tile to the next
  };
  struct Cut {
    std::uint32_t dimension = 0;        ///< of the result of the group's last operator that is no view
    std::uint64_t size = 0, whole = 0;  ///< of a tile and of the dimension
  };
  std::vector<Cut> cuts;  ///< none: whole tensors
  std::uint64_t tiles = 1;
  Halo halo = Halo::none;
  Bytes buffer;          ///< what it needs on the chip, with what is held
  Bytes held;            ///< operands without parts for the tiles, weights above all, that stay on the chip
  Bytes operands_again;  ///< others, which each further tile reads again
  Bytes halo_again;      ///< of operands in parts, what several tiles read
  Flops recomputed;      ///< work of tiles that others do as well
  Bytes one_by_one;      ///< what its operators move one by one on the same chip, see least_of_product
  [[nodiscard]] Bytes again() const { return operands_again + halo_again; }
};
[[nodiscard]] std::string_view name(GroupTiles::Halo halo);

/// Operators that run as one: convex, and no two groups wait for each other.
struct FusionGroup {
  std::uint32_t first = 0, count = 0;  ///< its operators, into FusionPlan::members, in order of execution
  std::uint32_t pattern = 0;           ///< into FusionPlan::patterns
  Boundary boundary = Boundary::end;
  NodeId next;             ///< the operator that did not join; none at the end
  bool near_miss = false;  ///< a rule would fuse it, but for the boundary
  Macs macs;               ///< of all runs, as are the figures below
  Flops flops;
  Upper macs_upper, flops_upper;  ///< equal to those where the work of its operators is known
  std::uint32_t launched = 0;     ///< of its operators, those that do something as the model runs: no views,
                                  ///< and nothing that is folded; a group of none is no kernel
  bool sized = true;              ///< otherwise bytes are those of the tensors whose size is known
  Bytes unfused;                  ///< traffic of its operators one by one
  Bytes fused;                    ///< traffic as one: what stays inside is neither written nor read
  Bytes inside;                   ///< tensors that never leave it, each once
  ChainTraffic chain;
};

/// Groups of one kind: the kinds of their operators in order, views left out.
struct FusionPattern {
  std::string name;  ///< "conv+batch_norm+relu"
  std::uint64_t groups = 0, ops = 0;
  Bytes saved;  ///< traffic unfused less traffic fused
  Upper groups_upper, ops_upper, saved_upper;
};

/// Two operators that a rule would fuse, had nothing else stood in the way.
struct NearMiss {
  NodeId from, to;
  Boundary reason = Boundary::fork;
  Bytes saving;  ///< of traffic, one write and one read
  Upper saving_upper;
};

/// The operators of a model in groups that would run as one, and what that saves. Figures of the whole are
/// the least that they may be, those that end in _upper the most: of an `If` whose condition is not known one
/// branch runs. A group has the figures that it has when it runs.
struct FusionPlan {
  static constexpr ResultKey key{"fusion", 1};
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::string strategy;
  std::vector<FusionGroup> groups;  ///< in an order they can run in, those of the outermost region first
  std::vector<NodeId> members;      ///< group after group
  PerNode<std::uint32_t> group_of;  ///< kNone for a constant
  std::vector<GroupTiles> tiles;    ///< of every group; empty where the strategy knows none
  /// Concatenations that nobody does: those who make the parts write them where they belong.
  std::vector<NodeId> written_in_place;
  std::vector<FusionPattern> patterns;  ///< the most frequent first
  /// Whether other sizes might make other groups, and some are not known: those here are of what is known,
  /// figures of their number reach from the fewest to the most that there can be.
  bool open = false;
  std::vector<NearMiss> near_misses;  ///< the greatest saving first, not all of them
  std::uint64_t near_miss_count = 0, ops = 0, group_count = 0, largest = 0;  ///< of what runs
  std::uint64_t launches = 0;                                                ///< groups that are kernels
  std::uint64_t launched_ops = 0;  ///< kernels where every operator is one
  Upper near_miss_count_upper, ops_upper, group_count_upper, largest_upper, launches_upper,
      launched_ops_upper;
  Flops flops;
  std::uint64_t folded = 0;  ///< members that are done when the model is loaded, and are in no figure
  Bytes unfused, fused;      ///< traffic of all operators one by one, and in their groups
  Upper flops_upper, unfused_upper, fused_upper;
  bool sized = true;  ///< otherwise the size of a tensor is not known, or how often something runs
  ChainTraffic chain;
  Bytes lower_bound;   ///< of `fused`: what any grouping moves; 0 where the strategy knows none
  std::string limits;  ///< what the strategy was held to, in words
  std::vector<Diagnostic> warnings;

  [[nodiscard]] std::span<const NodeId> operators(const FusionGroup& group) const {
    return std::span(members).subspan(group.first, group.count);
  }
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
