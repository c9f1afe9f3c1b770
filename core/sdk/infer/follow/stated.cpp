// Shapes that the file states in part: sizes to resample to, targets to expand to, repeats.
#include <algorithm>
#include <string>

#include "follow.hpp"

namespace alidade::infer {
namespace {

constexpr std::size_t kOuter = 2;  // dimensions of an image before its places

std::string text(Dim d) { return d.is_known() ? std::to_string(d.size()) : "another number"; }

/// Operands as they lie below a result of more dimensions: the last ones under the last.
template <class F>
void below(const Shape& result, const Shape& was, const Shape& is, F&& at) {
  const std::size_t more = result->size() - was->size();
  for (std::size_t d = 0; d < was->size(); ++d)
    if ((*was)[d] != (*is)[d]) at(d + more, (*was)[d], (*is)[d]);
}

bool lies_below(const Changed& n) {
  const Shape& result = n.results[0];
  return result && n.before[0] && n.in() && n.before[0]->size() == n.in()->size() &&
         n.before[0]->size() <= result->size();
}

Result<void> expand_one(Changed& n) {
  if (!lies_below(n)) return n.results[0] = follow_places(n, n.results[0]), Result<void>{};
  std::vector<Dim> made = *n.results[0];
  Result<void> fits;
  below(n.results[0], n.before[0], n.in(), [&](std::size_t at, Dim was, Dim is) {
    if (made[at] == was)
      made[at] = is;
    else if (made[at] != is)
      fits = fail(Fault::config, "its target is " + text(made[at]) + " along dimension " +
                                     std::to_string(at) + ", where the operand became " + text(is));
  });
  n.results[0] = std::move(made);
  return fits;
}

Result<Shape> together(Changed& n, std::span<const Shape> operands) {
  Shape all = operands[0];
  for (const Shape& other : operands.subspan(1)) {
    auto both = broadcast(n.sizes, all, other);
    if (!both) return both;
    all = std::move(*both);
  }
  return all;
}

/// Several operands spread to the shape that they broadcast to; a second one may also be the target itself.
bool spreads_together(Changed& n) {
  const auto before = n.after.size() > 1 ? together(n, n.before) : Result<Shape>(Shape());
  return before && *before && n.results[0] && **before == *n.results[0];
}

Result<void> expand_together(Changed& n) {
  const auto all = together(n, n.after);
  if (!all) return std::unexpected(all.error());
  for (Shape& result : n.results) result = *all;
  return {};
}

/// Rows laid out as a grid, one dimension each; the first two may have changed places.
void follow_meshgrid(Changed& n) {
  const auto grid = [&](std::span<const Shape> rows, bool swapped) {
    std::vector<Dim> dims;
    for (const Shape& row : rows) dims.push_back(row && !row->empty() ? row->front() : Dim(1));
    if (swapped && dims.size() > 1) std::swap(dims[0], dims[1]);
    return dims;
  };
  const bool straight = n.results[0] && *n.results[0] == grid(n.before, false);
  const bool swapped = n.results[0] && *n.results[0] == grid(n.before, true);
  std::vector<Dim> made = grid(n.after, swapped && !straight);
  if (straight && swapped && made != grid(n.after, true)) made[0] = made[1] = Dim();
  for (Shape& result : n.results) result = made;
}

bool divides(Dim a, Dim b) {
  return a.is_known() && b.is_known() && a.size() > 0 && b.size() % a.size() == 0;
}

}  // namespace

std::optional<Shape> follow_target(const Changed& n) {
  const auto target = n.has(1) ? n.graph.literal(n.graph.inputs(n.node)[1]) : std::nullopt;
  if (!target || base_name(n) != "Reshape") return std::nullopt;
  std::vector<Number> numbers;
  for (const auto size : *target) numbers.push_back(Number::of(size));
  const auto was = reshape(n.sizes, n.before[0], numbers, false);
  auto made = reshape(n.sizes, n.in(), numbers, false);
  if (!was || !*was || **was != *n.results[0] || !made || !*made ||
      std::ranges::any_of(**made, &Dim::is_unknown))
    return std::nullopt;
  return product(n.sizes, **made) == product(n.sizes, *n.in()) ? std::optional(std::move(*made))
                                                               : std::nullopt;
}

/// As many times the operand as before, or one in as many; another factor is not known from one size. Whether
/// the file states the factor or the sizes is not in the graph.
void follow_resize(Changed& n) {
  const Shape old = n.results[0];
  Shape made = follow_places(n, old);
  for (std::size_t d = kOuter; made && n.before[0] && d < std::min(made->size(), n.before[0]->size()); ++d) {
    const Dim was = (*n.before[0])[d], size = (*old)[d];
    if (was == (*n.in())[d]) continue;
    if (!divides(was, size) && !divides(size, was)) (*made)[d] = Dim();
    n.scaled = true;
  }
  n.results[0] = std::move(made);
}

/// As often as before; repeats that are an operand add up to what the data say.
void follow_tile(Changed& n) {
  if (n.has(1) && n.results[0] && n.before[0] && n.in()) {
    Shape made = follow_places(n, n.results[0]);
    for (std::size_t d = 0; d < std::min(made->size(), n.in()->size()); ++d)
      if ((*n.results[0])[d] != (*n.before[0])[d] && (*n.before[0])[d] != (*n.in())[d]) (*made)[d] = Dim();
    n.results[0] = std::move(made);
    return;
  }
  if (n.results[0] && n.before[0] && n.in() && n.results[0]->size() == 1 && n.in()->size() > 1) {
    const Number whole = n.sizes.multiply(Number::of(n.results[0]->front()), product(n.sizes, *n.in()));
    n.results[0]->front() = n.sizes.exact_quotient(whole, product(n.sizes, *n.before[0])).as_dim();
    return;
  }
  if (!lies_below(n)) return void(n.results[0] = follow_places(n, n.results[0]));
  std::vector<Dim> made = *n.results[0];
  below(n.results[0], n.before[0], n.in(), [&](std::size_t at, Dim was, Dim is) {
    const Number elements = n.sizes.multiply(Number::of(made[at]), Number::of(is));
    made[at] = n.sizes.exact_quotient(elements, Number::of(was)).as_dim();
  });
  n.results[0] = std::move(made);
}

/// The target is the file's: sizes of 1 became those that it states, and the others stay what they are.
Result<void> follow_expand(Changed& n) {
  if (n.graph.foreign(n.node).find("meshgrid") != std::string_view::npos)
    return follow_meshgrid(n), Result<void>{};
  return spreads_together(n) ? expand_together(n) : expand_one(n);
}

}  // namespace alidade::infer
