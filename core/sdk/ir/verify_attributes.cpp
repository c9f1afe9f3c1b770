#include "verify_attributes.hpp"

#include "alidade/base/text.hpp"

namespace alidade {
namespace {

std::string out_of_range(std::int64_t axis, std::size_t rank) {
  return "axis " + std::to_string(axis) + " is out of range for " + text::counted(rank, "dimension");
}
/// A number is worked along as a row of one.
bool fits(std::int64_t axis, const TensorType& x) {
  return !x.ranked || axis == 0 || (axis > 0 && axis < static_cast<std::int64_t>(x.rank()));
}

std::string misfit(const Graph& g, const AxesAttrs& a, const TensorType& x) {
  for (const auto axis : g.ints(a.axes))
    if (!fits(axis, x)) return out_of_range(axis, x.rank());
  return {};
}
std::string misfit(const NormAttrs& a, const TensorType& x, Op op) {
  const bool along = op == Op::layer_norm || op == Op::rms_norm;
  return along && !fits(a.axis, x) ? out_of_range(a.axis, x.rank()) : "";
}
std::string misfit(const QuantAttrs& a, const TensorType& x) {
  if (a.block < 0) return "block is " + std::to_string(a.block) + ", and at least 0 is possible";
  return a.axis >= 0 && !fits(a.axis, x) ? out_of_range(a.axis, x.rank()) : "";
}
std::string misfit(const ScatterAttrs& a, const TensorType& x) {
  if (a.reduction < 0 || a.reduction > 4)
    return "reduction is " + std::to_string(a.reduction) + ", and 0 to 4 are possible";
  return fits(a.axis, x) ? "" : out_of_range(a.axis, x.rank());
}
std::string misfit(const LoopAttrs& a) {
  if (a.trips < -1)
    return "trips is " + std::to_string(a.trips) +
           ", and at least 0 is possible, or -1 where the data decide";
  if (a.least < 0) return "least is " + std::to_string(a.least) + ", and at least 0 is possible";
  if (a.most < -1)
    return "most is " + std::to_string(a.most) + ", and at least 0 is possible, or -1 without a bound";
  if (a.most >= 0 && a.most < a.least)
    return "most is " + std::to_string(a.most) + ", less than the least, " + std::to_string(a.least);
  return {};
}
std::string misfit(const OpaqueAttrs& a) {
  if (a.unbounded >= 0 && a.unbounded <= static_cast<std::int64_t>(Unbounded::stored)) return {};
  return "unbounded is " + std::to_string(a.unbounded) + ", and 0 to 4 are possible";
}

}  // namespace

std::string attribute_misfit(const Graph& g, NodeId n) {
  const auto inputs = g.inputs(n);
  const TensorType x = inputs.empty() || !inputs[0].valid() ? TensorType{} : g.type(inputs[0]);
  switch (family_of(g.op(n))) {
    case AttrFamily::axes:
      return misfit(g, g.attrs<AxesAttrs>(n), x);
    case AttrFamily::norm:
      return misfit(g.attrs<NormAttrs>(n), x, g.op(n));
    case AttrFamily::quant:
      return misfit(g.attrs<QuantAttrs>(n), x);
    case AttrFamily::scatter:
      return misfit(g.attrs<ScatterAttrs>(n), x);
    case AttrFamily::loop:
      return misfit(g.attrs<LoopAttrs>(n));
    case AttrFamily::opaque:
      return misfit(g.attrs<OpaqueAttrs>(n));
    default:
      return {};
  }
}

}  // namespace alidade
