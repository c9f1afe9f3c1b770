#pragma once
#include <algorithm>
#include <vector>

#include "alidade/ir/axes.hpp"
#include "sdk/ir/work/operator.hpp"

// What the rules of axes share: the axes of one node as they are found.
namespace alidade::axis_rules {

using work_parts::Operator;

using Size = std::optional<Count>;  ///< nothing: it is not known

/// An axis that is being described; good until the next one is added.
class NewAxis {
 public:
  explicit NewAxis(Axis& axis) : axis_(axis) {}
  NewAxis& result(std::size_t dim) { return axis_.result = static_cast<std::int8_t>(dim), *this; }
  NewAxis& operand(std::size_t index, std::size_t dim) {
    if (index < Axis::kOperands) axis_.operand[index] = static_cast<std::int8_t>(dim);
    return *this;
  }
  NewAxis& size(Dim size) {
    axis_.degree = size.is_known() ? std::optional(static_cast<std::uint64_t>(size.size())) : std::nullopt;
    return *this;
  }
  NewAxis& name(AxisName name) { return axis_.name = name, *this; }
  NewAxis& split(Split split) { return axis_.split = split, *this; }
  /// What parts hand over; at least nothing where that is not known.
  NewAxis& exchanges(Size bytes) {
    const auto known = bytes ? bytes->get() : std::nullopt;
    axis_.exchanged = Bytes(known.value_or(0)), axis_.exchanged_upper = known ? Upper(*known) : Upper::none();
    return *this;
  }
  NewAxis& exchanges_at_most(Size bytes) { return exchanges(bytes), axis_.exchanged = Bytes(0), *this; }

 private:
  Axis& axis_;
};

class AxisList {
 public:
  explicit AxisList(const Operator& o) : o(o), y(o.out()) { axes_.reserve(6); }

  NewAxis add(AxisName name, Dim size) {
    NewAxis axis(axes_.emplace_back());
    return axis.name(name).size(size);
  }
  /// A dimension of the result that runs through every operand from the first-th on that has it, as
  /// element-wise work does.
  NewAxis pass(AxisName name, std::size_t dim, std::size_t first = 0) {
    auto axis = add(name, y.dims[dim]);
    axis.result(dim);
    for (std::size_t i = first; i < std::min(Axis::kOperands, o.graph.inputs(o.node).size()); ++i)
      if (const auto at = aligned(o.in(i), dim)) axis.operand(i, *at);
    return axis;
  }
  NewAxis pass(std::size_t dim) { return pass(place(dim), dim); }
  /// What a dimension of a tensor of this rank is by its place.
  [[nodiscard]] AxisName place(std::size_t dim, std::size_t rank) const {
    const std::size_t channel = channels_first(o.op(), rank) ? 1 : rank - 1;
    if (dim == channel && rank > 1) return AxisName::channels;
    return dim == 0 ? AxisName::batch : channel == 2 ? AxisName::sequence : AxisName::spatial;
  }
  [[nodiscard]] AxisName place(std::size_t dim) const { return place(dim, y.rank()); }
  [[nodiscard]] std::vector<Axis>& axes() { return axes_; }

  const Operator& o;
  const TensorType y;  ///< the first result

 private:
  /// The dimension of an operand that broadcasts to one of the result, unless it is repeated there.
  [[nodiscard]] std::optional<std::size_t> aligned(const TensorType& t, std::size_t dim) const {
    if (!t.ranked || t.rank() + dim < y.rank()) return std::nullopt;
    const auto at = t.rank() + dim - y.rank();
    return t.dims[at] == Dim(1) ? std::nullopt : std::optional(at);
  }
  std::vector<Axis> axes_;
};

// Sizes.
[[nodiscard]] inline Size bytes_of(const TensorType& type) { return type.size_bytes(); }
[[nodiscard]] inline Size size_of(Dim dim) {
  return dim.is_known() ? Size(work_parts::as_count(dim.size())) : std::nullopt;
}
[[nodiscard]] inline Size times(Size a, Size b) { return a && b ? Size(*a * *b) : std::nullopt; }
[[nodiscard]] inline Size plus(Size a, Size b) { return a && b ? Size(*a + *b) : std::nullopt; }
[[nodiscard]] inline Dim divided(Dim dim, std::int64_t by) {
  return dim.is_known() && by > 0 ? Dim(dim.size() / by) : Dim();
}
/// So many numbers as parts sum them up, of 4 bytes or of a wider type's.
[[nodiscard]] inline Size sums_of(Size numbers, Dtype dtype) {
  const auto width = stored_bytes(Count(1), dtype);
  const auto bytes = width ? width->get().value_or(4) : 4;
  return times(numbers, Count(std::max<std::uint64_t>(bytes, 4)));
}
/// Whether an operator's list of axes has this one; an empty list has all.
[[nodiscard]] inline bool lists(std::span<const std::int64_t> axes, std::size_t dim) {
  return axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(dim)) != axes.end();
}

void product_axes(AxisList& list);  ///< linear, matmul, routed_matmul
void einsum_axes(AxisList& list);
void attention_axes(AxisList& list);
void recurrent_axes(AxisList& list);
void window_axes(AxisList& list);  ///< convolutions, pools, resampling
void row_axes(AxisList& list);     ///< norms, softmax, reductions, selections, transforms
void place_axes(AxisList& list);   ///< element-wise work, movement, generators

}  // namespace alidade::axis_rules
