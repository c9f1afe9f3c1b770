#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alidade/ir/expression.hpp"
#include "alidade/results/memory.hpp"
#include "measure.hpp"

namespace alidade::formula {

/// A figure at every binding.
using Column = std::vector<std::uint64_t>;

/// What is stored with the model.
enum class Stored : std::uint8_t { params, bytes };
inline constexpr std::size_t kStored = 2;

/// Sums over all operators, what is stored, and the peak of activations.
struct Totals {
  std::array<std::uint64_t, kSums> sums{};
  std::array<std::uint64_t, kStored> stored{};
  std::uint64_t peak = 0;
};

/// What the passes count in one graph with several bindings of its symbols, all sizes from 2 on: of each
/// outermost operator, of what is stored, and of each tensor in memory. Bindings that the model refuses are
/// passed over.
class Samples {
 public:
  explicit Samples(const Graph& graph);
  /// Until there are so many bindings; the reason why there are fewer.
  [[nodiscard]] Result<void> grow(std::size_t count);

  /// What the passes count with one more binding, which is not kept.
  [[nodiscard]] Result<Totals> totals(const Bindings& bindings) const;

  [[nodiscard]] const std::vector<Bindings>& bindings() const { return bindings_; }
  [[nodiscard]] const std::vector<NodeId>& units() const { return units_; }
  [[nodiscard]] const Column& column(std::size_t unit, std::size_t sum) const {
    return columns_[unit * kSums + sum];
  }
  /// Whether a figure is a bound with some binding.
  [[nodiscard]] bool loose(std::size_t unit, std::size_t sum) const {
    return loose_[unit * kSums + sum] != 0;
  }
  [[nodiscard]] const Column& stored(Stored what) const { return stored_[static_cast<std::size_t>(what)]; }

  /// The tensors in memory and their lives; none where those depend on sizes.
  [[nodiscard]] const std::vector<TensorLife>& tensors() const { return tensors_; }
  [[nodiscard]] const Column& bytes(std::size_t tensor) const { return bytes_[tensor]; }
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] bool one_schedule() const { return one_schedule_; }
  /// Whether the peak is the same whatever branches run.
  [[nodiscard]] bool one_peak() const { return one_peak_; }
  /// Whether the size of every tensor in memory is known with every binding.
  [[nodiscard]] bool sized() const { return sized_; }

 private:
  [[nodiscard]] Bindings next_bindings();
  [[nodiscard]] Result<void> take(const Bindings& bindings);
  [[nodiscard]] Result<void> take_memory(const Graph& bound);
  [[nodiscard]] Result<std::vector<Sums>> sums_of(const Graph& bound) const;

  const Graph& g_;
  Products products_;
  PerNode<char> wanted_;
  std::vector<std::string> symbols_;
  std::vector<NodeId> units_;
  PerNode<std::uint32_t> unit_of_;
  std::vector<Bindings> bindings_;
  std::vector<Column> columns_, bytes_;
  std::vector<char> loose_;
  std::vector<Column> stored_;
  std::vector<TensorLife> tensors_;
  std::size_t steps_ = 0;
  bool one_schedule_ = true, one_peak_ = true, sized_ = true;
  std::uint64_t random_ = 1;
  std::size_t tried_ = 0;
};

}  // namespace alidade::formula
