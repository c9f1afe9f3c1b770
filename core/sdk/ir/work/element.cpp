// Work that the table states per element of the first result or the first operand.
#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

/// per_output x elements(y) + per_input x elements(x); a tensor that does not matter need not be known.
Figure per_element(const Operator& o, int per_output, int per_input) {
  Count flops;
  if (per_output > 0) {
    const auto made = o.out().elements();
    if (!made) return std::nullopt;
    flops += as_count(per_output) * *made;
  }
  if (per_input > 0) {
    const auto read = o.in(0).elements();
    if (!read) return std::nullopt;
    flops += as_count(per_input) * *read;
  }
  return Arithmetic{0, flops};
}

int operands(const Operator& o) {
  int count = 0;
  for (std::size_t i = 0; i < o.graph.inputs(o.node).size(); ++i) count += o.has(i) ? 1 : 0;
  return count;
}

}  // namespace

Figure elementwise(const Operator& o) {
  const auto& rule = work_table::rule(o.op());
  const bool chained = o.op() == Op::minimum || o.op() == Op::maximum;
  const int more = chained ? std::max(0, operands(o) - 2) : 0;
  return per_element(o, rule.per_output + more, rule.per_input);
}

Figure normalisation(const Operator& o) {
  const auto channels = o.in(0).dim(1);
  const auto groups = o.attrs<NormAttrs>().groups;
  if (o.op() == Op::group_norm && channels && (groups < 1 || *channels % groups != 0))
    return o.wrong("splits " + std::to_string(*channels) + " channels into " + std::to_string(groups) +
                   " groups");
  int each = work_table::rule(o.op()).per_input;
  const bool trains = o.op() == Op::batch_norm && o.attrs<NormAttrs>().training != 0;
  if (trains) each = work_table::rule(Op::layer_norm).per_input;
  const bool fixed =
      o.op() == Op::lp_norm || o.op() == Op::local_response_norm || (o.op() == Op::batch_norm && !trains);
  if (!fixed) each += (o.has(1) ? 1 : 0) + (o.has(2) ? 1 : 0);
  return per_element(o, 0, each);
}

Figure scatter(const Operator& o) {
  if (o.attrs<ScatterAttrs>().reduction == 0) return Arithmetic{};
  const auto updates = o.in(2).elements();
  if (!updates) return std::nullopt;
  return Arithmetic{0, *updates};
}

}  // namespace alidade::work_parts
