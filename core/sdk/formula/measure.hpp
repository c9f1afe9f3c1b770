#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "alidade/ir/trips.hpp"
#include "alidade/ir/work.hpp"

namespace alidade::formula {

/// What is summed over operators: the conventions, then these.
enum class Sum : std::uint8_t { input, output, weight, traffic, weight_products, activation_products };
/// Without xla, which leaves out padding and orders a tensor as a whole: no polynomial of its sizes.
inline constexpr std::array kCounted{Convention::flops, Convention::macs, Convention::fvcore,
                                     Convention::torch};
inline constexpr std::size_t kOwnSums = 6, kSums = kCounted.size() + kOwnSums;
[[nodiscard]] constexpr std::size_t place(Sum sum) { return kCounted.size() + static_cast<std::size_t>(sum); }
[[nodiscard]] std::string_view sum_name(std::size_t place);  ///< "macs", "input_bytes"

/// The sums of one operator with all that its regions do: the least, and the most.
struct Sums {
  std::array<Count, kSums> least{};
  std::array<Upper, kSums> most{};
  void add(const Sums& other);
  void either(const Sums& other);
  void repeat(const Trips& trips);
};

/// Which operators are products, and of what: of activations alone is attention, written out or not.
class Products {
 public:
  explicit Products(const Graph& graph);
  [[nodiscard]] std::optional<Sum> sum_of(NodeId n) const { return sums_[n]; }

 private:
  PerNode<std::optional<Sum>> sums_;
};

/// Counts the wanted operators of the outermost region in a graph whose symbols are bound.
[[nodiscard]] Result<void> measure(const Graph& bound, const Products& products, const PerNode<char>& wanted,
                                   const std::function<void(NodeId, const Sums&)>& take);

}  // namespace alidade::formula
