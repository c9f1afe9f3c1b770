#pragma once
#include <vector>

#include "../traffic/covered.hpp"

namespace alidade::fusion {

/// The last step that reads each tensor; 0 where none does.
[[nodiscard]] inline PerValue<std::uint32_t> last_readers(const FusionInput& input) {
  PerValue<std::uint32_t> last(input.graph().value_count(), 0);
  for (std::uint32_t step = 0; step < input.order().size(); ++step)
    for (const auto& read : input.reads().of(input.node(step))) last[read.root] = step;
  return last;
}

/// The tensors that a run of steps reads and makes, numbered as it grows to the front. Emptying it takes no
/// time.
class RunTensors {
 public:
  RunTensors(const FusionInput& input, const PerValue<std::uint32_t>& last)
      : input_(input),
        covered_(input.reads()),
        when_(input.graph().value_count(), 0),
        slot_(input.graph().value_count()),
        last_(last) {}
  void clear(std::uint32_t end) { covered_.clear(), ++now_, count_ = 0, end_ = end; }
  void add(std::uint32_t step) {
    for (const auto& read : input_.reads().of(input_.node(step))) covered_.add(read);
  }
  [[nodiscard]] std::uint32_t slot(ValueId root) {
    if (when_[root] != now_) when_[root] = now_, slot_[root] = count_++;
    return slot_[root];
  }
  /// What the run reads of a tensor, each byte once.
  [[nodiscard]] std::uint64_t bytes(ValueId root) const { return covered_.bytes(root); }
  /// Whether something behind the run needs a tensor.
  [[nodiscard]] bool leaves(ValueId root) const { return last_[root] > end_ || input_.reads().leaves(root); }
  [[nodiscard]] std::uint32_t end() const { return end_; }
  [[nodiscard]] const FusionInput& input() const { return input_; }

 private:
  const FusionInput& input_;
  Covered covered_;
  PerValue<std::uint32_t> when_, slot_;
  const PerValue<std::uint32_t>& last_;  // see last_readers
  std::uint32_t now_ = 0, count_ = 0, end_ = 0;
};

}  // namespace alidade::fusion
