#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "alidade/results/training.hpp"
#include "alidade/sdk/memory_model.hpp"

// Of the program, no part of what plugins see.
namespace alidade::training {

inline constexpr std::uint32_t kNone = 0xffffffff;

/// A training step as what runs, one after the other, and the tensors between.
struct Tape {
  struct Unit {
    NodeId node;
    std::uint64_t inside = 0;  ///< bytes that its regions hold at their worst
    bool backward = false;
    bool again = false;  ///< a part of the forward pass that the backward pass runs once more
  };
  /// weights: copies of stored tensors in another type.
  enum class Use : std::uint8_t { input, kept, gradient, weights, other };
  struct Tensor {
    ValueId value;
    std::uint64_t bytes = 0;
    std::uint32_t maker = kNone;  ///< none: an input
    Use use = Use::other;
    bool to_the_end = false;
    std::vector<std::uint32_t> readers;  ///< ascending
  };
  std::vector<Unit> units;
  std::vector<Tensor> tensors;
  PerNode<std::uint32_t> unit_of;  ///< of the outermost region; of others the unit around
  std::uint32_t turn = 0;          ///< the first unit of the backward pass

  [[nodiscard]] std::uint32_t last_use(const Tensor& tensor) const;
};

/// An error where sizes do not fit 63 bits.
[[nodiscard]] Result<Tape> tape_of(const Graph& graph);

/// Whether the backward pass holds a gradient from its making to the update: not where it is added to those
/// of the steps before, or divided among devices, at once.
enum class Gradients : std::uint8_t { held, passed_on };

/// Bytes alive while each unit runs, by what they are for; parameters and what stands beside them left out.
[[nodiscard]] std::vector<TrainingBytes> alive(const Tape& tape, Gradients gradients = Gradients::held);
/// What the forward pass keeps for the backward pass.
[[nodiscard]] Bytes kept_at_turn(const Tape& tape);
[[nodiscard]] std::vector<TrainingMemory::Kept> kept_by_module(const Graph& graph, const Tape& tape);

/// Of the model: parameters, and what is stored beside them.
struct Stored {
  Bytes parameters, buffers;
};
[[nodiscard]] Stored stored_in(const Graph& graph);

/// A parameter whose gradient the graph gives out.
struct TrainedParameter {
  ValueId value;  ///< its gradient where the graph has none of that name
  ValueId gradient;
  std::uint64_t elements = 0;
};
[[nodiscard]] std::vector<TrainedParameter> trained_in(const Graph& graph);

}  // namespace alidade::training
