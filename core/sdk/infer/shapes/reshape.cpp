// The same elements under other sizes: reshapes and what adds or takes away sizes of 1.
#include <algorithm>
#include <string>

#include "alidade/infer/shapes.hpp"

namespace alidade::infer {
namespace {

/// The size that -1 stands for: what is left of x when the stated sizes are taken out.
Number left_over(Sizes& sizes, const std::vector<Dim>& x, std::vector<Dim> stated) {
  std::vector<Dim> rest;
  for (const Dim d : x) {  // equal symbols cancel, whatever their value
    const auto same = d.is_unknown() ? stated.end() : std::ranges::find(stated, d);
    if (same != stated.end() && !(d.is_known() && d.size() == 0))
      stated.erase(same);
    else
      rest.push_back(d);
  }
  return sizes.exact_quotient(product(sizes, rest), product(sizes, stated));
}

/// The only unknown size of a result whose elements are those of x.
void fill_unknown(Sizes& sizes, const std::vector<Dim>& x, std::vector<Dim>& out) {
  const auto open = std::ranges::find_if(out, &Dim::is_unknown);
  if (open == out.end() ||
      std::find_if(open + 1, out.end(), [](Dim d) { return d.is_unknown(); }) != out.end())
    return;
  std::vector<Dim> stated(out.begin(), open);
  stated.insert(stated.end(), open + 1, out.end());
  *open = left_over(sizes, x, stated).as_dim();
}

}  // namespace

Result<Shape> reshape(Sizes& sizes, const Shape& x, Numbers target, bool zeros_are_sizes) {
  std::vector<Dim> out;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const Number& n = target[i];
    if (n.is(-1) && open) return fail(Fault::model, "its target holds -1 twice");
    if (n.is_number() && n.whole < -1)
      return fail(Fault::model, "its target holds " + std::to_string(n.whole));
    if (n.is(-1)) open = i;
    if (n.is(0) && !zeros_are_sizes && x && i >= x->size())
      return fail(Fault::model, "its target keeps dimension " + std::to_string(i) + " of an operand of " +
                                    std::to_string(x->size()));
    out.push_back(n.is(-1) ? Dim() : n.is(0) && !zeros_are_sizes ? (x ? (*x)[i] : Dim()) : n.as_dim());
  }
  if (x) fill_unknown(sizes, *x, out);
  return out;
}

Result<Shape> squeeze(const Shape& x, std::optional<Axes> axes) {
  if (!x) return Shape();
  std::vector<char> taken(x->size(), 0);
  for (const auto axis : axes.value_or(Axes())) {
    const auto at = axis_of(axis, x->size());
    if (!at) return std::unexpected(at.error());
    if ((*x)[*at].is_known() && (*x)[*at].size() != 1)
      return fail(Fault::model, "it takes away dimension " + std::to_string(*at) + ", whose size is " +
                                    std::to_string((*x)[*at].size()) + " and not 1");
    taken[*at] = 1;
  }
  std::vector<Dim> out;
  for (std::size_t d = 0; d < x->size(); ++d) {
    if (!axes && !(*x)[d].is_known()) return Shape();  // whether it is 1 is not known
    if (axes ? taken[d] == 0 : (*x)[d].size() != 1) out.push_back((*x)[d]);
  }
  return out;
}

Result<Shape> unsqueeze(const Shape& x, Axes axes) {
  if (!x) return Shape();
  std::vector<char> added(x->size() + axes.size(), 0);
  for (const auto axis : axes) {
    const auto at = axis_of(axis, added.size());
    if (!at) return std::unexpected(at.error());
    if (added[*at] != 0) return fail(Fault::model, "it adds dimension " + std::to_string(*at) + " twice");
    added[*at] = 1;
  }
  std::vector<Dim> out;
  for (std::size_t d = 0, from = 0; d < added.size(); ++d)
    out.push_back(added[d] != 0 ? Dim(1) : (*x)[from++]);
  return out;
}

Shape flatten(Sizes& sizes, const Shape& x, std::int64_t axis) {
  if (!x) return std::vector<Dim>(2);
  const auto rank = static_cast<std::int64_t>(x->size());
  const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank));
  return std::vector{product(sizes, std::span(*x).first(at)).as_dim(),
                     product(sizes, std::span(*x).subspan(at)).as_dim()};
}

}  // namespace alidade::infer
