#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// What runs along an axis of an operator's work.
enum class AxisName : std::uint8_t {
  batch,
  sequence,
  spatial,
  channels,       ///< that are made: of a product the columns, of attention those of the values
  inner,          ///< what products are summed over: the channels that are read
  groups,         ///< of a convolution or a norm
  heads,          ///< of attention; of keys where several heads of queries share them
  heads_per_key,  ///< heads of queries that share one of keys
  queries,
  keys,
  experts,
  table,      ///< rows that an embedding or a gather picks from
  direction,  ///< of a recurrent layer
};
inline constexpr std::size_t kAxisNames = 13;
[[nodiscard]] std::string_view name(AxisName axis);

/// What one part of an axis needs of the others.
enum class Split : std::uint8_t {
  free,      ///< nothing
  repeated,  ///< nothing, but each part does some work that the others do as well
  halo,      ///< the border of the part beside it
  reduced,   ///< parts make sums, or numbers for each row, that are put together
  scanned,   ///< a part begins with what the part before ends with
  routed,    ///< the data say which part works on what
  whole,     ///< everything
};
[[nodiscard]] std::string_view name(Split split);

/// One axis of an operator's work: where it runs, and what cutting it costs. A part of a result needs the
/// same part of each operand that the axis runs through, and the whole of the others.
struct Axis {
  static constexpr std::size_t kOperands = 8;
  AxisName name = AxisName::batch;
  Split split = Split::free;
  std::optional<std::uint64_t> degree;  ///< the most parts, 2 or more; nothing where it is not known
  std::int8_t result = -1;              ///< the dimension of the first result; -1: it is in none
  /// Dimensions of the first operands, -1 where it does not run through one. Axes that share a dimension
  /// stand in order: heads, then channels, for a row of heads side by side.
  std::array<std::int8_t, kOperands> operand{-1, -1, -1, -1, -1, -1, -1, -1};
  Bytes exchanged, shared;  ///< for each further part: what parts hand over, and operands that all read
  Upper exchanged_upper, shared_upper;
  [[nodiscard]] bool is_free() const { return split == Split::free || split == Split::repeated; }
};

/// What an operator is in attention, or before it.
enum class AttentionPart : std::uint8_t {
  none,
  scores,    ///< makes scores or weights: [batch, heads..., queries, keys]; of attention that is written out
  values,    ///< multiplies weights by values; likewise
  operands,  ///< prepares queries, keys or values: [batch, heads..., sequence, channels]
};

/// The axes of a node's work, those of its first result in order, then those that are summed; none of size 1.
/// Nothing of views and control nodes, where the shape of the result has no rank, and of operators that no
/// rule is known for: opaque ones, nms, nonzero, search.
[[nodiscard]] std::vector<Axis> axes_of(const Graph& graph, NodeId node,
                                        AttentionPart part = AttentionPart::none);

/// Whether dimension 1 of a result of this rank holds channels, as an image's does. Otherwise the last does.
[[nodiscard]] bool channels_first(Op op, std::size_t rank);

}  // namespace alidade
