// Gradients of norms and softmax: what each element loses of the sums of its row.
#include <algorithm>

#include "backward.hpp"

namespace alidade::aten {
namespace {

/// One number of a row beside each of its elements.
struct Rows {
  std::vector<std::int64_t> axes;  ///< that a row lies along
  ValueId sum(Elements& e, ValueId of) const {
    return reduced(e.o, e.steps(), Op::reduce_sum, of, axes, true);
  }
};

/// (g - a - x b) f: what remains of a gradient, a and b the means of the row of g and of g x.
ValueId without_means(Elements& e, ValueId g, ValueId x, ValueId a, ValueId b, ValueId factor) {
  const ValueId level = a.valid() ? e(Op::sub, {g, a}) : g;
  return e(Op::mul, {e(Op::sub, {level, e(Op::mul, {x, b})}), factor});
}

/// The normalised input: (x - mean) / spread.
ValueId normalised(Elements& e, ValueId x, ValueId mean, ValueId spread) {
  return e(Op::mul, {mean.valid() ? e(Op::sub, {x, mean}) : x, spread});
}

/// The sum over all that has the parameter in common.
ValueId to_parameter(Elements& e, ValueId each, const std::vector<std::int64_t>& axes) {
  return reduced(e.o, e.steps(), Op::reduce_sum, each, axes);
}

/// Layer norm and, without a mean, rms norm; the last dimensions are a row.
void of_layer_norm(Operation& o, Op) {
  const ValueId g = incoming(o), x = o.tensor("input"), weight = o.tensor("weight");
  const auto rank = static_cast<std::int64_t>(o.rank(x));
  const auto first = std::max<std::int64_t>(0, rank - static_cast<std::int64_t>(o.count("normalized_shape")));
  Rows rows;
  std::vector<std::int64_t> others;
  for (std::int64_t d = 0; d < rank; ++d) (d < first ? others : rows.axes).push_back(d);
  Elements e(o, o.draft().type_id(x));
  MaskedResults results(o);
  const ValueId mean = o.tensor("mean"), spread = o.tensor("rstd");
  const ValueId normal = normalised(e, x, mean, spread);
  const ValueId scaled = weight.valid() ? e(Op::mul, {g, weight}) : g;
  const ValueId level = mean.valid() ? rows.sum(e, scaled) : ValueId();
  const ValueId slope = rows.sum(e, e(Op::mul, {scaled, normal}));
  results.give(0, without_means(e, scaled, normal, level, slope, spread));
  if (results.wants(1)) results.give(1, to_parameter(e, e(Op::mul, {g, normal}), others));
  if (results.wants(2)) results.give(2, to_parameter(e, g, others));
}

/// Each row has the channels of one group and all places.
Dims by_group(Operation& o, ValueId x, std::int64_t groups) {
  const auto dims = dims_of(o, x);
  Dim row(1);
  for (std::size_t d = 1; d < dims.size(); ++d)
    row = row.is_known() && dims[d].is_known() ? Dim(row.size() * dims[d].size()) : Dim();
  return {dims.empty() ? Dim() : dims[0], Dim(groups),
          row.is_known() && groups > 0 ? Dim(row.size() / groups) : Dim()};
}

void of_group_norm(Operation& o, Op) {
  const ValueId g = incoming(o), x = o.tensor("input"), weight = o.tensor("weight");
  const Dims dims = dims_of(o, x), grouped = by_group(o, x, o.integer("group", 1));
  const TypeId whole = o.draft().type_id(x);
  Elements e(o, type_of(o, x, grouped));
  auto& s = e.steps();
  const auto beside = [&](ValueId row) { return reshaped(o, s, row, {grouped[0], grouped[1], Dim(1)}); };
  const Rows rows{{2}};
  MaskedResults results(o);
  const ValueId spread = beside(o.tensor("rstd"));
  const ValueId normal = normalised(e, reshaped(o, s, x, grouped), beside(o.tensor("mean")), spread);
  const ValueId scaled = weight.valid() ? s(Op::mul, {g, along_axis(o, s, weight, g, 1)}, whole) : g;
  const ValueId own = reshaped(o, s, scaled, grouped);
  const ValueId slope = rows.sum(e, e(Op::mul, {own, normal})), level = rows.sum(e, own);
  results.give(0, reshaped(o, s, without_means(e, own, normal, level, slope, spread), dims));
  if (!results.wants(1) && !results.wants(2)) return;
  const auto channels = all_but(o, x, 1);
  const ValueId products = s(Op::mul, {g, reshaped(o, s, normal, dims)}, whole);
  if (results.wants(1)) results.give(1, to_parameter(e, products, channels));
  if (results.wants(2)) results.give(2, to_parameter(e, g, channels));
}

/// A channel is a row, and its sums are the gradients of shift and scale; with constant statistics the input
/// needs neither.
void of_batch_norm(Operation& o, Op) {
  const ValueId g = incoming(o), x = o.tensor("input"), weight = o.tensor("weight");
  const bool trains = o.flag("train", true);
  const auto* saved = o.has("save_invstd") ? "save_invstd" : "save_var";
  const ValueId mean = o.tensor(trains ? "save_mean" : "running_mean"),
                spread = o.tensor(trains ? saved : "running_var");
  Elements e(o, o.draft().type_id(x));
  const auto row = [&](ValueId of) { return along_axis(o, e.steps(), of, x, 1); };
  const auto channels = all_but(o, x, 1);
  MaskedResults results(o);
  const ValueId factor = row(weight.valid() ? weight : spread);
  ValueId normal, level, slope;
  if (trains || results.wants(1)) {
    normal = normalised(e, x, row(mean), row(spread));
    slope = to_parameter(e, e(Op::mul, {g, normal}), channels);
  }
  if (trains || results.wants(2)) level = to_parameter(e, g, channels);
  results.give(
      0, trains ? without_means(e, g, normal, row(level), row(slope), factor) : e(Op::mul, {g, factor}));
  results.give(1, slope);
  results.give(2, level);
}

/// w = g v / |v|: g (gw - v sum(gw v) / |v|^2) / |v| to v, sum(gw v) / |v| to g
void of_weight_norm(Operation& o, Op op) {
  const ValueId g = o.tensor("grad_w"), v = o.tensor("saved_v"), norms = o.tensor("saved_norms");
  Elements whole(o, o.draft().type_id(v)), rows(o, o.draft().type_id(norms));
  const auto axes = all_but(o, v, o.axis(v, o.integer("dim", 0)));
  const ValueId sums = whole.steps()(op, {whole(Op::mul, {g, v})}, rows.type, axes_attrs(o, axes, true));
  const ValueId to_g = rows(Op::div, {sums, norms});
  const ValueId share = whole(Op::sub, {g, whole(Op::mul, {v, rows(Op::div, {to_g, norms})})});
  o.give(0, whole(Op::mul, {share, rows(Op::div, {o.tensor("saved_g"), norms})}));
  o.give(1, to_g);
}

/// y (g - sum(g y)), or g - exp(y) sum(g) of a logarithm
void of_softmax(Operation& o, Op op) {
  const ValueId g = incoming(o), y = o.tensor("output");
  Elements e(o, o.draft().type_id(g));
  const Rows rows{{o.axis(g, o.integer("dim", -1))}};
  const bool logarithm = o.base().contains("log_");
  const ValueId own = logarithm ? g : e(Op::mul, {g, y}), share = logarithm ? e(Op::exp, {y}) : y;
  o.emit(op, {own, e(Op::mul, {share, rows.sum(e, own)})});
}

constexpr Rule kRules[] = {
    {"native_batch_norm_backward", Op::mul, of_batch_norm},
    {"batch_norm_backward", Op::mul, of_batch_norm},
    {"cudnn_batch_norm_backward", Op::mul, of_batch_norm},
    {"native_layer_norm_backward", Op::mul, of_layer_norm},
    {"_fused_rms_norm_backward", Op::mul, of_layer_norm},
    {"native_group_norm_backward", Op::mul, of_group_norm},
    {"_weight_norm_interface_backward", Op::reduce_sum, of_weight_norm},
    {"_softmax_backward_data", Op::sub, of_softmax},
    {"_log_softmax_backward_data", Op::sub, of_softmax},
};

}  // namespace

std::span<const Rule> backward_norm_rules() { return kRules; }

}  // namespace alidade::aten
