#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "alidade/sdk/fusion.hpp"
#include "loop_nests.hpp"

namespace alidade::fusion {

/// Lists of numbers, put in one by one, in any order.
class NumberRows {
 public:
  explicit NumberRows(std::size_t rows) : begin_(rows, 0), end_(rows, 0) { numbers_.reserve(2 * rows); }
  [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t row) const {
    return std::span(numbers_).subspan(begin_[row], end_[row] - begin_[row]);
  }
  void put(std::size_t row, std::span<const std::uint32_t> numbers) {
    begin_[row] = numbers_.size();
    numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
    end_[row] = numbers_.size();
  }

 private:
  std::vector<std::size_t> begin_, end_;
  std::vector<std::uint32_t> numbers_;
};

/// The steps of a graph as loops, and which reads which, behind views.
struct Flow {
  static constexpr std::size_t kMany = 64;
  explicit Flow(const FusionInput& input);
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(nests.size()); }
  [[nodiscard]] bool is_view(std::uint32_t step) const { return nests[step].execution == Execution::view; }
  [[nodiscard]] bool is_call(std::uint32_t step) const { return nests[step].execution == Execution::call; }

  std::vector<LoopNest> nests;
  NumberRows sources;                ///< all, ascending, each once
  std::vector<std::uint32_t> views;  ///< how many stand before a step, at most
  NumberRows readers;                ///< likewise; where there are more than kMany, not all
};

}  // namespace alidade::fusion
