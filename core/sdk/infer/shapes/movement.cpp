// Elements that are moved, repeated or left out.
#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/infer/shapes.hpp"
#include "sdk/infer/slice_range.hpp"

namespace alidade::infer {
namespace {

std::string dimensions(std::size_t n) { return text::counted(n, "dimension"); }

std::vector<Dim> as_dims(Numbers numbers) {
  std::vector<Dim> out;
  for (const auto& n : numbers) out.push_back(n.as_dim());
  return out;
}

}  // namespace

Result<Shape> transpose(const Shape& x, Axes perm) {
  if (!x) return Shape();
  if (perm.empty()) return std::vector<Dim>(x->rbegin(), x->rend());
  if (perm.size() != x->size())
    return fail(Fault::model,
                "perm orders " + dimensions(perm.size()) + " of an operand of " + std::to_string(x->size()));
  std::vector<Dim> out;
  std::vector<char> seen(x->size(), 0);
  for (const auto axis : perm) {
    const auto at = axis_of(axis, x->size());
    if (!at) return std::unexpected(at.error());
    if (seen[*at]++ != 0) return fail(Fault::model, "perm names dimension " + std::to_string(*at) + " twice");
    out.push_back((*x)[*at]);
  }
  return out;
}

Result<Shape> expand(Sizes& sizes, const Shape& x, Numbers target) {
  return broadcast(sizes, x, as_dims(target));
}

Result<Shape> concat(Sizes& sizes, std::span<const Shape> parts, std::int64_t axis) {
  Shape out;
  Number along = Number::of(0);
  for (const auto& part : parts) {
    if (!part) {
      along = {};
      continue;
    }
    const auto at = axis_of(axis, part->size());
    if (!at) return std::unexpected(at.error());
    if (out && out->size() != part->size())
      return fail(Fault::model, "parts of " + dimensions(out->size()) + " and of " +
                                    std::to_string(part->size()) + " are joined");
    along = sizes.add(along, Number::of((*part)[*at]));
    if (!out) out = part;
    for (std::size_t d = 0; d < out->size(); ++d) {
      Dim &known = (*out)[d], more = (*part)[d];
      if (d != *at && known.is_known() && more.is_known() && known.size() != more.size())
        return fail(Fault::model, "parts are joined along dimension " + std::to_string(*at) +
                                      ", and their sizes along dimension " + std::to_string(d) + " are " +
                                      std::to_string(known.size()) + " and " + std::to_string(more.size()));
      if (more.is_known() || known.is_unknown()) known = more;
    }
    (*out)[*at] = along.as_dim();
  }
  if (out && along.is_unknown()) (*out)[*axis_of(axis, out->size())] = Dim();
  return out;
}

namespace {

constexpr std::int64_t kEnd =
    (std::int64_t{1} << 31) - 1;  // exporters write "to the end" as many large numbers

/// Where a bound of a slice lies; a symbol counts from the front.
Number place(Sizes& sizes, Number size, Number bound) {
  if (bound.is(0) || bound == size) return bound;
  if (bound.is_number() && bound.whole >= kEnd) return size;
  if (bound.is_number() && bound.whole < 0) return sizes.maximum(sizes.add(size, bound), Number::of(0));
  return sizes.minimum(bound, size);
}

}  // namespace

Number slice_length(Sizes& sizes, Number size, Number start, Number end, Number step) {
  if (!step.is_number() || step.whole == 0) return {};
  if (size.is_number() && start.is_number() && end.is_number())
    return Number::of(slice_range(size.whole, start.whole, end.whole, step.whole).length);
  if (step.whole < 0) {  // all of it, backwards
    const bool from_last = start.is_number() && (start.whole >= kEnd || start.whole == -1);
    const bool to_first = end.is_number() && end.whole < -kEnd;
    return from_last && to_first ? sizes.ceil_divide(size, Number::of(-step.whole)) : Number();
  }
  const Number from = place(sizes, size, start), to = place(sizes, size, end);
  const Number length = from.is(0) ? to : sizes.maximum(sizes.subtract(to, from), Number::of(0));
  return sizes.ceil_divide(length, step);
}

Result<Shape> slice(Sizes& sizes, const Shape& x, const SliceBounds& b) {
  if (!x) return Shape();
  std::vector<Dim> out = *x;
  for (std::size_t i = 0; i < b.axes.size(); ++i) {
    const auto at = axis_of(b.axes[i], x->size());
    if (!at) return std::unexpected(at.error());
    const auto entry = [&](Numbers list, std::int64_t unless) {
      return i < list.size() ? list[i] : list.empty() ? Number::of(unless) : Number();
    };
    const Number step = entry(b.steps, 1);
    if (step.is(0)) return fail(Fault::model, "a step of 0 takes no elements");
    out[*at] = slice_length(sizes, Number::of((*x)[*at]), entry(b.starts, 0), entry(b.ends, INT64_MAX), step)
                   .as_dim();
  }
  return out;
}

Result<Shape> tile(Sizes& sizes, const Shape& x, Numbers repeats) {
  if (!x) return Shape();
  if (repeats.size() != x->size())
    return fail(Fault::model, std::to_string(repeats.size()) + " repeats are stated for an operand of " +
                                  dimensions(x->size()));
  std::vector<Dim> out = *x;
  for (std::size_t d = 0; d < out.size(); ++d)
    out[d] = sizes.multiply(Number::of((*x)[d]), repeats[d]).as_dim();
  return out;
}

Result<Shape> pad(Sizes& sizes, const Shape& x, Numbers begins, Numbers ends, std::optional<Axes> axes) {
  if (!x) return Shape();
  const std::size_t count = axes ? axes->size() : x->size();
  if (begins.size() != count || ends.size() != count)
    return fail(Fault::model,
                std::to_string(begins.size() + ends.size()) + " pads are stated for " + dimensions(count));
  std::vector<Dim> out = *x;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = axis_of(axes ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (!at) return std::unexpected(at.error());
    const Number made = sizes.add(Number::of((*x)[*at]), sizes.add(begins[i], ends[i]));
    if (made.is_number() && made.whole < 0)
      return fail(Fault::model,
                  "pads take more away from dimension " + std::to_string(*at) + " than its size");
    out[*at] = made.as_dim();
  }
  return out;
}

Result<Shape> gather(const Shape& x, const Shape& indices, std::int64_t axis) {
  if (!x || !indices) return Shape();
  const auto at = axis_of(axis, x->size());
  if (!at) return std::unexpected(at.error());
  std::vector<Dim> out(x->begin(), x->begin() + static_cast<std::ptrdiff_t>(*at));
  out.insert(out.end(), indices->begin(), indices->end());
  out.insert(out.end(), x->begin() + static_cast<std::ptrdiff_t>(*at) + 1, x->end());
  return out;
}

Result<Shape> gather_nd(const Shape& x, const Shape& indices, std::int64_t batch_dims) {
  if (!x || !indices || indices->empty() || !indices->back().is_known()) return Shape();
  const auto rank = static_cast<std::int64_t>(x->size()), named = indices->back().size();
  if (batch_dims < 0 || batch_dims > rank || named > rank - batch_dims)
    return fail(Fault::model,
                "indices name " + std::to_string(named) + " of " + dimensions(x->size()) +
                    (batch_dims == 0 ? "" : " behind a batch of " + std::to_string(batch_dims)));
  std::vector<Dim> out(indices->begin(), indices->end() - 1);
  out.insert(out.end(), x->begin() + static_cast<std::ptrdiff_t>(batch_dims + named), x->end());
  return out;
}

}  // namespace alidade::infer
