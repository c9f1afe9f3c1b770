#include "number_plan.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"
#include "retyped.hpp"
#include "sdk/fusion/traffic/reads.hpp"

namespace alidade::lowering {
namespace {

constexpr int kNarrow = 8;  // bits, of a quantised number at most

bool is_amp(Precision p) { return p == Precision::amp_bf16 || p == Precision::amp_f16; }

/// The type that a precision gives all numbers; unknown: none.
Dtype whole(Precision precision) {
  switch (precision) {
    case Precision::f32:
    case Precision::tf32:
      return Dtype::f32;
    case Precision::f16:
      return Dtype::f16;
    case Precision::bf16:
    case Precision::f8:
    case Precision::i8:
    case Precision::w8:
    case Precision::w4:
    case Precision::nvfp4:
    case Precision::mxfp4:
      return Dtype::bf16;
    default:
      return Dtype::unknown;
  }
}
/// The type that weights of products are stored in; unknown: that of all others.
Dtype of_weights(Precision precision) {
  switch (precision) {
    case Precision::f8:
      return Dtype::f8e4m3;
    case Precision::i8:
    case Precision::w8:
      return Dtype::i8;
    case Precision::w4:
      return Dtype::i4;
    case Precision::nvfp4:
    case Precision::mxfp4:
      return Dtype::f4e2m1;
    default:
      return Dtype::unknown;
  }
}
/// The type that both operands of a product with a weight have; unknown: that which they come in.
Dtype of_operands(Precision precision) {
  const bool both = precision == Precision::f8 || precision == Precision::i8 || precision == Precision::nvfp4;
  return both ? of_weights(precision) : Dtype::unknown;
}

/// Operators through which a weight is looked at, or laid out anew.
bool passes_on(Op op) {
  return op == Op::reshape || op == Op::transpose || op == Op::identity || op == Op::slice ||
         op == Op::split || op == Op::expand;
}
bool is_product(Op op) {
  return class_of(op) == OpClass::contraction && family_of(op) != AttrFamily::recurrent &&
         op != Op::attention;
}

Arithmetic of_factors(Dtype a, Dtype b) {
  const bool narrow = bits(a) <= kNarrow && bits(b) <= kNarrow && bits(a) > 0 && bits(b) > 0;
  if (narrow) return arithmetic_of(bits(a) < bits(b) ? b : a);
  if (follows_precision(a) != follows_precision(b)) return arithmetic_of(follows_precision(a) ? a : b);
  return arithmetic_of(bits(a) < bits(b) ? b : a);
}

}  // namespace

bool follows_precision(Dtype dtype) {
  return dtype == Dtype::f16 || dtype == Dtype::bf16 || dtype == Dtype::f32 || dtype == Dtype::f64;
}

NumberPlan::NumberPlan(const FusionInput& input, const Lowering& lowering)
    : input_(input), g_(input.graph()), lowering_(lowering), types_(g_.value_count(), Dtype::unknown) {
  if (is_amp(lowering.precision)) {
    rules_ = PerNode<Autocast>(g_.node_count(), Autocast::first);
    for (const NodeId n : g_.nodes()) rules_[n] = autocast(g_, n);
  }
  for (const ValueId v : g_.values())
    if (!g_.producer(v).valid()) types_[v] = stored(v);
  const std::size_t regions = region_count(g_);
  for (std::size_t r = 0; r < regions; ++r)
    for (const NodeId n : g_.body(RegionId(r)))
      for (const ValueId v : g_.outputs(n)) types_[v] = result(n, g_.type(v).dtype);
}

Dtype NumberPlan::base(Dtype captured) const {
  const Dtype all = whole(lowering_.precision);
  return all != Dtype::unknown && follows_precision(captured) ? all : captured;
}

Dtype NumberPlan::stored(ValueId v) const {
  const Dtype captured = g_.type(v).dtype, narrow = of_weights(lowering_.precision);
  const bool takes_narrow = narrow != Dtype::unknown && follows_precision(captured) &&
                            is_stored(g_.kind(v)) && g_.type(v).rank() >= 2 && is_only_multiplied(v);
  return takes_narrow ? narrow : base(captured);
}

/// Whether nothing but products reads it, as one of their two factors, behind a few views.
bool NumberPlan::is_only_multiplied(ValueId v, int hops) const {
  constexpr int kHops = 8;
  const auto users = g_.users(v);
  const auto multiplies = [&](NodeId n) {
    const auto inputs = g_.inputs(n);
    if (is_product(g_.op(n)))
      return std::ranges::find(inputs.subspan(std::min<std::size_t>(2, inputs.size())), v) == inputs.end();
    if (!passes_on(g_.op(n)) || inputs[0] != v || hops == kHops) return false;
    for (const ValueId out : g_.outputs(n))
      if (!is_only_multiplied(out, hops + 1)) return false;
    return true;
  };
  return !users.empty() && std::ranges::all_of(users, multiplies);
}

/// What a captured cast says holds; the rest follows its operands.
Dtype NumberPlan::result(NodeId n, Dtype captured) const {
  if (!follows_precision(captured)) return captured;
  const auto inputs = g_.inputs(n);
  const bool has_first = !inputs.empty() && inputs[0].valid();
  if (passes_on(g_.op(n)) && has_first && !follows_precision(types_[inputs[0]])) return types_[inputs[0]];
  if (!is_amp(lowering_.precision) || captured == Dtype::f64) return base(captured);
  const Op op = g_.op(n);
  if (op == Op::cast && has_first && g_.type(inputs[0]).dtype != captured) return captured;
  switch (rules_[n]) {
    case Autocast::narrow:
      return lowering_.precision == Precision::amp_bf16 ? Dtype::bf16 : Dtype::f16;
    case Autocast::wide:
    case Autocast::widens:
      return Dtype::f32;
    case Autocast::widest:
      return promoted(n, captured);
    case Autocast::first:
      return has_first && follows_precision(types_[inputs[0]]) ? types_[inputs[0]] : captured;
  }
  return captured;
}

/// The widest of its real operands, of f16 and bf16 f32; numbers without dimensions widen nothing.
Dtype NumberPlan::promoted(NodeId n, Dtype captured) const {
  Dtype out = Dtype::unknown;
  for (const ValueId v : g_.inputs(n)) {
    if (!v.valid() || !follows_precision(types_[v])) continue;
    if (g_.type(v).ranked && g_.type(v).rank() == 0) continue;
    if (out == Dtype::unknown || bits(types_[v]) > bits(out))
      out = types_[v];
    else if (bits(types_[v]) == bits(out) && types_[v] != out)
      out = Dtype::f32;
  }
  return out == Dtype::unknown ? captured : out;
}

/// Whether a tensor is one of the two operands that a product multiplies, not its bias.
bool NumberPlan::is_factor(NodeId n, ValueId root) const {
  const auto inputs = g_.inputs(n);
  return std::ranges::any_of(inputs.first(std::min<std::size_t>(2, inputs.size())),
                             [&](ValueId v) { return v.valid() && input_.reads().root(v) == root; });
}
bool NumberPlan::multiplies_weight(NodeId n) const {
  const auto inputs = g_.inputs(n);
  return is_product(g_.op(n)) &&
         std::ranges::any_of(inputs.first(std::min<std::size_t>(2, inputs.size())), [&](ValueId v) {
           if (!v.valid()) return false;
           const ValueId root = input_.reads().root(v);
           const NodeId maker = g_.producer(root);
           return is_stored(g_.kind(root)) || (maker.valid() && input_.is_folded(maker));
         });
}

Dtype NumberPlan::wanted(NodeId n, ValueId root) const {
  const Dtype has = types_[root];
  if (!follows_precision(has)) return has;
  if (is_amp(lowering_.precision) && has != Dtype::f64) {
    const auto rule = rules_[n];
    if (rule == Autocast::narrow)
      return lowering_.precision == Precision::amp_bf16 ? Dtype::bf16 : Dtype::f16;
    return rule == Autocast::wide && lowering_.backend == Backend::eager ? Dtype::f32 : has;
  }
  const Dtype narrow = of_operands(lowering_.precision);
  return narrow != Dtype::unknown && is_factor(n, root) && multiplies_weight(n) ? narrow : has;
}

Arithmetic NumberPlan::multiplied(NodeId n) const {
  std::array<Dtype, 2> factors{Dtype::unknown, Dtype::unknown};
  const auto inputs = g_.inputs(n);
  for (std::size_t i = 0; i < std::min(factors.size(), inputs.size()); ++i)
    if (inputs[i].valid()) factors[i] = wanted(n, input_.reads().root(inputs[i]));
  const auto out = inputs.size() < 2 ? arithmetic_of(factors[0]) : of_factors(factors[0], factors[1]);
  return out == Arithmetic::f32 && lowering_.precision == Precision::tf32 ? Arithmetic::tf32 : out;
}

Count NumberPlan::bytes(ValueId root, std::uint64_t stored, Dtype type) const {
  return retyped(stored, g_.type(root).dtype, type, lowering_.precision);
}

}  // namespace alidade::lowering
