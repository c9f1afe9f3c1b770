// What a cost profile says of itself: its breakdowns, and the whole of it as an object.
#include "alidade/results/cost.hpp"

#include <algorithm>
#include <optional>

#include "alidade/sdk/region_sums.hpp"
#include "cost_figures.hpp"

namespace alidade {
namespace {

template <class Key>
using Rows = KeyedSums<Key, CostShare>;

CostShare labelled(std::string_view label, CostShare share) { return share.label = label, share; }

/// The operators of a model in rows, by the key that `key_of` gives each; nothing: in none of them.
template <class Key, class KeyOf>
Rows<Key> rows_by(const Graph& graph, const CostProfile& profile, KeyOf&& key_of) {
  auto sums = region_sums<Rows<Key>>(graph, [&](NodeId n, Rows<Key>& rows) {
    const CostShare one = share_of_one_run(graph, n, profile.nodes[n]);
    if (one.ops_upper == 0) return;
    if (const std::optional<Key> key = key_of(n)) rows[*key].add(one);
  });
  return std::move(sums.front());
}

/// The part of `of` in itself and the rest; of no bound all.
double part(Upper of, Upper rest) {
  if (!of.bounded()) return 1;
  const auto own = static_cast<double>(*of.get());
  return own == 0 || !rest.bounded() ? 0 : own / (own + static_cast<double>(*rest.get()));
}

/// A share is least where the others do the most, and the other way round.
void set_shares(std::span<CostShare> shares) {
  for (auto& share : shares) {
    std::uint64_t least_counted = 0, least_ops = 0;
    Upper most_counted, most_ops;
    for (const auto& other : shares) {
      if (&other == &share) continue;
      least_counted += other.counted, most_counted += other.counted_upper;
      least_ops += other.ops, most_ops += other.ops_upper;
    }
    share.ops_share = part(Upper(share.ops), most_ops);
    share.ops_share_upper = part(share.ops_upper, Upper(least_ops));
    share.counted_share = part(Upper(share.counted), most_counted);
    share.counted_share_upper = part(share.counted_upper, Upper(least_counted));
  }
}

/// Each operator of the last row, of which too little is known, may belong to any other.
void add_undecided(std::vector<CostShare>& shares) {
  const CostShare undecided = shares.back();
  shares.pop_back();
  for (auto& share : shares) {
    share.ops_upper += undecided.ops_upper, share.counted_upper += undecided.counted_upper;
    share.flops_upper += undecided.flops_upper, share.traffic_upper += undecided.traffic_upper;
  }
  auto open = shares;
  set_shares(open);
  shares.push_back(undecided);
  for (std::size_t i = 0; i < open.size(); ++i) {
    shares[i].ops_share_upper = open[i].ops_share_upper;
    shares[i].counted_share_upper = open[i].counted_share_upper;
  }
}

void sort_greatest_first(std::vector<CostShare>& shares, std::uint64_t CostShare::* first,
                         std::uint64_t CostShare::* second) {
  std::ranges::sort(shares, [=](const CostShare& a, const CostShare& b) {
    if (a.*first != b.*first) return a.*first > b.*first;
    if (a.*second != b.*second) return a.*second > b.*second;
    return a.label < b.label;
  });
}

/// Rows in the order of these labels; the last one, "unknown", only where there is something in it.
std::vector<CostShare> in_order(Rows<std::size_t> rows, std::span<const std::string_view> labels) {
  const bool undecided = rows[labels.size() - 1].ops_upper != 0;
  std::vector<CostShare> shares;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (i + 1 < labels.size() || undecided) shares.push_back(labelled(labels[i], rows[i]));
  set_shares(shares);
  if (undecided) add_undecided(shares);
  return shares;
}

/// "Conv1D", "Conv3D" where the strides say so, else the operator's label.
std::string_view label_of(const Graph& graph, NodeId n) {
  static constexpr std::array<std::string_view, 3> kConvolutions{"Conv1D", "Conv2D", "Conv3D"};
  if (graph.op(n) != Op::conv) return label(graph.op(n));
  const auto rank = graph.attrs<ConvAttrs>(n).strides.rank;
  return rank >= 1 && rank <= 3 ? kConvolutions[static_cast<std::size_t>(rank - 1)] : label(Op::conv);
}

std::size_t band_of(const Work& work) {
  if (!work.known()) return 4;
  const double intensity = work.intensity().value_or(0);
  return intensity > 100 ? 0 : intensity >= 50 ? 1 : intensity >= 10 ? 2 : 3;
}

void write_totals(const CostProfile& p, ObjectWriter& t) {
  t.begin_object("totals");
  for (const auto& figure : figures_of(p)) write_figure(figure, t);
  write_conventions(p, t);
  t.end_object();
}

void write_shares(std::string_view key, std::string_view label_key, std::span<const CostShare> shares,
                  ObjectWriter& t) {
  t.begin_array(key);
  for (const auto& share : shares) {
    t.begin_object();
    t.text(label_key, share.label);
    t.count("ops", share.ops);
    write_upper(t, "ops_upper", share.ops_upper);
    t.real("ops_share", share.ops_share);
    t.real("ops_share_upper", share.ops_share_upper);
    t.count("counted", share.counted);
    write_upper(t, "counted_upper", share.counted_upper);
    t.real("counted_share", share.counted_share);
    t.real("counted_share_upper", share.counted_share_upper);
    t.count("flops", share.flops);
    write_upper(t, "flops_upper", share.flops_upper);
    t.count("traffic_bytes", share.traffic);
    write_upper(t, "traffic_bytes_upper", share.traffic_upper);
    t.end_object();
  }
  t.end_array();
}

void write_modules(const CostProfile& p, const Graph& graph, ObjectWriter& t) {
  t.begin_array("modules");
  for (std::size_t m = 0; m < graph.module_count(); ++m) {
    t.begin_object();
    t.text("path", graph.path(ModuleId(m)));
    t.text("type", graph.type(ModuleId(m)));
    for (const auto& figure : figures_of(p.modules[ModuleId(m)])) write_figure(figure, t);
    t.end_object();
  }
  t.end_array();
}

}  // namespace

void write_conventions(const CostProfile& profile, ObjectWriter& t) {
  t.begin_object("by_convention");
  for (const Convention c : kConventions) {
    const auto& whole = profile.by_convention[static_cast<std::size_t>(c)];
    t.begin_object(name(c));
    t.count("counted", whole.low);
    write_upper(t, "counted_upper", whole.high);
    t.end_object();
  }
  t.end_object();
}

void write_folded(const CostProfile& profile, ObjectWriter& t) {
  constexpr std::array<std::string_view, 4> kFigures{"ops", "macs", "flops", "traffic_bytes"};
  const auto& folded = profile.folded;
  const auto figures = figures_of(folded.work);
  t.begin_object("folded");
  for (const auto name : kFigures) write_figure(*std::ranges::find(figures, name, &CostFigure::name), t);
  t.count("views", folded.views);
  t.count("kept_bytes", folded.kept.value);
  write_upper(t, "kept_bytes_upper", folded.kept_upper);
  t.end_object();
}

bool CostProfile::compute_bound(const Work& work) const {
  return work.intensity().value_or(0) > compute_bound_above;
}

std::vector<CostShare> CostProfile::distribution(const Graph& graph) const {
  std::vector<CostShare> shares;
  const auto rows = rows_by<std::string_view>(graph, *this, [&](NodeId n) { return label_of(graph, n); });
  for (const auto& [label, sum] : rows.rows) shares.push_back(labelled(label, sum));
  set_shares(shares);
  sort_greatest_first(shares, &CostShare::counted, &CostShare::ops);
  return shares;
}

std::vector<CostShare> CostProfile::bands(const Graph& graph) const {
  static constexpr std::array<std::string_view, 5> kLabels{">100", "50-100", "10-50", "<10", "unknown"};
  return in_order(rows_by<std::size_t>(graph, *this, [&](NodeId n) { return band_of(nodes[n].work); }),
                  kLabels);
}

std::vector<CostShare> CostProfile::bounds(const Graph& graph) const {
  static constexpr std::array<std::string_view, 3> kLabels{"compute-bound", "memory-bound", "unknown"};
  const auto bound = [&](NodeId n) -> std::size_t {
    return !nodes[n].work.known() ? 2 : compute_bound(nodes[n].work) ? 0 : 1;
  };
  return in_order(rows_by<std::size_t>(graph, *this, bound), kLabels);
}

std::vector<CostShare> CostProfile::opaque(const Graph& graph) const {
  using Name = std::pair<bool, std::string_view>;  // of the operators that are known: false and nothing
  const auto name_of = [&](NodeId n) {
    const bool unknown = graph.op(n) == Op::opaque && !graph.stated(n);
    return unknown ? Name{true, graph.foreign(n)} : Name{};
  };
  auto rows = rows_by<Name>(graph, *this, name_of);
  rows[Name{}];
  std::vector<CostShare> shares;
  for (const auto& [name, sum] : rows.rows) shares.push_back(labelled(name.second, sum));
  set_shares(shares);
  shares.erase(shares.begin());  // the known ones, which come first
  sort_greatest_first(shares, &CostShare::ops, &CostShare::flops);
  return shares;
}

void CostProfile::write(const Graph& graph, ObjectWriter& t) const {
  t.text("convention", name(convention));
  t.real("compute_bound_above", compute_bound_above);
  write_totals(*this, t);
  write_folded(*this, t);
  write_shares("distribution", "type", distribution(graph), t);
  write_shares("bands", "flops_per_byte", bands(graph), t);
  write_shares("bounds", "bound", bounds(graph), t);
  write_shares("opaque", "operator", opaque(graph), t);
  write_modules(*this, graph, t);
}

}  // namespace alidade
