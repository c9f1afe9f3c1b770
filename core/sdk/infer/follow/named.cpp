// Shapes of operators whose arguments the graph does not hold: told by the name that they have in the file,
// and by every way in which they may have made the old shape.
#include <algorithm>
#include <array>

#include "follow.hpp"

namespace alidade::infer {
namespace {

using Dims = std::vector<Dim>;
/// What one way of arguments made of the operands, and makes now.
struct Way {
  Dims was, is;
};

/// Of the ways that made the old shape, what all of them make now; a size that they differ in is unknown.
Shape agreed(const Shape& old, const std::vector<Way>& ways) {
  std::optional<Dims> made;
  for (const auto& way : ways) {
    if (way.was != *old) continue;
    if (!made) made = way.is;
    for (std::size_t d = 0; d < made->size(); ++d)
      if ((*made)[d] != way.is[d]) (*made)[d] = Dim();
  }
  return made ? Shape(*made) : Shape(Dims(old->size()));
}

/// The operand before and now, where both are known and alike in rank.
bool has_operand(const Changed& n) {
  return n.results[0] && n.before[0] && n.in() && n.before[0]->size() == n.in()->size();
}

/// A quarter turn or a half: two dimensions change places, or none.
void follow_turn(Changed& n) {
  if (!has_operand(n)) return;
  std::vector<Way> ways{{*n.before[0], *n.in()}};
  for (std::size_t i = 0; i < n.in()->size(); ++i)
    for (std::size_t k = i + 1; k < n.in()->size(); ++k) {
      Way way = ways[0];
      std::swap(way.was[i], way.was[k]), std::swap(way.is[i], way.is[k]);
      ways.push_back(std::move(way));
    }
  n.results[0] = agreed(n.results[0], ways);
}

/// The elements of a diagonal that begins `offset` columns to the right, or rows down.
Dim diagonal_length(Changed& n, Dim rows, Dim columns, std::int64_t offset) {
  const Number right = Number::of(std::max<std::int64_t>(offset, 0)),
               down = Number::of(std::max<std::int64_t>(-offset, 0));
  const Number shorter =
      n.sizes.minimum(n.sizes.subtract(Number::of(rows), down), n.sizes.subtract(Number::of(columns), right));
  return n.sizes.maximum(shorter, Number::of(0)).as_dim();
}

/// A last dimension that becomes the diagonal of a matrix, larger by the offset.
void follow_embedded(Changed& n) {
  if (!has_operand(n) || n.in()->empty() || n.results[0]->size() != n.in()->size() + 1) {
    n.results[0] = follow_places(n, n.results[0]);
    return;
  }
  std::vector<Way> ways;
  const auto way = [&](const Dims& x, std::size_t i, std::size_t k, Number more) {
    Dims made(x.begin(), x.end() - 1);
    const Dim side = n.sizes.add(Number::of(x.back()), more).as_dim();
    made.insert(made.begin() + static_cast<std::ptrdiff_t>(i), side);
    made.insert(made.begin() + static_cast<std::ptrdiff_t>(k), side);
    return made;
  };
  for (std::size_t i = 0; i < n.results[0]->size(); ++i)
    for (std::size_t k = i + 1; k < n.results[0]->size(); ++k) {
      const Number more = n.sizes.subtract(Number::of((*n.results[0])[k]), Number::of(n.before[0]->back()));
      ways.push_back({way(*n.before[0], i, k, more), way(*n.in(), i, k, more)});
    }
  n.results[0] = agreed(n.results[0], ways);
}

void follow_diagonal(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() + 1 != n.in()->size()) return follow_embedded(n);
  std::vector<Way> ways;
  const Dim length = n.results[0]->back();
  const auto way = [&](const Dims& x, std::size_t i, std::size_t k, std::int64_t offset) {
    Dims made;
    for (std::size_t d = 0; d < x.size(); ++d)
      if (d != i && d != k) made.push_back(x[d]);
    made.push_back(diagonal_length(n, x[i], x[k], offset));
    return made;
  };
  for (std::size_t i = 0; i < n.in()->size(); ++i)
    for (std::size_t k = i + 1; k < n.in()->size(); ++k) {
      const Dim rows = (*n.before[0])[i], columns = (*n.before[0])[k];
      std::vector<std::int64_t> offsets{0};
      if (length.is_known() && rows.is_known() && columns.is_known())
        offsets.insert(offsets.end(), {columns.size() - length.size(), length.size() - rows.size()});
      for (const auto offset : offsets)
        ways.push_back({way(*n.before[0], i, k, offset), way(*n.in(), i, k, offset)});
    }
  n.results[0] = agreed(n.results[0], ways);
}

/// All elements as one diagonal, larger by the offset.
void follow_flat_diagonal(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() != 2) return;
  const Number more = n.sizes.subtract(Number::of(n.results[0]->front()), product(n.sizes, *n.before[0]));
  const Dim side = n.sizes.add(product(n.sizes, *n.in()), more).as_dim();
  n.results[0] = Dims{side, side};
}

