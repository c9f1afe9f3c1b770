#pragma once
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/result.hpp"
#include "alidade/sdk/hardware.hpp"

namespace alidade {

/// When a kernel of the outermost region starts, and how long it and its regions take.
struct Slot {
  std::uint32_t kernel = 0;
  Seconds start, duration;  ///< of branches the longest
  std::uint8_t engine = 0;
  std::uint32_t stream = 0;  ///< of the engine
  bool at_least = false;     ///< it takes longer than is known
};

/// What a model takes of a device's memory at its worst.
struct MemoryNeed {
  /// Where of each if the branch runs that needs least, and no loop that need not: alive at the worst moment,
  /// and what its kernel wants besides.
  Bytes activations, workspace;
  Bytes most_activations, most_workspace;  ///< the same where the others run
  Bytes weights, context;
  bool at_least = false;  ///< sizes are missing
  [[nodiscard]] Bytes total() const { return weights + activations + workspace + context; }
  [[nodiscard]] Upper total_upper() const {
    return upper(weights + most_activations + most_workspace + context);
  }
  /// A part's bound, of what is known of it.
  [[nodiscard]] Upper upper(Bytes most) const { return at_least ? Upper::none() : Upper(most.value); }
};

/// An operator that the target does not run as it is, or that has no time.
struct OperatorVerdict {
  NodeId node;
  Verdict verdict;
  bool unknown = false;  ///< its work is not known
  [[nodiscard]] bool priced() const { return !unknown && verdict.how != Verdict::How::unsupported; }
};

/// Kernels of the outermost region that each wait for the one before, and the time that they take, with the
/// slowest branch of every `If`: no number of such machines is faster with these kernels.
struct TimedPath {
  std::vector<std::uint32_t> kernels;
  Seconds time;
  Seconds least;  ///< of the longest chain with the fastest branches
};

/// What a model takes on one target. Times are the least that they may be, those that end in _upper the most:
/// of an `If` one branch runs, and what nobody prices takes a time that is not known. `band` says, beside
/// that, how wrong the formulas may be.
struct Estimate {
  static constexpr ResultKey key{"estimate", 1};
  std::string target;     ///< its id in the pipeline
  std::string component;  ///< "gpu.kernels"
  Machine machine;
  std::shared_ptr<const KernelGraph> graph_of_kernels;  ///< estimates of one lowering share it
  std::vector<KernelTime> times;  ///< of one run of every kernel, a slow operator's factor in it
  std::vector<char> priced;       ///< 0: nobody knows the time of that kernel
  std::vector<Slot> schedule;     ///< in the order in which they are started
  Seconds latency;                ///< from the start of the first kernel to the end of the last
  std::optional<Seconds> latency_upper;
  Seconds busy;  ///< sum over all kernels and runs, the least
  Band band;     ///< of the latency
  std::uint64_t batch = 1;
  std::optional<Joules> energy;
  MemoryNeed memory;
  std::optional<bool> fits;  ///< nothing where the capacity or the need is not known
  std::array<double, 3>
      bound_shares{};  ///< parts of all kernels' time under each bound, in the order of Bound
  std::array<double, 3> tier_shares{};  ///< the same by Tier
  std::vector<OperatorVerdict>
      verdicts;                ///< of operators that are slow, unsupported or unknown, in file order
  std::uint64_t unpriced = 0;  ///< operators in kernels that nobody prices
  TimedPath critical_path;
  std::vector<Diagnostic> warnings;

  /// The ends of the interval that the band makes of the latency; no upper one where operators have no price.
  /// Nothing where no band is stated.
  [[nodiscard]] std::optional<Seconds> band_low() const, band_high() const;
  /// As people read it: "1.20 ms", "at least 1.20 ms".
  [[nodiscard]] std::string latency_text() const;
  [[nodiscard]] std::string band_text() const;  ///< "1.02 ms to 1.44 ms"; empty where no band is stated
  [[nodiscard]] std::string memory_text() const;
  [[nodiscard]] std::string fits_text() const;  ///< "yes", "no", "unknown"
  [[nodiscard]] double per_second() const;      ///< examples of the batch; 0 where there is no time
  [[nodiscard]] std::optional<double> average_watts() const;
  [[nodiscard]] std::span<const Kernel> kernels() const { return graph_of_kernels->kernels(); }
  [[nodiscard]] Seconds all_runs(std::size_t kernel) const;  ///< the least
  /// Whether the time of an operator is known: it has none, or its kernel's is.
  [[nodiscard]] bool knows(NodeId n) const;
  /// What bounds the operator's kernel; nothing where it has none, or nobody prices it.
  [[nodiscard]] std::optional<Bound> bound_of(NodeId n) const;
  /// Parts of the device's peaks that are used while kernels run; nothing where the peak is not known.
  [[nodiscard]] std::optional<double> matrix_share() const;
  [[nodiscard]] std::optional<double> dram_share() const;
  /// An operator's part of its kernel's time, all runs: a kernel's is shared out by the bytes that its
  /// operators move one by one.
  [[nodiscard]] PerNode<Seconds> by_node(const Graph& graph, const CostProfile& cost) const;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
