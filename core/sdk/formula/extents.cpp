#include "extents.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/size.hpp"

namespace alidade::formula {
namespace {

void add_once(std::vector<Monomial>& to, const std::vector<Monomial>& from) {
  for (const auto& m : from)
    if (std::ranges::find(to, m) == to.end()) to.push_back(m);
}

Extent extent_of(const TensorType& type, const std::vector<Monomial>& of_symbol) {
  Extent out;
  Monomial all;
  for (const Dim d : type.dims) {
    if (!d.is_symbolic()) continue;
    const auto& bound = of_symbol[d.symbol().index];
    add_once(out.dims, {bound});
    all = product(all, bound);
  }
  out.tensors.push_back(std::move(all));
  return out;
}

}  // namespace

void Extent::add(const Extent& other) {
  add_once(tensors, other.tensors);
  add_once(dims, other.dims);
}

Extents::Extents(const Graph& graph, Generators& generators) : g_(graph), generators_(generators) {
  const auto& arrays = graph.arrays();
  std::vector<Monomial> of_symbol(graph.symbol_count());
  std::vector<char> seen(graph.symbol_count(), 0);  // a bound graph still has the texts of its symbols
  for (const Dim d : arrays.dims)
    if (d.is_symbolic() && std::exchange(seen[d.symbol().index], 1) == 0)
      of_symbol[d.symbol().index] = generators.bound_of(graph.expression(d.symbol()));
  for (const auto& row : arrays.types)
    of_type_.push_back(extent_of(
        {Dtype::unknown, true, std::span(arrays.dims).subspan(row.dims_first, row.dims_count)}, of_symbol));
}

Extent Extents::of(ValueId v) const { return of_type_[g_.type_id(v).index]; }

Extent Extents::of(NodeId n) const {
  Extent out;
  for (const ValueId v : g_.inputs(n))
    if (v.valid()) out.add(of(v));
  for (const ValueId v : g_.outputs(n)) out.add(of(v));
  for (const RegionId r : g_.regions(n))
    for (const NodeId inner : g_.body(r)) out.add(of(inner));
  add_table(n, out);
  return out;
}

/// "Min(30522, batch*seq)": of a table no more rows are read than it has.
void Extents::add_table(NodeId n, Extent& out) const {
  const bool looks_up = g_.op(n) == Op::gather || g_.op(n) == Op::embedding;
  if (!looks_up || g_.inputs(n).empty() || !g_.inputs(n)[0].valid()) return;
  const auto elements = g_.type(g_.inputs(n)[0]).elements().value_or(0).get().value_or(0);
  const auto table = static_cast<std::int64_t>(elements);
  Size rows = 1;
  std::int64_t width = 1;
  for (const Dim d : g_.type(g_.outputs(n)[0]).dims)
    if (d.is_symbolic())
      rows = rows * Size::parse(g_.expression(d.symbol()));
    else
      width *= std::max<std::int64_t>(d.size(), 1);
  if (table == 0 || table % width != 0 || !rows.is_known() || rows.number()) return;
  out.add({{generators_.bound_of(minimum(Size(table / width), rows).text())}, {}});
}

std::vector<Monomial> greatest(const Extent& extent, Reach reach) {
  std::vector<Monomial> all = extent.tensors;
  const auto& factors = reach == Reach::two_tensors ? extent.tensors : extent.dims;
  if (reach != Reach::tensors)
    for (const auto& tensor : extent.tensors)
      for (const auto& factor : factors) add_once(all, {product(tensor, factor)});
  std::vector<Monomial> out;
  for (const auto& m : all)
    if (std::ranges::none_of(all, [&](const Monomial& o) { return o != m && divides(m, o); }))
      out.push_back(m);
  std::ranges::sort(out);
  return out;
}

std::vector<Monomial> divisors(const std::vector<Monomial>& greatest, std::size_t most) {
  std::set<Monomial> found{Monomial{}};
  for (const auto& top : greatest) {
    std::vector<Monomial> own{Monomial{}};
    for (const auto& [generator, power] : top) {
      const std::size_t before = own.size();
      for (int p = 1; p <= power; ++p)
        for (std::size_t i = 0; i < before; ++i) own.push_back(product(own[i], {{generator, p}}));
      if (own.size() > most) return {};
    }
    found.insert(own.begin(), own.end());
    if (found.size() > most) return {};
  }
  std::vector<Monomial> out(found.begin(), found.end());
  std::ranges::stable_sort(out, {}, degree);
  return out;
}

}  // namespace alidade::formula
