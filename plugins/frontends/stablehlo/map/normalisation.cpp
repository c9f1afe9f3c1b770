// Batch norm, and its gradient as the steps that it is.
#include "call.hpp"

namespace alidade::stablehlo {
namespace {

void batch_norm(Call& call) {
  NormAttrs a;
  a.axis = call.integer({"feature_index"}, 1);
  a.training = call.base() == "batch_norm_training" ? 1 : 0;
  if (!call.are_dimensions({a.axis}, call.rank(0))) return;
  call.settle(0, call.shape(0));
  call.emit(Op::batch_norm, call.ins(), a);
}

/// (g - sum(g) - n sum(g n)) f, n the normalised input: the sums of a channel are the gradients of offset and
/// scale.
void batch_norm_grad(Call& call) {
  const Integers channel{call.integer({"feature_index"}, 1)};
  if (!call.are_dimensions(channel, call.rank(0))) return;
  call.settle(0, call.shape(0));
  if (call.failed()) return;
  Integers others;
  for (std::int64_t d = 0; d < static_cast<std::int64_t>(call.rank(0)); ++d)
    if (d != channel[0]) others.push_back(d);
  const TypeId whole = call.held(0).type, row = call.held(1).type;
  const auto each = [&](Op op, ValueId a, ValueId b, std::string_view what) {
    return call.step(op, {a, b}, whole, what);
  };
  const auto beside = [&](ValueId of, std::string_view what) {
    return call.step(Op::expand, {of}, whole, what);
  };
  const auto summed = [&](ValueId of, std::string_view what) {
    return call.step(Op::reduce_sum, {of}, row, what, AxesAttrs{call.list(others), 0});
  };
  const ValueId g = call.in(4), spread = call.step(Op::rsqrt, {call.in(3)}, row, "spread");
  const ValueId level = each(Op::sub, call.in(0), beside(call.in(2), "mean"), "level");
  const ValueId normal = each(Op::mul, level, beside(spread, "spreads"), "normal");
  const ValueId to_scale = summed(each(Op::mul, g, normal, "products"), "to_scale"),
                to_offset = summed(g, "to_offset");
  const ValueId less = each(Op::sub, g, beside(to_offset, "offsets"), "less_offset");
  const ValueId rest =
      each(Op::sub, less, each(Op::mul, normal, beside(to_scale, "scales"), "slope"), "rest");
  const auto given = [&](std::size_t k, ValueId id, TypeId type) {
    Held h;
    h.id = id, h.type = type;
    call.give(k, h);
  };
  given(0, each(Op::mul, rest, beside(call.in(1), "factors"), "to_input"), whole);
  given(1, to_scale, row), given(2, to_offset, row);
}

constexpr Rule kRules[] = {
    {"stablehlo.batch_norm_inference", Op::batch_norm, 5, batch_norm},
    {"stablehlo.batch_norm_training", Op::batch_norm, 3, batch_norm},
    {"stablehlo.batch_norm_grad", Op::batch_norm, 5, batch_norm_grad},
};

}  // namespace

std::span<const Rule> normalisation_rules() { return kRules; }

}  // namespace alidade::stablehlo
