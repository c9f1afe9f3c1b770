#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alidade/infer/number.hpp"
#include "alidade/infer/shapes.hpp"
#include "alidade/infer/sizes.hpp"

// What an operator makes of small tensors whose contents are known: shapes, axes, pads, indices, conditions.
// Elements that are not known stay unknown one by one; a result of more than Literal::kMost elements, of
// dimensions that are not known or of operands that contradict each other is nothing. Floating point is
// rounded as its type is; an integer that does not fit its type is unknown. Symbols in floating point are
// sizes below 2^22, so that f32 holds them exactly. Axes may count from the end.
namespace alidade::infer {

using Value = std::optional<Literal>;
using Operands = std::span<const Literal* const>;  ///< none is null
/// Signatures that many operators share.
using UnaryValue = Value (*)(Sizes&, const Literal&);
using BinaryValue = Value (*)(Sizes&, const Literal&, const Literal&);

// Made of types and numbers
[[nodiscard]] Value shape_of(const TensorType& type, std::int64_t start, std::int64_t end = INT64_MAX);
[[nodiscard]] Value size_of(Sizes& sizes, const TensorType& type);
[[nodiscard]] Value constant_of_shape(const Literal& shape, Dtype dtype, Number value);
[[nodiscard]] Value range(Sizes& sizes, const Literal& start, const Literal& end, const Literal& step);
[[nodiscard]] Value eye(Axes dims, Dtype dtype, std::int64_t diagonal);  ///< a matrix
/// `values`: what is written where an index does not point, and where it does.
[[nodiscard]] Value one_hot(const Literal& indices, std::int64_t depth, const Literal& values,
                            std::int64_t axis);

// The same elements in other places
[[nodiscard]] Value with_dims(const Literal& x, Axes dims);
/// 0 keeps the size of x unless `zeros_are_sizes`; -1 takes what is left.
[[nodiscard]] Value reshape(const Literal& x, const Literal& target, bool zeros_are_sizes = false);
[[nodiscard]] Value flatten(const Literal& x, std::int64_t axis);
[[nodiscard]] Value squeeze(const Literal& x, std::optional<Axes> axes);  ///< no axes: every size of 1
[[nodiscard]] Value unsqueeze(const Literal& x, Axes axes);
[[nodiscard]] Value transpose(const Literal& x, Axes perm);  ///< no perm: reversed
[[nodiscard]] Value concat(Operands parts, std::int64_t axis);
[[nodiscard]] Value stack(Operands parts, std::int64_t axis);  ///< along a new axis
/// No axes: the first ones. No steps: 1.
[[nodiscard]] Value slice(const Literal& x, Axes starts, Axes ends, std::optional<Axes> axes,
                          std::optional<Axes> steps);
[[nodiscard]] std::vector<Value> split(const Literal& x, std::int64_t axis, Axes parts);
/// Parts of equal size, the last one smaller where it does not come out even.
[[nodiscard]] std::vector<Value> split_evenly(const Literal& x, std::int64_t axis, std::int64_t parts);
[[nodiscard]] Value expand(const Literal& x, Axes shape);  ///< broadcast both ways
[[nodiscard]] Value tile(const Literal& x, Axes repeats);
enum class PadMode : std::uint8_t { constant, reflect, edge, wrap };
/// No axes: all of them. Pads may be below zero.
[[nodiscard]] Value pad(const Literal& x, PadMode mode, Axes begins, Axes ends, std::optional<Axes> axes,
                        Number fill);
[[nodiscard]] Value trilu(const Literal& x, bool upper, std::int64_t diagonal);
[[nodiscard]] Value reverse(const Literal& x, Axes axes);

// By indices: below zero from the end; an unknown one makes an unknown element
[[nodiscard]] Value gather(const Literal& x, const Literal& indices, std::int64_t axis);
[[nodiscard]] Value gather_elements(const Literal& x, const Literal& indices, std::int64_t axis);
[[nodiscard]] Value gather_nd(const Literal& x, const Literal& indices, std::int64_t batch_dims);
/// What becomes of an element that is written to.
enum class Update : std::uint8_t { replace, add, multiply, minimum, maximum };
[[nodiscard]] Value scatter_elements(Sizes& sizes, const Literal& x, const Literal& indices,
                                     const Literal& updates, std::int64_t axis, Update update);
[[nodiscard]] Value scatter_nd(Sizes& sizes, const Literal& x, const Literal& indices, const Literal& updates,
                               Update update);
/// No axis: of the flat tensor.
[[nodiscard]] Value compress(const Literal& x, const Literal& condition, std::optional<std::int64_t> axis);
[[nodiscard]] Value nonzero(const Literal& x);

// Element by element, with numpy's broadcasting
[[nodiscard]] Value cast(Sizes& sizes, const Literal& x, Dtype to);
[[nodiscard]] Value add(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value subtract(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value multiply(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value divide(Sizes& sizes, const Literal& a, const Literal& b);  ///< integers: toward zero
[[nodiscard]] Value floor_divide(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value modulo(Sizes& sizes, const Literal& a, const Literal& b);     ///< the divisor's sign
[[nodiscard]] Value remainder(Sizes& sizes, const Literal& a, const Literal& b);  ///< the dividend's sign
[[nodiscard]] Value power(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value minimum(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value maximum(Sizes& sizes, const Literal& a, const Literal& b);
/// One operation from left to right: Min, Max and Sum of any number of operands.
[[nodiscard]] Value from_left(Sizes& sizes, BinaryValue operation, Operands operands);

[[nodiscard]] Value negative(Sizes& sizes, const Literal& x);
[[nodiscard]] Value absolute(Sizes& sizes, const Literal& x);
[[nodiscard]] Value sign(Sizes& sizes, const Literal& x);
[[nodiscard]] Value floor(Sizes& sizes, const Literal& x);
[[nodiscard]] Value ceil(Sizes& sizes, const Literal& x);
[[nodiscard]] Value round(Sizes& sizes, const Literal& x);  ///< halves to the even number
[[nodiscard]] Value truncate(Sizes& sizes, const Literal& x);
[[nodiscard]] Value sqrt(Sizes& sizes, const Literal& x);
[[nodiscard]] Value exp(Sizes& sizes, const Literal& x);
[[nodiscard]] Value log(Sizes& sizes, const Literal& x);
[[nodiscard]] Value reciprocal(Sizes& sizes, const Literal& x);
[[nodiscard]] Value is_nan(Sizes& sizes, const Literal& x);
[[nodiscard]] Value is_inf(Sizes& sizes, const Literal& x);

[[nodiscard]] Value equal(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value not_equal(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value less(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value less_or_equal(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value greater(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value greater_or_equal(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value logical_and(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value logical_or(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value logical_xor(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value logical_not(Sizes& sizes, const Literal& x);
[[nodiscard]] Value bitwise_and(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value bitwise_or(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value bitwise_xor(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value bitwise_not(Sizes& sizes, const Literal& x);
[[nodiscard]] Value shift_left(Sizes& sizes, const Literal& a, const Literal& b);
[[nodiscard]] Value shift_right(Sizes& sizes, const Literal& a, const Literal& b);
/// Branches that agree decide an element whose condition is unknown.
[[nodiscard]] Value where(Sizes& sizes, const Literal& condition, const Literal& x, const Literal& y);

// Along axes
enum class Reduction : std::uint8_t { sum, product, minimum, maximum, mean, any, all };
[[nodiscard]] Value reduce(Sizes& sizes, const Literal& x, Reduction by, std::optional<Axes> axes,
                           bool keepdims);
struct ArgOptions {
  std::int64_t axis = 0;
  bool keepdims = true, last = false;  ///< last: of equal elements the last one
};
[[nodiscard]] Value argmax(Sizes& sizes, const Literal& x, const ArgOptions& options);
[[nodiscard]] Value argmin(Sizes& sizes, const Literal& x, const ArgOptions& options);
[[nodiscard]] Value cumulative_sum(Sizes& sizes, const Literal& x, std::int64_t axis, bool exclusive,
                                   bool reverse);
struct TopK {
  Value values, indices;
};
[[nodiscard]] TopK topk(const Literal& x, std::int64_t k, std::int64_t axis,
                        bool largest);  ///< sorted; ties: lower index
struct Unique {
  Value values, indices, inverse, counts;
};
[[nodiscard]] Unique unique(const Literal& x,
                            bool sorted);  ///< of the flat tensor; else in order of appearance

}  // namespace alidade::infer
