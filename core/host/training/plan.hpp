#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/results/estimate.hpp"
#include "alidade/sdk/training_memory.hpp"
#include "host/plan/plan.hpp"
#include "sdk/training/checkpoint.hpp"

namespace alidade::host::training {

/// Which parts of the forward pass run once more.
struct Checkpointing {
  enum class How : std::uint8_t { none, named, all, best } how = How::none;
  std::vector<std::string> patterns;  ///< of module paths, where they are named
  alidade::training::KeptResults keep;
};

/// What is asked of a plan.
struct TrainingRequest {
  std::string loss;                        ///< that the model has to have; empty: any
  std::optional<OptimizerRule> optimizer;  ///< nothing: the one that the capture names
  bool masters = true;                     ///< parameters of 16 bits have copies in f32, which are updated
  Checkpointing checkpoint;
  std::uint64_t accumulate = 1;  ///< passes for one update
  std::uint64_t zero = 0;     ///< what is divided: 1 state and masters, 2 gradients, too, 3 parameters, too
  std::uint64_t devices = 1;  ///< with the same model and data of their own
  std::optional<Bytes> memory_goal;  ///< for the best checkpoints; nothing: what the device has
};

/// What runs once more.
struct Rerun {
  std::uint64_t blocks = 0, again = 0, segments = 0;
  std::string block_class;  ///< of the blocks, where they were found
  Flops flops;
  Seconds time;
  std::optional<bool> keeps_goal;  ///< of the best ones
};

/// One target. Bytes are of one device; times of one update, with all its passes.
struct TrainingTarget {
  std::string id, name;
  Lowering lowering;
  TrainingPeak peak;
  std::string peak_operator;  ///< empty: the update
  Bytes gathered;             ///< of the peak's working bytes those that other devices hold parts of
  Bytes kept;                 ///< at the turn
  /// By module, beneath the innermost one that keeps nine tenths.
  std::vector<std::pair<std::string, Bytes>> kept_by_module;
  Bytes runtime;  ///< that libraries take
  std::optional<Bytes> capacity, goal;
  std::optional<bool> fits;
  Rerun rerun;
  Estimate passes;  ///< forward and backward, once
  Seconds passes_time, update;
  std::optional<Seconds> collectives, step;  ///< nothing: the links are not known
  std::string unknown_links;                 ///< why not
  std::optional<Seconds> low, high;          ///< of the step; nothing where no band is stated
  bool scored = false;                       ///< the band is no guess
  std::uint64_t batch = 1, unpriced = 0;
  [[nodiscard]] Seconds least() const { return passes_time + update; }  ///< that a step takes
  /// Examples of all devices, where a step takes so long.
  [[nodiscard]] double per_second(Seconds step, const TrainingRequest& request) const;
};

struct TrainingPlan {
  std::string model, loss;
  OptimizerRule optimizer;
  std::uint64_t trained = 0;
  std::vector<TrainingTarget> targets;
};

/// What a training step takes on the targets of a plan. `cost` is the analysis that counts. An error where
/// the graph is no training step.
[[nodiscard]] Result<TrainingPlan> plan_training(const ModelStep& model, const Graph& graph, const Step& cost,
                                                 std::span<const HardwareStep> hardware,
                                                 const TrainingRequest& request);

}  // namespace alidade::host::training
