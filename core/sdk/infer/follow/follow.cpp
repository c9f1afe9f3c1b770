#include "follow.hpp"

#include <algorithm>
#include <array>
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
  for (std::size_t k = 1; k < n.results.size(); ++k)  // a mantissa has its exponent beside it
    if (n.results[k] && n.results[0] && *n.results[k] == *n.results[0]) n.results[k] = all;
  return settle(n, all);
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

/// Bags of rows: as many more as there are indices.
Result<void> follow_bags(Changed& n, const Shape& one_by_one, std::int64_t axis) {
  const auto made = gather(n.in(0), n.in(1), axis);
  if (!made || !*made || !one_by_one) return settle(n, made);
  auto& out = *n.results[0];
  for (std::size_t d = 0; d < out.size(); ++d) {
    const Number scaled = n.sizes.multiply(Number::of(out[d]), Number::of((**made)[d]));
    out[d] = n.sizes.exact_quotient(scaled, Number::of((*one_by_one)[d])).as_dim();
  }
  return {};
}

/// Several neighbouring dimensions picked from by tensors that broadcast: theirs stand in their place.
Result<Shape> indexed(Sizes& sizes, std::span<const Shape> operands, Axes axes) {
  const Shape& x = operands[0];
  Shape picked = operands[1];
  for (std::size_t i = 2; i < operands.size(); ++i) {
    auto both = broadcast(sizes, picked, operands[i]);
    if (!both) return both;
    picked = std::move(*both);
  }
  const auto first = axes.front(), end = axes.back() + 1;
  const auto neighbours = first >= 0 && end - first == static_cast<std::int64_t>(axes.size());
  if (!x || !picked || !neighbours || end > static_cast<std::int64_t>(x->size())) return Shape();
  std::vector<Dim> made(x->begin(), x->begin() + first);
  made.insert(made.end(), picked->begin(), picked->end());
  made.insert(made.end(), x->begin() + end, x->end());
  return Shape(std::move(made));
}

/// Whether the file states a place for every element of a row, and for no other row: as many more of it are
/// as many more places.
bool places_all(const Changed& n) {
  const Shape &row = n.before[0], &places = n.before[1];
  const ValueId stated = n.graph.inputs(n.node)[1];
  if (!row || !places || row->size() != 1 || places->empty() || n.graph.kind(stated) == ValueKind::input ||
      n.graph.kind(stated) == ValueKind::result)
    return false;
  return *row != *n.in() && product(n.sizes, *places) == Number::of(row->front());
}
Result<void> follow_all_places(Changed& n) {
  Shape made = n.in(1);
  const Number first = n.sizes.multiply(Number::of(made->front()), Number::of(n.in()->front()));
  made->front() = n.sizes.exact_quotient(first, Number::of(n.before[0]->front())).as_dim();
  n.scaled = true;
  return settle(n, made);
}

/// One index for each element of the result; take_along_dim spreads them over the other dimensions first.
Result<Shape> picked_along(Changed& n, Axes axes) {
  if (base_name(n) != "take_along_dim" || axes.size() != 1 || !n.in() || !n.in(1)) return n.in(1);
  const auto at = axis_of(axes[0], n.in(1)->size());
  if (!at) return std::unexpected(at.error());
  auto x = with_size(n.in(), axes[0], (*n.in(1))[*at]);
  return x ? broadcast(n.sizes, *x, n.in(1)) : x;
}

