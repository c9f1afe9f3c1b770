#pragma once
#include "reads.hpp"

namespace alidade::fusion {

/// How many elements of a tensor lie in at least one of some parts of it. Parts of which only the size is
/// known count as apart from all others for the most, up to the tensor, and as one for the least; of a tensor
/// whose own size is not known there is no most, and both are the least.
[[nodiscard]] Between elements_in_any(const Parts& parts, std::span<const PartId> some);

/// What a growing set of operators reads, each byte once, tensor by tensor. Emptying it takes no time.
class Covered {
 public:
  explicit Covered(const Reads& reads);
  void clear() { ++now_; }
  /// The bytes of this part that were not read before.
  std::uint64_t add(const Read& read);
  [[nodiscard]] bool reads(ValueId root) const { return tensor_[root].when == now_; }
  [[nodiscard]] std::uint64_t bytes(ValueId root) const;

 private:
  /// How the parts of a tensor lie that operators read.
  enum class Lie : std::uint8_t { unknown, apart, across };
  struct Tensor {
    std::uint64_t elements = 0;  // read since `when`
    std::uint32_t when = 0, last = 0, count = 0;
    Lie lie = Lie::unknown;
  };
  [[nodiscard]] std::uint64_t grown(Tensor& tensor, const Part& part, PartId id);
  [[nodiscard]] Lie lie_of(ValueId root) const;

  const Reads& reads_;
  std::uint32_t now_ = 1;
  PerValue<Tensor> tensor_;
  std::vector<std::uint32_t> when_, before_;  // per part: when it was added last, and after which
  std::vector<PartId> present_;
};

}  // namespace alidade::fusion
