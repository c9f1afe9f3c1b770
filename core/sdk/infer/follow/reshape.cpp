// A reshape whose target the file fixes, for another shape of its operand.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "follow.hpp"

namespace alidade::infer {
namespace {

constexpr std::size_t kMostSqueezed = 12;  // dimensions, of which any may be left out

/// Sizes of both sides from `from` and `to` on whose products are equal, the fewest there are.
struct Group {
  std::size_t from = 0, from_end = 0, to = 0, to_end = 0;
};

std::optional<std::vector<Group>> groups(const std::vector<Dim>& in, const std::vector<Dim>& out) {
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
    g.from_end = i, g.to_end = k;
    made.push_back(g);
  }
  return made;
}

/// Whether the outermost size of a group alone is another one: a batch in front of what the target fixes.
bool only_first_changed(const Changed& n, std::size_t from, std::size_t end) {
  for (std::size_t d = from + 1; d < end; ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) return false;
  return true;
}

/// Whether the operator puts dimensions of 1 beside one that stays what it is. A target that the file states
/// may mean its batch by a 1.
bool inserts_ones(const Changed& n, const Group& g) {
  const auto foreign = n.graph.foreign(n.node);
  if (foreign.find("view") != foreign.npos || foreign.find("eshape") != foreign.npos) return false;
  const auto& out = *n.results[0];
  return g.from_end - g.from == 1 && (*n.before[0])[g.from] == out[g.to_end - 1] &&
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

}  // namespace

Result<Shape> follow_reshape(Changed& n) {
  if (!n.results[0] || !n.before[0] || !n.in()) return Shape();
  if (is_squeeze(n) && n.in()->size() <= kMostSqueezed)
    if (auto made = squeezed(n)) return *made;
  const auto all = groups(*n.before[0], *n.results[0]);
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
    const bool dropped = g.to == g.to_end;  // a size of 1 that the result does without
    const Number scaled =
        dropped ? Number() : n.sizes.exact_quotient(n.sizes.multiply(Number::of(out[g.to]), is), was);
    if (scaled.is_unknown() || (g.to_end - g.to > 1 && !only_first_changed(n, g.from, g.from_end)))
      return fail(Fault::config, "its target is fixed for " + std::to_string(was.whole) +
                                     " elements along some of its dimensions, which became " + text(is));
    out[g.to] = scaled.as_dim();
    n.scaled = n.scaled || g.to_end - g.to > 1;
  }
  return out;
}

}  // namespace alidade::infer
