// Parts of a tensor along one axis: how many there are is the file's, and how long each is depends on how the
// file asks for them.
#include <algorithm>
#include <string>

#include "follow.hpp"

namespace alidade::infer {
namespace {

std::unexpected<Error> too_many(const Changed& n, std::size_t axis, std::int64_t size) {
  return fail(Fault::config, "it makes " + std::to_string(n.results.size()) + " parts along dimension " +
                                 std::to_string(axis) + ", whose size became " + std::to_string(size));
}

/// Lengths of parts of `whole` elements, all but the last of them `length` long.
std::vector<std::int64_t> parts_of(std::int64_t whole, std::int64_t length) {
  std::vector<std::int64_t> parts;
  for (std::int64_t at = 0; at < whole; at += length) parts.push_back(std::min(length, whole - at));
  return parts;
}

struct Axis {
  std::size_t at;
  std::int64_t was, is;
};

/// What the file's way of asking makes of another size; nothing where the name does not say how it asks.
std::optional<std::vector<std::int64_t>> lengths(const Changed& n, const Axis& axis, std::int64_t first) {
  const auto name = base_name(n);
  const auto count = static_cast<std::int64_t>(n.results.size());
  if (name == "unbind" || name == "unbind_copy")
    return std::vector<std::int64_t>(static_cast<std::size_t>(axis.is), 1);
  if (name == "chunk" || name == "unsafe_chunk") return parts_of(axis.is, (axis.is + count - 1) / count);
  if ((name == "split" || name == "split_copy" || name == "unsafe_split") && first > 0)
    return parts_of(axis.is, first);
  return std::nullopt;
}

/// Parts as long as before, in proportion: what equal parts are.
std::vector<Dim> in_proportion(Changed& n, const Axis& axis, const std::vector<Dim>& were) {
  std::vector<Dim> now;
  const bool equal = std::ranges::all_of(were, [&](Dim d) { return d == were.front(); });
  for (const Dim was : were) {
    const Number scaled = n.sizes.multiply(Number::of(was), Number::of(axis.is));
    now.push_back(equal ? n.sizes.exact_quotient(scaled, Number::of(axis.was)).as_dim() : Dim());
  }
  return now;
}

/// Parts of lengths of their own that the file states: they are no parts of another size.
bool states_lengths(const Changed& n, const std::vector<Dim>& were) {
  const auto name = base_name(n);
  const bool stated = name == "Split" || name.starts_with("split_with_sizes");
  return stated && std::ranges::all_of(were, &Dim::is_known) && were.size() > 1 &&
         std::ranges::any_of(were, [&](Dim d) { return d != were.front(); });
}
std::unexpected<Error> other_lengths(const Changed& n, const std::vector<Dim>& were, std::int64_t is) {
  return fail(Fault::config, "its parts are " + shown(n.sizes, were) + " long, which is not " +
                                 std::to_string(is) + " together");
}

std::vector<Dim> lengths_before(const Changed& n, std::size_t axis) {
  std::vector<Dim> were;
  for (const Shape& part : n.results)
    were.push_back(part && part->size() == n.in()->size() ? (*part)[axis] : part ? Dim(1) : Dim());
  return were;
}

}  // namespace

Result<void> follow_split(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  if (!n.in() || !n.before[0] || axes.empty()) return {};
  const auto at = axis_of(axes[0], n.in()->size());
  if (!at) return std::unexpected(at.error());
  auto made = lengths_before(n, *at);
  const Dim was = (*n.before[0])[*at], is = (*n.in())[*at];
  if (was != is && was.is_known() && is.is_known()) {
    if (states_lengths(n, made)) return other_lengths(n, made, is.size());
    const Axis axis{*at, was.size(), is.size()};
    const auto now = lengths(n, axis, made.empty() || !made[0].is_known() ? 0 : made[0].size());
    if (now && now->size() != made.size()) return too_many(n, *at, is.size());
    made = now ? std::vector<Dim>(now->begin(), now->end()) : in_proportion(n, axis, made);
  } else if (was != is) {
    std::ranges::fill(made, Dim());
  }
  for (std::size_t k = 0; k < n.results.size(); ++k) {
    Shape& part = n.results[k];
    if (!part) continue;
    if (part->size() + 1 == n.in()->size()) {  // one element each, without its dimension
      part = *removed(n.in(), axes[0]);
    } else if (part->size() == n.in()->size()) {
      part = n.in();
      (*part)[*at] = made[k];
    }
  }
  return {};
}

}  // namespace alidade::infer