/// By an index for each row, or one for each element.
Result<void> follow_gather(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  if (axes.size() > 1 && n.has(1) && n.results[0]) {
    const auto before = indexed(n.sizes, n.before, axes);
    if (before && *before && **before == *n.results[0]) return settle(n, indexed(n.sizes, n.after, axes));
  }
  const auto rank = [](const Shape& s) { return s ? s->size() : 0; };
  if (!axes.empty() && n.has(1) && rank(n.results[0]) + 1 == rank(n.in(0)) + rank(n.in(1))) {
    const auto before = gather(n.before[0], n.before[1], axes[0]);
    if (before && *before && **before != *n.results[0]) return follow_bags(n, *before, axes[0]);
    if (places_all(n)) return follow_all_places(n);
    return settle(n, gather(n.in(0), n.in(1), axes[0]));
  }
  if (n.has(1) && rank(n.results[0]) == rank(n.in(1))) return settle(n, picked_along(n, axes));
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
  if (!made) return std::unexpected(std::move(made).error());
  if (!*made) return n.results[0] ? fail(Fault::config, "what it reduces is not known") : Result<void>{};
  if (n.results[0] && n.results[0]->size() != (*made)->size())
    return fail(Fault::model, "it states " + std::to_string(n.results[0]->size()) +
                                  " dimensions, and the reduction makes " + std::to_string((*made)->size()));
  for (std::size_t k = 1; k < n.results.size(); ++k)
    if (n.results[0] && n.results[k] && *n.results[k] == *n.results[0]) n.results[k] = *made;
  return settle(n, std::move(made));
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

/// The result as the operand; statistics of a batch have its channels, those of rows their places.
void follow_norm(Changed& n) {
  if (!n.before[0] || !n.in()) return;
  const bool by_channel = n.graph.op(n.node) == Op::batch_norm && n.in()->size() > 1;
  for (Shape& result : n.results) {
    if (!result) continue;
    if (by_channel && result->size() == 1) {
      if (result->front() == (*n.before[0])[1]) result = std::vector{(*n.in())[1]};
      continue;
    }
    for (std::size_t d = 0; d < std::min(result->size(), n.in()->size()); ++d)
      if ((*result)[d] == (*n.before[0])[d]) (*result)[d] = (*n.in())[d];
  }
}

/// One element of each row where the axis has another size than the operand.
Result<void> follow_sort(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  if (!n.in() || !n.before[0] || axes.size() != 1 || n.in()->empty()) return {};
  const auto at = axis_of(axes[0], n.in()->size());
  if (!at) return std::unexpected(at.error());
  for (Shape& result : n.results) {
    if (!result) continue;
    if (result->size() + 1 == n.in()->size()) {
      result = *removed(n.in(), axes[0]);
    } else if (result->size() == n.in()->size()) {
      const Dim was = (*result)[*at];
      const bool whole = was == (*n.before[0])[*at] && was != Dim(1);
      result = whole || base_name(n).contains("sort") ? n.in() : *with_size(n.in(), axes[0], was);
    }
  }
  return {};
}

/// A tensor like another one. What is not a size of that one is the file's, unless the rest decides it too.
void follow_like(Changed& n) {
  if (n.after.size() > 1 || !n.before[0] || !n.in()) return;
  for (Shape& result : n.results) {
    if (!result || *result == *n.before[0]) {
      result = n.in();
      continue;
    }
    bool others = false;
    for (std::size_t d = 0; d < n.in()->size(); ++d)
      others = others || ((*n.before[0])[d] != (*n.in())[d] &&
                          (d >= result->size() || (*result)[d] != (*n.before[0])[d]));
    for (std::size_t d = 0; d < result->size(); ++d) {
      const bool same = d < n.in()->size() && (*result)[d] == (*n.before[0])[d];
      (*result)[d] = same ? (*n.in())[d] : others ? Dim() : (*result)[d];
    }
  }
}
Result<void> follow_generator(Changed& n) {
  return n.after.size() > 1 ? broadcast_all(n) : (follow_like(n), Result<void>{});
}

/// Windows laid side by side; how they lie is not in the graph.
bool makes_windows(const Changed& n) {
  const auto foreign = n.graph.foreign(n.node);
  return foreign.find("unfold") != foreign.npos || foreign.find("im2col") != foreign.npos;
}
/// Their number is not known for another size of what they lie in.
Shape follow_windows(Changed& n, const Shape& result) {
  Shape made = follow_places(n, result);
  for (std::size_t d = 0; made && n.before[0] && d < std::min(made->size(), n.before[0]->size()); ++d)
    if ((*made)[d] != (*result)[d] && (*result)[d] != (*n.before[0])[d]) (*made)[d] = Dim();
  return made;
}

}  // namespace

Shape follow_places(Changed& n, const Shape& result) {
  if (!result || !n.has(0) || !n.before[0] || !n.in()) return result;
  std::vector<Dim> out = *result;
  const auto &was = *n.before[0], &is = *n.in();
  for (std::size_t d = 0; d < out.size() && d < was.size(); ++d) {
    if (was[d] == is[d]) continue;
    const Number scaled = n.sizes.multiply(Number::of(out[d]), Number::of(is[d]));
    const Dim ratio = was[d] == Dim(1) ? Dim() : n.sizes.exact_quotient(scaled, Number::of(was[d])).as_dim();
    out[d] = out[d] == was[d] ? is[d] : ratio;
  }
  return out;
}

