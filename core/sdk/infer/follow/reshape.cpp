// A reshape whose target the file fixes, for another shape of its operand.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "follow.hpp"

namespace alidade::infer {

void FactorPlaces::note(ValueId v, Dim was, Dim is, std::int64_t outside) {
  if (was.is_known() && is.is_known()) places_.try_emplace({v, was.size(), is.size()}, outside);
}

void FactorPlaces::inherit(const Graph& graph, NodeId node, ValueId result, Dim was, Dim is) {
  if (!was.is_known() || !is.is_known() || was == is) return;
  for (const ValueId v : graph.inputs(node))
    if (const auto found = places_.find({v, was.size(), is.size()}); v.valid() && found != places_.end())
      note(result, was, is, found->second);
}

std::int64_t FactorPlaces::outside(ValueId v, Dim was, Dim is) const {
  if (!was.is_known() || !is.is_known()) return 1;
  const auto found = places_.find({v, was.size(), is.size()});
  return found == places_.end() ? 1 : found->second;
}

namespace {

constexpr std::size_t kMostSqueezed = 12;  // dimensions, of which any may be left out

/// Sizes of both sides from `from` and `to` on whose products are equal, the fewest there are.
struct Group {
  std::size_t from = 0, from_end = 0, to = 0, to_end = 0;
};

/// Whether the next size of the target is that of the operand, or the product of its next ones.
bool same_next(std::span<const Dim> in, std::size_t i, std::span<const Dim> out, std::size_t k) {
  if (i == in.size() || k == out.size()) return i == in.size() && k == out.size();
  if (in[i] == out[k]) return true;
  Count product = 1;
  for (; i < in.size() && in[i].is_known() && out[k].is_known(); ++i) {
    product *= static_cast<std::uint64_t>(in[i].size());
    if (product.get() == static_cast<std::uint64_t>(out[k].size())) return true;
  }
  return false;
}

/// Moves `i` past what was 1 and no longer is, in front of a size that the target has as well: it belongs to
/// the group before, as what stands behind are features.
void take_grown_ones(const std::vector<Dim>& in, const std::vector<Dim>& now, const std::vector<Dim>& out,
                     std::size_t& i, std::size_t k) {
  std::size_t end = i;
  while (end < in.size() && in[end] == Dim(1) && now[end] != Dim(1)) ++end;
  if (same_next(in, end, out, k)) i = end;
}

/// `now` is the shape of the operand that was `in`. A 1 of the target that the operand has not stands in the
/// group before.
std::optional<std::vector<Group>> groups(const std::vector<Dim>& in, const std::vector<Dim>& now,
                                         const std::vector<Dim>& out) {
  std::vector<Group> made;
  for (std::size_t i = 0, k = 0; i < in.size() || k < out.size();) {
    Group g{i, i, k, k};
    if (i < in.size() && k < out.size() && (!in[i].is_known() || !out[k].is_known())) {
      if (in[i] == out[k])
        g.from_end = ++i, g.to_end = ++k;
      else if (in[i] == Dim(1))
        g.from_end = ++i;
      else if (out[k] == Dim(1))
        g.to_end = ++k;
      else
        return std::nullopt;
      if (in[g.from_end - 1].is_unknown() && g.from_end > g.from && g.to_end > g.to) return std::nullopt;
      made.push_back(g);
      continue;
    }
    Count left = 1, right = 1;
    const auto take = [](const std::vector<Dim>& dims, std::size_t& at, Count& product) {
      if (at == dims.size() || !dims[at].is_known()) return false;
      product *= static_cast<std::uint64_t>(dims[at++].size());
      return product.fits();
    };
    if (i < in.size() && !take(in, i, left)) return std::nullopt;
    if (k < out.size() && !take(out, k, right)) return std::nullopt;
    while (left.get() != right.get())
      if (!(*left.get() < *right.get() ? take(in, i, left) : take(out, k, right))) return std::nullopt;
    if (g.to < k) take_grown_ones(in, now, out, i, k);
    while (g.from < i && k < out.size() && out[k] == Dim(1) && (i == in.size() || in[i] != Dim(1))) ++k;
    g.from_end = i, g.to_end = k;
    made.push_back(g);
  }
  return made;
}

/// The one size of a group's operand that is another one now, or its end.
std::size_t changed_alone(const Changed& n, const Group& g) {
  std::size_t found = g.from_end;
  for (std::size_t d = g.from; d < g.from_end; ++d) {
    if ((*n.before[0])[d] == (*n.in())[d]) continue;
    if (found != g.from_end) return g.from_end;
    found = d;
  }
  return found;
}

/// How many elements of the old shape lie outside of the factor that the group's operand took.
std::optional<std::int64_t> outside_of_factor(const Changed& n, const Group& g) {
  const auto d = changed_alone(n, g);
  if (d == g.from_end) return std::nullopt;
  const auto& was = *n.before[0];
  const auto outer = product(n.sizes, std::span(was).subspan(g.from, d - g.from));
  if (!outer.is_number()) return d == g.from ? std::optional<std::int64_t>(1) : std::nullopt;
  return outer.whole * n.places.outside(n.graph.inputs(n.node)[0], was[d], (*n.in())[d]);
}

/// The size of the target that holds the elements at this distance, and how many of them lie outside there.
struct Place {
  std::size_t at = 0;
  std::int64_t outside = 1;
};
std::optional<Place> place_of(std::span<const Dim> target, std::int64_t outside) {
  for (std::size_t d = 0; d < target.size(); ++d) {
    if (!target[d].is_known()) return outside == 1 ? std::optional(Place{d, 1}) : std::nullopt;
    const auto size = target[d].size();
    if (size == 0) return std::nullopt;
    if (outside == 1 || outside < size || d + 1 == target.size()) return Place{d, outside};
    if (outside % size != 0) return std::nullopt;
    outside /= size;
  }
  return std::nullopt;
}

/// Whether the operator puts dimensions of 1 beside one that stays what it is. A target that the file states
/// may mean its batch by a 1.
bool inserts_ones(const Changed& n, const Group& g) {
  const auto foreign = n.graph.foreign(n.node);
  if (foreign.contains("view") || foreign.contains("eshape") || foreign.contains("unflatten")) return false;
  const auto& out = *n.results[0];
  const Dim was = (*n.before[0])[g.from];
  return g.from_end - g.from == 1 && was != Dim(1) && was == out[g.to_end - 1] &&
         std::all_of(out.begin() + static_cast<std::ptrdiff_t>(g.to),
                     out.begin() + static_cast<std::ptrdiff_t>(g.to_end) - 1,
                     [](Dim d) { return d == Dim(1); });
}

bool is_squeeze(const Changed& n) {
  const auto foreign = n.graph.foreign(n.node);
  return foreign.contains("queeze") && !foreign.contains("nsqueeze");
}

/// Every way to leave out dimensions of 1 until `left` are there; one that is no longer 1 cannot be left out.
void leave_out(const Changed& n, std::size_t from, std::size_t left, std::vector<Dim>& was,
               std::vector<Dim>& is, const std::function<void()>& found) {
  const auto& before = *n.before[0];
  if (was.size() > left || was.size() + (before.size() - from) < left) return;
  if (from == before.size()) return found();
  was.push_back(before[from]), is.push_back((*n.in())[from]);
  leave_out(n, from + 1, left, was, is, found);
  was.pop_back(), is.pop_back();
  if (before[from] == Dim(1) && (*n.in())[from] == Dim(1)) leave_out(n, from + 1, left, was, is, found);
}

/// A squeeze without its axes: what all ways to make the old shape would make now.
std::optional<Shape> squeezed(const Changed& n) {
  std::optional<std::vector<Dim>> made;
  std::vector<Dim> was, is;
  leave_out(n, 0, n.results[0]->size(), was, is, [&] {
    if (was != *n.results[0]) return;
    if (!made) made = is;
    for (std::size_t d = 0; d < is.size(); ++d)
      if ((*made)[d] != is[d]) (*made)[d] = Dim();
  });
  return made ? std::optional<Shape>(*made) : std::nullopt;
}

std::string text(Number n) { return n.is_number() ? std::to_string(n.whole) : "another number"; }

/// A size of the target takes the factor of its group.
Result<void> take_factor(Changed& n, const Group& g, Number was, Number is, std::vector<Dim>& out) {
  const auto target = std::span(out).subspan(g.to, g.to_end - g.to);
  const auto outside = outside_of_factor(n, g);
  auto place = target.size() == 1 ? std::optional(Place{0, outside.value_or(1)})
               : outside          ? place_of(target, *outside)
                                  : std::nullopt;
  Number scaled;
  for (; place && scaled.is_unknown() && place->at < target.size(); place->at += scaled.is_unknown() ? 1 : 0)
    scaled = n.sizes.exact_quotient(n.sizes.multiply(Number::of(target[place->at]), is), was);
  if (scaled.is_unknown())
    return fail(Fault::config, "its target is fixed for " + std::to_string(was.whole) +
                                   " elements along some of its dimensions, which became " + text(is));
  n.places.note(n.graph.outputs(n.node)[0], target[place->at], scaled.as_dim(), place->outside);
  target[place->at] = scaled.as_dim();
  for (std::size_t d = 0; d < target.size(); ++d) n.scaled |= d != place->at && target[d] != Dim(1);
  return {};
}

}  // namespace

Result<Shape> follow_reshape(Changed& n) {
  if (!n.results[0] || !n.before[0] || !n.in()) return Shape();
  if (auto made = follow_target(n)) return *made;
  if (is_squeeze(n) && n.in()->size() <= kMostSqueezed)
    if (auto made = squeezed(n)) return *made;
  const auto all = groups(*n.before[0], *n.in(), *n.results[0]);
  if (!all) return Shape();
  std::vector<Dim> out = *n.results[0];
  for (const Group& g : *all) {
    const auto was = product(n.sizes, std::span(*n.before[0]).subspan(g.from, g.from_end - g.from));
    const auto is = product(n.sizes, std::span(*n.in()).subspan(g.from, g.from_end - g.from));
    if (was == is) continue;
    if (inserts_ones(n, g)) {
      out[g.to_end - 1] = (*n.in())[g.from];
      continue;
    }
    if (auto taken = take_factor(n, g, was, is, out); !taken) return std::unexpected(taken.error());
  }
  return out;
}

}  // namespace alidade::infer
