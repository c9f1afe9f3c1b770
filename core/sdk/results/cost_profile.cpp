// What a cost profile says of itself: its breakdowns, and the whole of it as an object.
#include "alidade/results/cost.hpp"

#include <algorithm>
#include <map>

namespace alidade {
namespace {

bool takes_part(const Graph& graph, const CostProfile& profile, NodeId n) {
  return profile.nodes[n].runs > 0 && !is_free(graph.op(n));
}

void add(CostShare& share, const NodeCost& cost) {
  ++share.ops;
  share.counted += cost.counted;
  share.flops += cost.work.flops.value * cost.runs;
  share.traffic += cost.work.traffic().value * cost.runs;
}

double part(std::uint64_t of, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(of) / static_cast<double>(whole);
}

void fill_shares(std::span<CostShare> shares, const CostSum& total) {
  for (auto& share : shares) {
    share.ops_share = part(share.ops, total.ops);
    share.counted_share = part(share.counted, total.counted);
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

/// "Conv1D", "Conv3D" where the strides say so, else the operator's label.
std::string_view label_of(const Graph& graph, NodeId n) {
  static constexpr std::array<std::string_view, 3> kConvolutions{"Conv1D", "Conv2D", "Conv3D"};
  if (graph.op(n) != Op::conv) return label(graph.op(n));
  const auto rank = graph.attrs<ConvAttrs>(n).strides.rank;
  return rank >= 1 && rank <= 3 ? kConvolutions[static_cast<std::size_t>(rank - 1)] : label(Op::conv);
}

std::size_t band_of(const Work& work) {
  const double intensity = work.intensity().value_or(0);
  return intensity > 100 ? 0 : intensity >= 50 ? 1 : intensity >= 10 ? 2 : 3;
}

void tell_sum(const CostSum& sum, Teller& t) {
  t.count("ops", sum.ops);
  t.count("opaque_ops", sum.opaque);
  t.count("unknown_ops", sum.unknown);
  t.count("counted", sum.counted);
  t.count("counted_upper", sum.counted_upper);
  t.count("macs", sum.macs.value);
  t.count("flops", sum.flops.value);
  t.count("params", sum.params.value);
  t.count("param_bytes", sum.param_bytes.value);
  t.count("input_bytes", sum.input.value);
  t.count("output_bytes", sum.output.value);
  t.count("weight_read_bytes", sum.weight.value);
  t.count("traffic_bytes", sum.traffic().value);
}

void tell_totals(const CostProfile& p, Teller& t) {
  t.begin_object("totals");
  tell_sum(p.total, t);
  t.count("active_params", p.active.value);
  t.count("buffers", p.buffers.value);
  t.count("weight_bytes", p.weight_bytes.value);
  t.count("peak_activation_bytes", p.peak_activation.value);
  tell_conventions(p, t);
  t.end_object();
}

void tell_shares(std::string_view key, std::string_view label_key, std::span<const CostShare> shares,
                 Teller& t) {
  t.begin_array(key);
  for (const auto& share : shares) {
    t.begin_object();
    t.text(label_key, share.label);
    t.count("ops", share.ops);
    t.real("ops_share", share.ops_share);
    t.count("counted", share.counted);
    t.real("counted_share", share.counted_share);
    t.count("flops", share.flops);
    t.count("traffic_bytes", share.traffic);
    t.end_object();
  }
  t.end_array();
}

void tell_modules(const CostProfile& p, const Graph& graph, Teller& t) {
  t.begin_array("modules");
  for (std::size_t m = 0; m < graph.module_count(); ++m) {
    t.begin_object();
    t.text("path", graph.path(ModuleId(m)));
    t.text("type", graph.type(ModuleId(m)));
    tell_sum(p.modules[ModuleId(m)], t);
    t.end_object();
  }
  t.end_array();
}

}  // namespace

void tell_conventions(const CostProfile& profile, Teller& t) {
  t.begin_object("by_convention");
  for (const Convention c : kConventions) {
    const auto& whole = profile.by_convention[static_cast<std::size_t>(c)];
    t.begin_object(name(c));
    t.count("counted", whole.low);
    t.count("counted_upper", whole.high);
    t.end_object();
  }
  t.end_object();
}

bool CostProfile::compute_bound(const Work& work) const {
  return work.intensity().value_or(0) > compute_bound_above;
}

std::vector<CostShare> CostProfile::distribution(const Graph& graph) const {
  std::map<std::string_view, CostShare> rows;
  for (const NodeId n : graph.nodes())
    if (takes_part(graph, *this, n)) {
      auto& row = rows[label_of(graph, n)];
      row.label = label_of(graph, n);
      add(row, nodes[n]);
    }
  std::vector<CostShare> shares;
  for (const auto& [label, row] : rows) shares.push_back(row);
  fill_shares(shares, total);
  sort_greatest_first(shares, &CostShare::counted, &CostShare::ops);
  return shares;
}

std::array<CostShare, 4> CostProfile::bands(const Graph& graph) const {
  std::array<CostShare, 4> shares{};
  shares[0].label = ">100", shares[1].label = "50-100", shares[2].label = "10-50", shares[3].label = "<10";
  for (const NodeId n : graph.nodes())
    if (takes_part(graph, *this, n)) add(shares[band_of(nodes[n].work)], nodes[n]);
  fill_shares(shares, total);
  return shares;
}

std::array<CostShare, 2> CostProfile::bounds(const Graph& graph) const {
  std::array<CostShare, 2> shares{};
  shares[0].label = "compute-bound", shares[1].label = "memory-bound";
  for (const NodeId n : graph.nodes())
    if (takes_part(graph, *this, n)) add(shares[compute_bound(nodes[n].work) ? 0 : 1], nodes[n]);
  fill_shares(shares, total);
  return shares;
}

Character CostProfile::character(const Graph& graph) const {
  constexpr double kConvolutions = 0.7, kProducts = 0.5;
  std::uint64_t convolutions = 0, products = 0;
  for (const NodeId n : graph.nodes()) {
    if (class_of(graph.op(n)) != OpClass::contraction) continue;
    const bool convolves = graph.op(n) == Op::conv || graph.op(n) == Op::conv_transpose;
    (convolves ? convolutions : products) += nodes[n].work.flops.value * nodes[n].runs;
  }
  if (part(convolutions, total.flops.value) > kConvolutions)
    return {"convolution-heavy",
            "hardware with many FLOPS pays (GPUs, systolic arrays), 8-bit quantisation works well, and "
            "fusion finds "
            "much to fuse"};
  if (part(products, total.flops.value) > kProducts)
    return {"transformer-heavy",
            "memory bandwidth pays (HBM, large caches), attention moves much for what it computes, and "
            "batching raises "
            "the intensity of every product"};
  return {"mixed", ""};
}

std::vector<CostShare> CostProfile::opaque(const Graph& graph) const {
  std::map<std::string_view, CostShare> rows;
  for (const NodeId n : graph.nodes())
    if (graph.op(n) == Op::opaque && !graph.stated(n) && nodes[n].runs > 0) {
      const auto foreign = graph.foreign(n);
      auto& row = rows[foreign];
      row.label = foreign;
      add(row, nodes[n]);
      row.counted += nodes[n].counted_upper - nodes[n].counted;
    }
  std::vector<CostShare> shares;
  for (const auto& [label, row] : rows) shares.push_back(row);
  for (auto& share : shares) {
    share.ops_share = part(share.ops, total.ops);
    share.counted_share = part(share.counted, total.counted_upper);
  }
  sort_greatest_first(shares, &CostShare::ops, &CostShare::counted);
  return shares;
}

void CostProfile::tell(const Graph& graph, Teller& t) const {
  t.text("convention", name(convention));
  t.real("compute_bound_above", compute_bound_above);
  tell_totals(*this, t);
  tell_shares("distribution", "type", distribution(graph), t);
  tell_shares("bands", "flops_per_byte", bands(graph), t);
  tell_shares("bounds", "bound", bounds(graph), t);
  tell_shares("opaque", "operator", opaque(graph), t);
  tell_modules(*this, graph, t);
}

}  // namespace alidade
