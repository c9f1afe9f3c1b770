#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine.hpp"
#include "links.hpp"
#include "sampled.hpp"

namespace alidade::host::serving {

/// What is asked of a plan.
struct ServingRequest {
  std::vector<std::uint64_t> contexts;  ///< tokens of a sequence, prompt and answer
  std::vector<std::uint64_t> batches;   ///< none: 1, 2, 4 up to the largest that fits
  std::uint64_t generated = 0;  ///< of a context's tokens those that the model makes, fewer than each has
  std::uint64_t requests = 10;  ///< that each of the sequences at once is followed by, itself among them
  double shortest = 1;          ///< of prompts and answers as a share of the longest; they are drawn evenly
  std::optional<double> token_goal_s, first_goal_s;
  Dtype cache = Dtype::unknown;  ///< unknown: as the model computes
  Division division;
  std::uint64_t pipeline = 1;
  Engine engine;
  [[nodiscard]] std::uint64_t devices() const { return division.tensor * division.context * pipeline; }
};

/// What a sequence keeps, of one kind of attention, on one device.
struct CacheNeed {
  CacheKind kind = CacheKind::full;
  std::uint64_t tensors = 0;
  double bytes_per_token = 0;     ///< while it grows
  double bytes_per_sequence = 0;  ///< besides: states, and what the encoder gave
  std::uint64_t window = 0;       ///< of a sliding one
};

/// The memory of one device.
struct ServingMemory {
  Bytes weights, activations, other;
  std::optional<Bytes> capacity;  ///< that the engine takes; nothing: not known
  std::vector<CacheNeed> cache;
  [[nodiscard]] double needed(double tokens) const;  ///< of one sequence
  [[nodiscard]] double allocated(std::uint64_t tokens, const Engine& engine) const;
  [[nodiscard]] std::optional<double> pool() const;  ///< what is left for caches: 0 where nothing is
};

/// One batch of sequences of one length. Times are of the device and of the engine's host.
struct ServingPoint {
  std::uint64_t context = 0, batch = 0;
  std::optional<Estimate> first, token;     ///< a prompt; a step of all sequences
  double first_s = 0, token_s = 0;          ///< to the first token, and from one to the next
  double first_times = 1, token_times = 1;  ///< that these hold the device's, where prompts wait for others
  double token_collective_s = 0, first_collective_s = 0;
  double tokens_per_s = 0;
  std::optional<double> joules_per_token;
  double needed_bytes = 0, allocated_bytes = 0;  ///< of the caches, on one device
  std::optional<bool> fits;
};

/// The best that goes at one length.
struct ServingLimit {
  std::uint64_t context = 0;
  std::optional<std::uint64_t> largest_batch;  ///< that fits; nothing: the memory is not known
  std::optional<std::uint64_t> goal_batch;     ///< that keeps the goals, too; 0: none does
  std::optional<ServingPoint> nearest;         ///< where none does: the fastest
};

struct ServingTarget {
  std::string id, name;
  Lowering lowering;
  ServingMemory memory;
  std::vector<ServingPoint> points;
  std::vector<ServingLimit> limits;
  std::optional<std::uint64_t> largest_context;  ///< of one sequence
  std::vector<Collective> collectives;           ///< of a step of the last point
  std::uint64_t unpriced = 0;
};

struct ServingPlan {
  std::string model;
  ServingRequest request;
  std::vector<ServingTarget> targets;
};

/// What a model takes to serve on one target.
[[nodiscard]] Result<ServingTarget> plan_target(const HardwareStep& step, SampledPhase& prefill,
                                                SampledPhase& decode, const ServingRequest& request);

}  // namespace alidade::host::serving
