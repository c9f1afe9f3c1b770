#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/infer/sizes.hpp"
#include "alidade/ir/attrs.hpp"
#include "alidade/ir/type.hpp"

// What shape an operator's result has: one function per canonical operator, for every frontend and every
// re-binding. Operands whose shapes are unknown make unknown results, never an error; an error is a sentence
// about operands that contradict each other. Axes may count from the end.
namespace alidade::infer {

/// Sizes of a tensor, in order; nothing where not even their number is known. Used as an optional list.
class Shape {
 public:
  Shape() = default;
  Shape(std::nullopt_t) {}  // NOLINT(google-explicit-constructor): nothing is a shape
  Shape(std::vector<Dim> dims)
      : dims_(std::move(dims)), ranked_(true) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return ranked_; }
  std::vector<Dim>& operator*() { return dims_; }
  const std::vector<Dim>& operator*() const { return dims_; }
  std::vector<Dim>* operator->() { return &dims_; }
  const std::vector<Dim>* operator->() const { return &dims_; }

 private:
  std::vector<Dim> dims_;
  bool ranked_ = false;
};
using Axes = std::span<const std::int64_t>;
using Numbers = std::span<const Number>;

[[nodiscard]] Shape shape_of(const TensorType& type);

// Element by element
[[nodiscard]] Result<Shape> broadcast(Sizes& sizes, const Shape& a, const Shape& b);

// Products
/// numpy's matmul: leading dimensions broadcast, an operand of one dimension is a row or a column.
[[nodiscard]] Result<Shape> matmul(Sizes& sizes, const Shape& a, const Shape& b, const MatmulAttrs& attrs);
[[nodiscard]] Result<Shape> einsum(Sizes& sizes, std::string_view equation, std::span<const Shape> operands);
/// query [.., L, D], value [.., S, V] (packed: value [B, S, kv_heads * V]): L rows as wide as the values of
/// all heads.
[[nodiscard]] Result<Shape> attention(Sizes& sizes, const Shape& query, const Shape& value,
                                      const AttentionAttrs& attrs);

// Windows
/// How the edges are padded: as stated, or so that every stride makes one place.
enum class Padding : std::uint8_t { stated, same };
[[nodiscard]] Result<Shape> conv(Sizes& sizes, const Shape& x, const Shape& weight, const ConvAttrs& attrs,
                                 Padding padding = Padding::stated);
[[nodiscard]] Result<Shape> conv_transpose(Sizes& sizes, const Shape& x, const Shape& weight,
                                           const ConvAttrs& attrs, Padding padding = Padding::stated);
[[nodiscard]] Result<Shape> pool(Sizes& sizes, const Shape& x, const PoolAttrs& attrs,
                                 Padding padding = Padding::stated);
/// The last dimensions become `sizes_out`.
[[nodiscard]] Shape adaptive_pool(const Shape& x, std::span<const Dim> sizes_out);

// Movement
[[nodiscard]] Result<Shape> transpose(const Shape& x, Axes perm);  ///< no perm: reversed
/// 0 keeps the size of x unless `zeros_are_sizes`; -1 takes what is left.
[[nodiscard]] Result<Shape> reshape(Sizes& sizes, const Shape& x, Numbers target,
                                    bool zeros_are_sizes = false);
[[nodiscard]] Result<Shape> squeeze(const Shape& x, std::optional<Axes> axes);  ///< no axes: every size of 1
[[nodiscard]] Result<Shape> unsqueeze(const Shape& x, Axes axes);
[[nodiscard]] Shape flatten(Sizes& sizes, const Shape& x, std::int64_t axis);  ///< into a matrix
[[nodiscard]] Result<Shape> expand(Sizes& sizes, const Shape& x, Numbers target);
[[nodiscard]] Result<Shape> concat(Sizes& sizes, std::span<const Shape> parts, std::int64_t axis);
/// One list per property, as long as `axes`; steps may be below zero, and what is unknown makes its axis
/// unknown.
struct SliceBounds {
  Axes axes;
  Numbers starts, ends, steps;
};
[[nodiscard]] Result<Shape> slice(Sizes& sizes, const Shape& x, const SliceBounds& bounds);
/// Places from `start` to `end` of `size` elements by `step`, as numpy counts them.
[[nodiscard]] Number slice_length(Sizes& sizes, Number size, Number start, Number end, Number step);
[[nodiscard]] Result<Shape> tile(Sizes& sizes, const Shape& x, Numbers repeats);
/// Adds begin and end to the axes, which are all of them unless given.
[[nodiscard]] Result<Shape> pad(Sizes& sizes, const Shape& x, Numbers begins, Numbers ends,
                                std::optional<Axes> axes);
[[nodiscard]] Result<Shape> gather(const Shape& x, const Shape& indices, std::int64_t axis);
[[nodiscard]] Result<Shape> gather_nd(const Shape& x, const Shape& indices, std::int64_t batch_dims);
/// x with one dimension exchanged, inserted or taken away.
[[nodiscard]] Result<Shape> with_size(const Shape& x, std::int64_t axis, Dim size);
[[nodiscard]] Result<Shape> inserted(const Shape& x, std::int64_t axis, Dim size);
[[nodiscard]] Result<Shape> removed(const Shape& x, std::int64_t axis);

// Reductions
[[nodiscard]] Result<Shape> reduce(const Shape& x, std::optional<Axes> axes,
                                   bool keepdims);  ///< no axes: all

/// An axis of `rank` dimensions counted from the front; an error says that it is out of range.
[[nodiscard]] Result<std::size_t> axis_of(std::int64_t axis, std::size_t rank);
/// The product of dimensions [first, last).
[[nodiscard]] Number product(Sizes& sizes, std::span<const Dim> dims);

}  // namespace alidade::infer
