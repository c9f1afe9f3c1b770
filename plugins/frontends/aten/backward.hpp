#pragma once
#include "rules.hpp"
#include "steps.hpp"

// What the rules of backward passes share: an operator there is made of the steps of the chain rule.
namespace alidade::aten {

/// The gradient that comes in, under any of its names.
[[nodiscard]] ValueId incoming(Operation& o);

/// The results that a mask says there are: the i-th of them is given where it has a place.
class MaskedResults {
 public:
  explicit MaskedResults(Operation& o);
  [[nodiscard]] bool wants(std::size_t i) const { return i < mask_.size() && mask_[i] != 0; }
  void give(std::size_t i, ValueId value);

 private:
  Operation& o_;
  std::vector<std::int64_t> mask_;
};

/// Every number is added to zeros at its place; a type with more elements than `added` has stands for numbers
/// that are added several times.
void add_to_zeros(Operation& o, ValueId places, ValueId added);
[[nodiscard]] ValueId added_to_zeros(Operation& o, Steps& s, ValueId places, ValueId added, TypeId made);
/// The same numbers seen so often more.
[[nodiscard]] ValueId repeated(Operation& o, Steps& s, ValueId x, std::initializer_list<std::int64_t> times);
/// All dimensions but one.
[[nodiscard]] std::vector<std::int64_t> all_but(Operation& o, ValueId x, std::int64_t axis);

}  // namespace alidade::aten
