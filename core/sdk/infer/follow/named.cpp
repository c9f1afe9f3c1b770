// Shapes of operators whose arguments the graph does not hold: told by the name that they have in the file.
#include "named.hpp"

#include <algorithm>
#include <array>

namespace alidade::infer {
namespace {

/// As many rows as there are combinations of one element of each operand.
void follow_combinations(Changed& n) {
  Number rows = Number::of(1);
  for (const Shape& part : n.after)
    rows = n.sizes.multiply(rows, part && part->size() == 1 ? Number::of(part->front()) : Number());
  n.results[0] = Dims{rows.as_dim(), Dim(1)};
}

/// One row of results for each share that is asked for, in front of the dimensions that stay.
void follow_quantile(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  if (!n.in() || !n.has(1) || !n.in(1) || axes.size() != 1 || !n.results[0]) return;
  Dims made = *n.in(1);
  const bool kept = n.results[0]->size() == made.size() + n.in()->size();
  const auto rest = kept ? with_size(n.in(), axes[0], Dim(1)) : removed(n.in(), axes[0]);
  if (!rest || !*rest) return;
  made.insert(made.end(), (*rest)->begin(), (*rest)->end());
  n.results[0] = std::move(made);
}

/// The file states sizes and strides: sizes that are the operand's are taken to be so for another one, too.
void follow_strided(Changed& n) {
  if (!n.results[0] || !n.before[0] || !n.in()) return;
  for (std::size_t d = 0; d < std::min(n.results[0]->size(), n.in()->size()); ++d)
    if ((*n.results[0])[d] == (*n.before[0])[d]) (*n.results[0])[d] = (*n.in())[d];
  n.scaled = true;
}

/// As many as the file states.
void follow_stated(Changed&) {}
/// As many draws of each row as the file states.
void follow_draws(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() != n.in()->size()) return;
  std::copy(n.in()->begin(), n.in()->end() - 1, n.results[0]->begin());
}
/// What is copied is expanded to what it is written over.
void follow_overwritten(Changed& n) {
  if (n.has(1)) n.results[0] = n.in(1);
}
/// Arguments that decide every size.
void follow_unknown(Changed& n) {
  for (Shape& result : n.results)
    if (result) result = Dims(result->size());
}

/// What a size of a result may have been, and is now.
struct Fact {
  Dim was, is;
};
Dim agreed(Dim old, std::span<const Fact> facts) {
  std::optional<Dim> made;
  for (const auto& fact : facts)
    if (fact.was == old) made = !made || *made == fact.is ? fact.is : Dim();
  return made.value_or(old);
}

/// A row for each bag; beside it the bag of each index, the size of each bag, and which index was largest.
void follow_bag_rows(Changed& n) {
  const auto lists = [&](std::span<const Shape> of) { return of.size() > 2 ? of[2] : of[1]; };
  const Shape was = lists(n.before), is = lists(n.after), &table = n.in(0);
  if (!n.results[0] || n.results[0]->size() != 2 || !was || was->empty() || !is || is->empty() || !table ||
      table->size() != 2 || !n.before[1] || !n.in(1))
    return;
  const Number extra = n.sizes.subtract(Number::of(was->front()), Number::of(n.results[0]->front()));
  const std::array facts{
      Fact{n.results[0]->front(), n.sizes.subtract(Number::of(is->front()), extra).as_dim()},
      Fact{product(n.sizes, *n.before[1]).as_dim(), product(n.sizes, *n.in(1)).as_dim()},
      Fact{n.before[0]->back(), table->back()}};
  n.results[0] = Dims{facts[0].is, facts[2].is};
  for (std::size_t k = 1; k < n.results.size(); ++k)
    for (std::size_t d = 0; n.results[k] && d < n.results[k]->size(); ++d)
      (*n.results[k])[d] = agreed((*n.results[k])[d], facts);
}

/// Tensors with dimensions of 1 put in until each has this many.
template <std::size_t Least>
void follow_at_least(Changed& n) {
  for (std::size_t k = 0; k < std::min(n.results.size(), n.after.size()); ++k) {
    if (!n.after[k]) continue;
    Dims made = *n.after[k];
    if (Least > 1 && made.size() == 1) made.insert(made.begin(), Dim(1));
    while (made.size() < Least) made.emplace_back(1);
    n.results[k] = std::move(made);
  }
}

constexpr std::array kRules{
    NamedRule{Op::rearrange, "_chunk_cat", &follow_unknown},
    NamedRule{Op::rearrange, "as_strided_copy", &follow_strided},
    NamedRule{Op::expand, "as_strided", &follow_strided},
    NamedRule{Op::expand, "resize", &follow_stated},
    NamedRule{Op::expand, "resize_", &follow_stated},
    NamedRule{Op::expand, "cartesian_prod", &follow_combinations},
    NamedRule{Op::gather, "quantile", &follow_quantile},
    NamedRule{Op::gather, "nanquantile", &follow_quantile},
    NamedRule{Op::embedding, "embedding_bag", &follow_bag_rows},
    NamedRule{Op::embedding, "_embedding_bag", &follow_bag_rows},
    NamedRule{Op::embedding, "_embedding_bag_forward_only", &follow_bag_rows},
    NamedRule{Op::expand, "linalg_vander", &follow_unknown},
    NamedRule{Op::reshape, "atleast_1d", &follow_at_least<1>},
    NamedRule{Op::reshape, "atleast_2d", &follow_at_least<2>},
    NamedRule{Op::reshape, "atleast_3d", &follow_at_least<3>},
    NamedRule{Op::copy, "copy_", &follow_overwritten},
    NamedRule{Op::constant, "new_zeros", &follow_stated},
    NamedRule{Op::constant, "new_ones", &follow_stated},
    NamedRule{Op::constant, "new_full", &follow_stated},
    NamedRule{Op::constant, "new_empty", &follow_stated},
    NamedRule{Op::constant, "new_empty_strided", &follow_stated},
    NamedRule{Op::nonzero, "nonzero_static", &follow_stated},
    NamedRule{Op::random, "multinomial", &follow_draws},
};

}  // namespace

std::string_view base_name(const Changed& n) {
  auto name = n.graph.foreign(n.node);
  const auto scope = name.rfind("::"), dot = name.find('.');
  if (scope != name.npos)
    name.remove_prefix(scope + 2);
  else if (dot != name.npos)
    name.remove_prefix(dot + 1);
  return name.substr(0, name.find('.'));
}

bool follow_named(Changed& n) {
  const auto name = base_name(n);
  if (n.graph.op(n.node) == Op::slice && name.starts_with("fft_")) return follow_points(n), true;
  const std::array<std::span<const NamedRule>, 3> tables{kRules, matrix_rules(), signal_rules()};
  for (const auto rules : tables) {
    const auto rule = std::ranges::find_if(
        rules, [&](const NamedRule& r) { return r.op == n.graph.op(n.node) && r.name == name; });
    if (rule != rules.end()) return rule->follow(n), true;
  }
  return false;
}

}  // namespace alidade::infer
