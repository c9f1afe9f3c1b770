#pragma once
#include <span>
#include <vector>

#include "sdk/serving/serving.hpp"

namespace alidade::serving {

/// Of a product with experts: reads those that `chosen` of each of its tokens meet, where each is as likely
/// as any other.
void meet_experts(Kernel& kernel, std::span<Access> reads, std::uint64_t chosen);

/// The cache in another type; nothing where none is named.
void keep_cache_in(Dtype type, std::span<const char> cached, std::span<Access> reads,
                   std::span<Access> writes);

/// A kernel as one device has it. A product that makes the width that layers pass on is cut in its inner
/// size, and its results are summed by all; every other is cut in its columns.
class Divider {
 public:
  Divider(const KernelFunctions& functions, const Division& division)
      : functions_(functions), division_(division) {}
  void divide(Kernel& kernel, std::span<const char> cached, std::span<Access> reads,
              std::span<Access> writes) const;

 private:
  void divide_product(Kernel& kernel, std::span<Access> reads, std::span<Access> writes) const;
  void divide_attention(Kernel& kernel, std::span<const char> cached, std::span<Access> reads,
                        std::span<Access> writes) const;
  void divide_context(Kernel& kernel, std::span<const char> cached, std::span<Access> reads) const;
  [[nodiscard]] double share_of_columns(std::uint64_t columns) const;
  void divide_rest(Kernel& kernel, std::span<Access> reads, std::span<Access> writes) const;

  const KernelFunctions& functions_;
  Division division_;
};

}  // namespace alidade::serving
