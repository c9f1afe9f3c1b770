#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alidade {

/// Steps in an order that respects what each waits for: a step's number is above those of all before it.
struct Dag {
  std::vector<std::uint32_t> edges;      ///< the steps before step 0, then those before step 1, ...
  std::vector<std::uint32_t> edges_end;  ///< one per step
  [[nodiscard]] std::size_t size() const { return edges_end.size(); }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t step) const {
    const std::size_t first = step == 0 ? 0 : edges_end[step - 1];
    return std::span(edges).subspan(first, edges_end[step] - first);
  }
};

/// The same edges the other way: of(step) are the steps after it, ascending.
[[nodiscard]] Dag reversed(const Dag& before);
/// The stage of every step when each starts as soon as it can: one more than the latest before it.
[[nodiscard]] std::vector<std::uint32_t> stages(const Dag& before);
/// How many stages later each step could start without the last stage coming later.
[[nodiscard]] std::vector<std::uint32_t> slack(const Dag& before, std::span<const std::uint32_t> stages);

/// A chain of steps, each waiting for the one before, and the sum of their weights.
struct Chain {
  std::vector<std::uint32_t> steps;
  double weight = 0;
};
/// The chain with the greatest sum of weights, none of them negative; of equal ones the one that ends last.
[[nodiscard]] Chain heaviest_chain(const Dag& before, std::span<const double> weights);

}  // namespace alidade