/// Matrices along one diagonal; a row is a matrix of one.
void follow_blocks(Changed& n) {
  Number rows = Number::of(0), columns = Number::of(0);
  for (const Shape& block : n.after) {
    if (!block || block->size() > 2) return void(n.results[0] = Dims(2));
    rows = n.sizes.add(rows, block->size() == 2 ? Number::of(block->front()) : Number::of(1));
    columns = n.sizes.add(columns, block->empty() ? Number::of(1) : Number::of(block->back()));
  }
  n.results[0] = Dims{rows.as_dim(), columns.as_dim()};
}

/// Every pair of rows.
void follow_pairs(Changed& n) {
  if (!n.in() || n.in()->size() != 2) return;
  const Number rows = Number::of(n.in()->front()),
               ordered = n.sizes.multiply(rows, n.sizes.subtract(rows, Number::of(1)));
  n.results[0] = Dims{n.sizes.floor_divide(ordered, Number::of(2)).as_dim(), n.in()->back()};
}

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

/// Columns [N, C * block, places] of an image [N, C, ...]: how many places another image has is not known.
void follow_columns(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() < 2) return;
  Shape made = follow_places(n, n.results[0]);
  const std::size_t batch = n.results[0]->size() - 2;
  for (std::size_t d = batch + 1; d < n.in()->size(); ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) made->back() = Dim();
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

/// The spectrum's rows follow, and the frames of another length are not known: how far apart they lie is not
/// in the graph.
void follow_frames(Changed& n) {
  if (!has_operand(n) || n.in()->empty() || n.results[0]->size() != n.in()->size() + 1) return;
  Dims made = *n.results[0];
  std::copy(n.in()->begin(), n.in()->end() - 1, made.begin());
  if (n.in()->back() != n.before[0]->back()) *(made.end() - 2) = Dim();
  n.results[0] = std::move(made);
}

