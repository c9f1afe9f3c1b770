#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/result.hpp"
#include "alidade/sdk/placer.hpp"

namespace alidade {

/// Where an operator runs, and what speaks against the device that is wanted.
struct PlacedOperator {
  NodeId node;
  std::uint8_t device = 0;
  std::uint32_t partition = 0;
  Seconds time;
  Verdict wanted;  ///< of the first device
  /// How much more of the objective everything would take with this one moved to the first device, its
  /// transfers among it; nothing where it runs there, or cannot.
  std::optional<double> margin;
  Seconds start = {};  ///< with devices at work at the same time
};

/// Operators that one device does in one go.
struct PlacedPartition {
  std::uint8_t device = 0;
  std::uint32_t operators = 0;
  Macs macs;
  Bytes in, out;               ///< from and to other devices
  Seconds time;                ///< of its operators
  std::optional<Bound> bound;  ///< of most of that time; nothing where it takes none
  /// Whether all that goes in and out has the batch as its first size, and so another may come; nothing where
  /// that is not known.
  std::optional<bool> takes_batch;
  std::string batch_reason;  ///< why not
};

/// A tensor that is moved between devices in every run.
struct PlacedTransfer {
  ValueId value;
  std::uint8_t from = 0, to = 0;
  Bytes bytes;
  Seconds time;
};

/// Everything on one device.
struct UnsplitModel {
  std::uint8_t device = 0;
  std::optional<double> value;  ///< of the objective; nothing where it cannot hold or run every operator
  std::string blocked_by;       ///< the first such operator, as frameworks call it; or its weights
};

/// What a device holds of a model's weights.
struct DeviceWeights {
  Bytes bytes;
  std::optional<Bytes> room;  ///< that it has for them; nothing: not known
};

/// Where every operator of a model runs, and what that takes. What a compiler works out before the model
/// runs, constants and sizes, is not placed. Values are of the objective, in seconds or joules.
struct Placement {
  static constexpr ResultKey key{"placement", 1};
  std::string placer;                       ///< the component
  std::vector<std::string> devices;         ///< the targets' ids, the wanted one first
  std::vector<DeviceWeights> weights;       ///< by device
  std::vector<PlacedOperator> operators;    ///< in an order that they can run in
  std::vector<PlacedPartition> partitions;  ///< in the same order
  std::vector<PlacedTransfer> transfers;
  PlacementTime time;            ///< one step after the other
  Seconds latency;               ///< of one run with devices at work at the same time
  Seconds interval;              ///< from one input to the next, of many that follow each other
  std::optional<Joules> energy;  ///< nothing where it is not known
  Objective objective = Objective::time;
  double value = 0;       ///< what it takes of the objective
  double least = 0;       ///< what no placement within the placer's limits goes below
  bool at_least = false;  ///< operators without a price, or tensors without a size: it takes longer
  Band band;              ///< of the devices', by their parts of the time
  std::vector<UnsplitModel> unsplit;
  std::vector<std::string> log;
  std::vector<Diagnostic> warnings;

  [[nodiscard]] std::uint32_t count(std::uint8_t device) const;  ///< its operators
  [[nodiscard]] Bytes moved() const;
  /// How much more it takes than what no placement goes below: 0.02 is 2 %.
  [[nodiscard]] double gap() const;
  /// The best device for all of it, where that is better than this placement.
  [[nodiscard]] const UnsplitModel* better_unsplit() const;
  /// "neuron 381/412 ops (97.8 % of MACs), cpu 31; 4 partitions, 7 transfers, 18.2 MB; 2.31 ms ..."
  [[nodiscard]] std::string summary() const;
  /// "do not split: ...", "do not move it: ..."; empty where nothing is better than this placement.
  [[nodiscard]] std::string advice() const;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

/// A checked draft with its figures.
[[nodiscard]] Placement placement_of(const PlacementTask& task, const Draft& draft,
                                     const Partitions& partitions, const CostProfile& cost);

}  // namespace alidade