namespace {

struct Rule {
  Op op;
  Result<void> (*follow)(Changed&);
};
/// A rule that no sizes contradict.
template <void (*F)(Changed&)>
Result<void> always(Changed& n) {
  F(n);
  return {};
}
Result<void> follow_convolution(Changed& n) {
  return settle(n, conv(n.sizes, n.in(0), n.in(1), n.attrs<ConvAttrs>()));
}
Result<void> follow_transposed_convolution(Changed& n) {
  return settle(n, conv_transpose(n.sizes, n.in(0), n.in(1), n.attrs<ConvAttrs>()));
}
Result<void> follow_pool(Changed& n) {
  auto made = pool(n.sizes, n.in(), n.attrs<PoolAttrs>());
  for (std::size_t k = 1; made && k < n.results.size(); ++k) n.results[k] = *made;
  return settle(n, std::move(made));
}
Result<void> follow_product(Changed& n) {
  return settle(n, matmul(n.sizes, n.in(0), n.in(1), n.attrs<MatmulAttrs>()));
}
Result<void> follow_attention(Changed& n) {
  for (std::size_t k = 1; k < n.results.size(); ++k) n.results[k] = follow_places(n, n.results[k]);
  return settle(n, attention(n.sizes, n.in(0), n.has(2) ? n.in(2) : n.in(0), n.attrs<AttentionAttrs>()));
}
Result<void> follow_transpose(Changed& n) {
  return settle(n, transpose(n.in(), n.graph.ints(n.attrs<PermAttrs>().perm)));
}

constexpr std::array kRules{
    Rule{Op::conv, &follow_convolution},
    Rule{Op::conv_transpose, &follow_transposed_convolution},
    Rule{Op::max_pool, &follow_pool},
    Rule{Op::avg_pool, &follow_pool},
    Rule{Op::linear, &follow_product},
    Rule{Op::matmul, &follow_product},
    Rule{Op::einsum, &follow_einsum},
    Rule{Op::attention, &follow_attention},
    Rule{Op::rnn, &always<&follow_recurrent>},
    Rule{Op::lstm, &always<&follow_recurrent>},
    Rule{Op::gru, &always<&follow_recurrent>},
    Rule{Op::transpose, &follow_transpose},
    Rule{Op::concat, &follow_concat},
    Rule{Op::split, &follow_split},
    Rule{Op::sort, &follow_sort},
    Rule{Op::slice, &follow_slice},
    Rule{Op::gather, &follow_gather},
    Rule{Op::embedding, &follow_gather},
    Rule{Op::reduce_sum, &follow_reduce},
    Rule{Op::reduce_mean, &follow_reduce},
    Rule{Op::reduce, &follow_reduce},
    Rule{Op::arg_reduce, &follow_reduce},
    Rule{Op::reshape, [](Changed& n) { return settle(n, follow_reshape(n)); }},
    Rule{Op::search, &always<&follow_search>},
    Rule{Op::fft, &always<&follow_transform>},
    Rule{Op::pad, &always<&follow_pad>},
    Rule{Op::adaptive_avg_pool, &always<&follow_adaptive_pool>},
    Rule{Op::adaptive_max_pool, &always<&follow_adaptive_pool>},
    Rule{Op::topk, &always<&follow_topk>},
    Rule{Op::grid_sample, &always<&follow_grid_sample>},
    Rule{Op::scatter, &always<&follow_scatter>},
    Rule{Op::resize, &always<&follow_resize>},
    Rule{Op::tile, &always<&follow_tile>},
    Rule{Op::expand, &follow_expand},
    Rule{Op::shape_of, [](Changed&) { return Result<void>(); }},  // as many sizes as before
};

}  // namespace

Result<void> follow(Changed& n) {
  const Op op = n.graph.op(n.node);
  if (follow_named(n)) return {};
  if (makes_windows(n)) {
    for (auto& result : n.results) result = follow_windows(n, result);
    return {};
  }
  if (const auto rule = std::ranges::find(kRules, op, &Rule::op); rule != kRules.end())
    return rule->follow(n);
  if (class_of(op) == OpClass::normalisation) return always<&follow_norm>(n);
  if (class_of(op) == OpClass::generator) return follow_generator(n);
  if (class_of(op) == OpClass::factorisation) return always<&follow_factorisation>(n);
  if (class_of(op) == OpClass::elementwise) return broadcast_all(n);
  for (auto& result : n.results) result = follow_places(n, result);
  return {};
}

}  // namespace alidade::infer