/// A signal [N, length, width] cut into windows [N, frames, points, width]: as above.
void follow_cut(Changed& n) {
  if (!has_operand(n) || n.in()->size() != 3 || n.results[0]->size() != 4) return;
  Dims made = *n.results[0];
  made[0] = n.in()->front(), made[3] = n.in()->back();
  if ((*n.in())[1] != (*n.before[0])[1]) made[1] = Dim();
  n.results[0] = std::move(made);
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

/// Factors from their packed form: the permutation, and both triangles.
void follow_unpacked(Changed& n) {
  if (!n.in() || n.in()->size() < 2 || n.results.size() != 3) return;
  const Dims batch(n.in()->begin(), n.in()->end() - 2);
  const Dim rows = *(n.in()->end() - 2), columns = n.in()->back();
  const Dim shorter = n.sizes.minimum(Number::of(rows), Number::of(columns)).as_dim();
  const std::array<std::array<Dim, 2>, 3> sides{{{rows, rows}, {rows, shorter}, {shorter, columns}}};
  for (std::size_t k = 0; k < 3; ++k) {
    if (!n.results[k] || n.results[k]->size() != n.in()->size()) continue;
    Dims made = batch;
    made.insert(made.end(), sides[k].begin(), sides[k].end());
    n.results[k] = std::move(made);
  }
}

/// Frames and bins change places.
void follow_spectrum(Changed& n) {
  if (!n.results[0] || !n.in() || n.in()->size() < 2) return;
  Dims made = *n.in();
  std::swap(made[made.size() - 1], made[made.size() - 2]);
  if (n.results[0]->size() == made.size() + 1) made.push_back(n.results[0]->back());
  n.results[0] = std::move(made);
}

/// Windows at random places [N, C, places..., window...]: how many there are of another size is not known.
void follow_random_windows(Changed& n) {
  const auto digit = base_name(n).find_first_of("23");
  if (digit == std::string_view::npos || !n.results[0] || !n.before[0] || !n.in()) return;
  const auto windows = static_cast<std::size_t>(base_name(n)[digit] - '0');
  const std::size_t outer = n.in()->size() - std::min(windows, n.in()->size());
  for (std::size_t d = 0; d < std::min(n.in()->size(), n.results[0]->size()); ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) (*n.results[0])[d] = d < outer ? (*n.in())[d] : Dim();
}

/// The transform states how many points it takes.
void follow_points(Changed& n) {
  const auto& a = n.attrs<SliceAttrs>();
  const auto axes = n.graph.ints(a.axes), points = n.graph.ints(a.ends);
  if (!n.in() || axes.size() != points.size()) return;
  Shape made = n.in();
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (auto exchanged = with_size(made, axes[i], Dim(points[i]))) made = std::move(*exchanged);
  n.results[0] = std::move(made);
}

struct NamedRule {
  Op op;
  std::string_view name;
  void (*follow)(Changed&);
};
constexpr std::array kNamed{
    NamedRule{Op::rearrange, "rot90", &follow_turn},
    NamedRule{Op::rearrange, "diag_embed", &follow_embedded},
    NamedRule{Op::rearrange, "diagflat", &follow_flat_diagonal},
    NamedRule{Op::rearrange, "diagonal_copy", &follow_diagonal},
    NamedRule{Op::rearrange, "block_diag", &follow_blocks},
    NamedRule{Op::rearrange, "im2col", &follow_columns},
    NamedRule{Op::rearrange, "_chunk_cat", &follow_unknown},
    NamedRule{Op::rearrange, "as_strided_copy", &follow_strided},
    NamedRule{Op::expand, "as_strided", &follow_strided},
    NamedRule{Op::expand, "resize", &follow_stated},
    NamedRule{Op::expand, "resize_", &follow_stated},
    NamedRule{Op::slice, "diagonal", &follow_diagonal},
    NamedRule{Op::slice, "linalg_diagonal", &follow_diagonal},
    NamedRule{Op::slice, "diag", &follow_diagonal},
    NamedRule{Op::expand, "pdist", &follow_pairs},
    NamedRule{Op::expand, "_pdist_forward", &follow_pairs},
    NamedRule{Op::expand, "cartesian_prod", &follow_combinations},
    NamedRule{Op::expand, "stft", &follow_frames},
    NamedRule{Op::expand, "STFT", &follow_cut},
    NamedRule{Op::gather, "quantile", &follow_quantile},
    NamedRule{Op::gather, "nanquantile", &follow_quantile},
    NamedRule{Op::embedding, "embedding_bag", &follow_bag_rows},
    NamedRule{Op::embedding, "_embedding_bag", &follow_bag_rows},
    NamedRule{Op::embedding, "_embedding_bag_forward_only", &follow_bag_rows},
    NamedRule{Op::expand, "linalg_vander", &follow_unknown},
    NamedRule{Op::expand, "fractional_max_pool2d", &follow_random_windows},
    NamedRule{Op::expand, "fractional_max_pool3d", &follow_random_windows},
    NamedRule{Op::reshape, "stft", &follow_spectrum},
    NamedRule{Op::reshape, "atleast_1d", &follow_at_least<1>},
    NamedRule{Op::reshape, "atleast_2d", &follow_at_least<2>},
    NamedRule{Op::reshape, "atleast_3d", &follow_at_least<3>},
    NamedRule{Op::copy, "lu_unpack", &follow_unpacked},
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
  const auto rule = std::ranges::find_if(
      kNamed, [&](const NamedRule& r) { return r.op == n.graph.op(n.node) && r.name == name; });
  if (rule == kNamed.end() && n.graph.op(n.node) == Op::slice && name.starts_with("fft_"))
    return follow_points(n), true;
  if (rule == kNamed.end()) return false;
  rule->follow(n);
  return true;
}

}  // namespace alidade::infer
