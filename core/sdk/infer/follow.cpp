#include "follow.hpp"

#include <algorithm>
#include <string>

namespace alidade::infer {
namespace {

Result<void> settle(Changed& n, Result<Shape> made) {
  if (!made) return std::unexpected(std::move(made).error());
  n.results[0] = std::move(*made);
  return {};
}

Result<void> broadcast_all(Changed& n) {
  Shape all;
  bool first = true;
  for (std::size_t i = 0; i < n.after.size(); ++i) {
    if (!n.has(i)) continue;
    auto next = first ? Result<Shape>(n.after[i]) : broadcast(n.sizes, all, n.after[i]);
    if (!next) return std::unexpected(std::move(next).error());
    all = std::move(*next), first = false;
  }
  return settle(n, all);
}

/// Sizes along the axis are the file's, unless the axis itself changed: then each part takes the factor.
Result<void> follow_split(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  if (!n.in() || axes.empty()) return {};
  const auto at = axis_of(axes[0], n.in()->size());
  if (!at) return std::unexpected(at.error());
  for (auto& part : n.results) {
    if (part && part->size() + 1 == n.in()->size()) {  // one element each, without its dimension
      part = *removed(n.in(), axes[0]);
      continue;
    }
    if (!part || part->size() != n.in()->size()) continue;
    const Number old = Number::of((*part)[*at]), whole = Number::of((*n.before[0])[*at]);
    const Number now = n.sizes.multiply(old, Number::of((*n.in())[*at]));
    const Dim size =
        (*n.before[0])[*at] == (*n.in())[*at] ? (*part)[*at] : n.sizes.exact_quotient(now, whole).as_dim();
    part = n.in();
    (*part)[*at] = size;
  }
  return {};
}

Result<void> follow_slice(Changed& n) {
  const auto& a = n.attrs<SliceAttrs>();
  const auto numbers = [&](IntList list) {
    std::vector<Number> out;
    for (const auto i : n.graph.ints(list)) out.push_back(Number::of(i));
    return out;
  };
  const auto axes = n.graph.ints(a.axes);
  if (axes.empty()) return n.results[0] = follow_places(n, n.results[0]), Result<void>{};
  const auto starts = numbers(a.starts), ends = numbers(a.ends), steps = numbers(a.steps);
  if (starts.size() != axes.size() || ends.size() != axes.size())
    return n.results[0] = follow_places(n, n.results[0]), Result<void>{};
  auto made = slice(n.sizes, n.in(), {axes, starts, ends, steps});
  const bool picks = made && *made && n.results[0] && n.results[0]->size() + 1 == (*made)->size();
  if (picks) made = removed(*made, axes[0]);
  return settle(n, std::move(made));
}

/// By an index for each row, or one for each element.
Result<void> follow_gather(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  const auto rank = [](const Shape& s) { return s ? s->size() : 0; };
  if (!axes.empty() && n.has(1) && rank(n.results[0]) + 1 == rank(n.in(0)) + rank(n.in(1)))
    return settle(n, gather(n.in(0), n.in(1), axes[0]));
  if (n.has(1) && rank(n.results[0]) == rank(n.in(1))) return settle(n, n.in(1));
  return n.results[0] = follow_places(n, n.results[0]), Result<void>{};
}

Result<void> follow_concat(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  return axes.empty() ? Result<void>{} : settle(n, concat(n.sizes, n.after, axes[0]));
}

Result<void> follow_reduce(Changed& n) {
  const auto& a = n.attrs<AxesAttrs>();
  const auto axes = n.graph.ints(a.axes);
  if (axes.empty() && n.has(1)) return fail(Fault::config, "the axes that it reduces are computed");
  auto made = reduce(n.in(), axes.empty() ? std::nullopt : std::optional<Axes>(axes), a.keepdims != 0);
  const bool as_before = made && *made && n.results[0] && (*made)->size() == n.results[0]->size();
  return as_before ? settle(n, std::move(made)) : fail(Fault::config, "what it reduces is not known");
}

/// x [steps, batch, in], or batch first; results are [steps, batch, width], ONNX's [steps, directions, batch,
/// hidden], and states [layers, batch, hidden].
void follow_recurrent(Changed& n) {
  if (!n.in() || n.in()->size() != 3) return;
  const bool batch_first = n.attrs<RecurrentAttrs>().batch_first != 0;
  const Dim steps = (*n.in())[batch_first ? 1 : 0], batch = (*n.in())[batch_first ? 0 : 1];
  const bool apart = n.results[0] && n.results[0]->size() == 4;
  for (std::size_t k = 0; k < n.results.size(); ++k) {
    if (!n.results[k]) continue;
    auto& out = *n.results[k];
    if (k == 0 && out.size() >= 3)
      out[batch_first ? 1 : 0] = steps, out[batch_first ? 0 : apart ? 2 : 1] = batch;
    if (k > 0 && out.size() == 3) out[apart && batch_first ? 0 : 1] = batch;
  }
}

Result<void> follow_einsum(Changed& n) {
  return settle(n, einsum(n.sizes, n.graph.text(n.attrs<EinsumAttrs>().equation), n.after));
}

}  // namespace

Shape follow_places(Changed& n, const Shape& result) {
  if (!result || !n.has(0) || !n.before[0] || !n.in()) return result;
  std::vector<Dim> out = *result;
  const auto &was = *n.before[0], &is = *n.in();
  for (std::size_t d = 0; d < out.size() && d < was.size(); ++d) {
    if (was[d] == is[d]) continue;
    const Number scaled = n.sizes.multiply(Number::of(out[d]), Number::of(is[d]));
    out[d] = out[d] == was[d] ? is[d] : n.sizes.exact_quotient(scaled, Number::of(was[d])).as_dim();
  }
  return out;
}

Result<void> follow(Changed& n) {
  switch (n.graph.op(n.node)) {
    case Op::conv:
      return settle(n, conv(n.sizes, n.in(0), n.in(1), n.attrs<ConvAttrs>()));
    case Op::conv_transpose:
      return settle(n, conv_transpose(n.sizes, n.in(0), n.in(1), n.attrs<ConvAttrs>()));
    case Op::max_pool:
    case Op::avg_pool: {
      auto made = pool(n.sizes, n.in(), n.attrs<PoolAttrs>());
      for (std::size_t k = 1; made && k < n.results.size(); ++k) n.results[k] = *made;
      return settle(n, std::move(made));
    }
    case Op::linear:
    case Op::matmul:
      return settle(n, matmul(n.sizes, n.in(0), n.in(1), n.attrs<MatmulAttrs>()));
    case Op::einsum:
      return follow_einsum(n);
    case Op::attention:
      for (std::size_t k = 1; k < n.results.size(); ++k) n.results[k] = follow_places(n, n.results[k]);
      return settle(n, attention(n.sizes, n.in(0), n.has(2) ? n.in(2) : n.in(0), n.attrs<AttentionAttrs>()));
    case Op::rnn:
    case Op::lstm:
    case Op::gru:
      return follow_recurrent(n), Result<void>{};
    case Op::transpose:
      return settle(n, transpose(n.in(), n.graph.ints(n.attrs<PermAttrs>().perm)));
    case Op::concat:
      return follow_concat(n);
    case Op::split:
      return follow_split(n);
    case Op::slice:
      return follow_slice(n);
    case Op::gather:
    case Op::embedding:
      return follow_gather(n);
    case Op::reduce_sum:
    case Op::reduce_mean:
    case Op::reduce:
    case Op::arg_reduce:
      return follow_reduce(n);
    case Op::reshape:
      return settle(n, follow_reshape(n));
    default:
      break;
  }
  if (class_of(n.graph.op(n.node)) == OpClass::elementwise) return broadcast_all(n);
  for (auto& result : n.results) result = follow_places(n, result);
  return {};
}

namespace {

/// Sizes of both sides from `from` and `to` on whose products are equal, the fewest there are.
struct Group {
  std::size_t from = 0, from_end = 0, to = 0, to_end = 0;
};

std::optional<std::vector<Group>> groups(const std::vector<Dim>& in, const std::vector<Dim>& out) {
  std::vector<Group> made;
  for (std::size_t i = 0, k = 0; i < in.size() || k < out.size();) {
    Group g{i, i, k, k};
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

std::string text(Number n) { return n.is_number() ? std::to_string(n.whole) : "another number"; }

}  // namespace

Result<Shape> follow_reshape(Changed& n) {
  if (!n.results[0] || !n.before[0] || !n.in()) return Shape();
  const auto all = groups(*n.before[0], *n.results[0]);
  if (!all) return Shape();
  std::vector<Dim> out = *n.results[0];
  for (const Group& g : *all) {
    const auto was = product(n.sizes, std::span(*n.before[0]).subspan(g.from, g.from_end - g.from));
    const auto is = product(n.sizes, std::span(*n.in()).subspan(g.from, g.from_end - g.from));
    if (was == is || g.to == g.to_end) continue;
    const Number scaled = n.sizes.exact_quotient(n.sizes.multiply(Number::of(out[g.to]), is), was);
    if (scaled.is_unknown() || (g.to_end - g.to > 1 && !only_first_changed(n, g.from, g.from_end)))
      return fail(Fault::config, "its target is fixed for " + std::to_string(was.whole) +
                                     " elements along some of its dimensions, which became " + text(is));
    out[g.to] = scaled.as_dim();
    n.scaled = n.scaled || g.to_end - g.to > 1;
  }
  return out;
}

}  // namespace alidade::infer
