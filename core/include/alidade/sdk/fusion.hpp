#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"

// Which operators run as one, and what that moves: a strategy makes a Grouping, plan_of() gives it its
// figures. A Grouping of one's own works as well as those made here.
namespace alidade {

namespace fusion {
class Reads;
}  // namespace fusion

/// Whether operators on what is stored alone are done when the model is loaded (see folded_at_load): then
/// they move nothing when it runs, and their results are read as weights are.
enum class Folding : std::uint8_t { none, at_load };

/// Whether those who make the parts of a concatenation write them where they belong, where they can: then it
/// is no work, and moves nothing.
enum class Concats : std::uint8_t { copied, written_in_place };

/// A graph as strategies see it, made once for all of them. It refers to the graph and the profile; const,
/// any thread.
class FusionInput {
 public:
  FusionInput(const Graph& graph, const CostProfile& cost, Folding folding = Folding::at_load,
              Concats concats = Concats::copied);
  ~FusionInput();
  FusionInput(const FusionInput&) = delete;
  FusionInput& operator=(const FusionInput&) = delete;

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const CostProfile& cost() const { return cost_; }
  [[nodiscard]] const Dependencies& order() const { return order_; }  ///< a step is an operator, see there
  [[nodiscard]] const Dag& after() const { return after_; }
  [[nodiscard]] const fusion::Reads& reads() const { return *reads_; }  ///< for the SDK's own strategies
  [[nodiscard]] NodeId node(std::uint32_t step) const { return order_.node(step); }
  [[nodiscard]] Op op(std::uint32_t step) const { return graph_.op(order_.node(step)); }
  [[nodiscard]] const NodeCost& cost_of(std::uint32_t step) const { return cost_.nodes[order_.node(step)]; }
  [[nodiscard]] bool is_folded(NodeId n) const {
    return folding_ == Folding::at_load && cost_.nodes[n].folded;
  }
  /// A concatenation that is none, see Concats.
  [[nodiscard]] bool is_elided(NodeId n) const { return elided_[n] != 0; }

 private:
  const Graph& graph_;
  const CostProfile& cost_;
  Folding folding_;
  PerNode<char> elided_;
  Dependencies order_;
  Dag after_;
  std::unique_ptr<const fusion::Reads> reads_;
};

/// The group of every step, and where and why each group ended. A group stays inside of one region, and no
/// two groups wait for each other.
struct Grouping {
  static constexpr std::uint32_t kNone = FusionPlan::kNone;
  struct Stop {
    Boundary boundary = Boundary::end;
    std::uint32_t next = kNone;     ///< the step that did not join
    bool fusible = false;           ///< but for the boundary, a rule would fuse the two
    std::string_view pattern = {};  ///< its name; empty: the kinds of its operators
  };
  explicit Grouping(std::size_t steps) : group(steps, kNone) {}
  std::vector<std::uint32_t> group;  ///< of every step
  std::vector<Stop> stops;           ///< one per group
  std::vector<GroupTiles> tiles;     ///< the same; empty where the strategy knows none
  bool by_sizes = false;             ///< whether other sizes might have made other groups,
  bool by_work = false;              ///< or other work
};

/// Bounds of one group; 0 is none.
struct GroupLimits {
  std::uint64_t ops = 0;
  std::uint64_t bytes = 0;  ///< that its operators make, and of weights that they read
  std::uint64_t flops = 0;
};
/// Whose kernels: which operators one of them can hold. `eager` runs every operator by itself.
enum class Backend : std::uint8_t { tensorrt, inductor, onnxruntime, npu, eager };
[[nodiscard]] std::string_view name(Backend backend);
/// Whether a backend folds what works on stored weights alone; PyTorch runs a program as it was exported.
[[nodiscard]] Folding folding_of(Backend backend);
/// How a backend concatenates. (What Inductor does is part of its loops.)
[[nodiscard]] Concats concats_of(Backend backend);

/// What compilers do, by the backend's rules: a contraction with its epilogue, attention however it is
/// written, clusters of element-wise operators, norms and reductions, or loops around a library's calls;
/// views free.
[[nodiscard]] Grouping pattern_groups(const FusionInput& input, Backend backend, const GroupLimits& limits);

/// What a tile does about the border that it shares with the tile before: `best` takes what moves less.
enum class HaloUse : std::uint8_t { best, recompute, keep };

/// What the chip can hold of tensors that never leave it, and how many operators a group may have.
struct ChipLimits {
  std::uint64_t capacity_bytes = 0;
  std::uint64_t ops = 64;
  bool tiles = false;  ///< whether a group may run tile by tile
  HaloUse halo = HaloUse::best;
};
/// The grouping into runs of consecutive operators, in file order, that moves the fewest bytes: exact, by
/// dynamic programming, in time that grows with operators times `ops`, and with tiles times the ways to cut a
/// result, of which about a hundred are looked at.
[[nodiscard]] Grouping cheapest_groups(const FusionInput& input, const ChipLimits& chip);
/// What no grouping of any kind can go below: each weight, input and output of the model once, and each
/// tensor that does not fit on the chip, written and read.
[[nodiscard]] Bytes least_traffic(const FusionInput& input, const ChipLimits& chip);

/// A matrix product: rows by inner times inner by columns, and the bytes of its tensors.
struct MatrixProduct {
  std::uint64_t rows = 1, inner = 1, columns = 1;
  std::uint64_t left_bytes = 0, right_bytes = 0, result_bytes = 0;
};
/// The least bytes that a product by itself moves where the chip holds so many: a tile of one of its tensors
/// stays there, of at least one element, and the other two stream past; sums that are not complete are
/// written and read again.
[[nodiscard]] std::uint64_t least_of_product(const MatrixProduct& product, std::uint64_t capacity_bytes);

/// The greedy chain partitioner of the system that this one follows: from every operator on to its only
/// reader while that reads nothing else and a pair of the table allows it. No limits.
[[nodiscard]] Grouping chain_groups(const FusionInput& input);

/// The plan of a grouping: groups in order with their figures, patterns, savings and near misses. An error
/// names the node at which a sum of bytes leaves 63 bits.
[[nodiscard]] Result<FusionPlan> plan_of(const FusionInput& input, const Grouping& grouping,
                                         std::string strategy, std::string limits);

}  // namespace alidade
