#pragma once
#include "call.hpp"
#include "read/translate.hpp"

namespace alidade::onnx_file {

/// A node whose body runs over and over: some of its results are the arguments of the next trip.
class LoopRegion {
 public:
  /// The operands from `first_operand` on are the node's; of the body's arguments and results, `carried` many
  /// from these places on go from trip to trip.
  struct Layout {
    Op op;
    std::size_t first_operand, first_argument, first_result, carried;
  };
  LoopRegion(Call& call, const GraphView& body, Layout layout)
      : call_(call), reading_(call.reading()), body_(body), layout_(layout), start_(reading_.mark()) {}

  /// Adds the node with the body as its region; arguments that change from trip to trip are widened until the
  /// region stands for every trip. Nothing on an error.
  std::optional<RegionTypes> add(std::vector<RegionValue> arguments);
  /// Reads one trip, and forgets it.
  std::optional<RegionTypes> try_trip(std::span<const RegionValue> arguments);
  /// Takes the node away again.
  void remove();

  [[nodiscard]] NodeId node() const { return node_; }
  [[nodiscard]] bool changes() const {
    return changes_;
  }  ///< carried values, from the first trip to the next
  /// In the region, or in the trip that was tried last: every size is known, and so is every branch and trip.
  [[nodiscard]] bool is_certain() const { return certain_; }
  [[nodiscard]] std::uint64_t nodes() const { return nodes_; }  ///< of the trip that was tried last

 private:
  std::optional<RegionTypes> attempt(std::span<const RegionValue> arguments);
  [[nodiscard]] bool is_certain_since(const ReadState::Mark& mark) const;
  [[nodiscard]] bool covers(const RegionValue& argument, const RegionValue& result) const;
  [[nodiscard]] bool is_stable(const RegionTypes& body) const;
  void widen(std::vector<RegionValue>& arguments, const RegionTypes& body, bool fully) const;

  Call& call_;
  ReadState& reading_;
  const GraphView& body_;
  Layout layout_;
  ReadState::Mark start_;
  NodeId node_;
  bool changes_ = false, certain_ = true;
  std::uint64_t nodes_ = 0;
};

/// Nodes of one file that are read in vain, at most: after that, loops are read once.
inline constexpr std::uint64_t kMostRepeated = 100'000;

/// Both lists and both tensors, as far as one value can be either.
[[nodiscard]] RegionValue common(Types& types, const RegionValue& a, const RegionValue& b);
/// Gives a result of a node that exists already what is known of it; the file's own types stay where they say
/// more.
void settle(Call& call, std::size_t k, const RegionValue& known);

}  // namespace alidade::onnx_file
