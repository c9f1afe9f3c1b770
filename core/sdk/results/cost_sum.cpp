// How sums of work add up: one after the other, one of two, and over and over.
#include <algorithm>

#include "alidade/results/cost.hpp"

namespace alidade {

bool CostSum::exact() const {
  return counted_upper == counted && flops_upper == flops.value && macs_upper == macs.value &&
         traffic_upper == traffic().value;
}

void CostSum::add(const CostSum& o) {
  ops += o.ops, opaque += o.opaque, unknown += o.unknown, unsized += o.unsized;
  counted += o.counted, counted_upper += o.counted_upper;
  macs += o.macs, macs_upper += o.macs_upper;
  flops += o.flops, flops_upper += o.flops_upper;
  params += o.params, param_bytes += o.param_bytes;
  input += o.input, output += o.output, weight += o.weight, traffic_upper += o.traffic_upper;
}

void CostSum::either(const CostSum& o) {
  ops += o.ops, opaque += o.opaque, unknown += o.unknown, unsized += o.unsized;
  counted = std::min(counted, o.counted), counted_upper = std::max(counted_upper, o.counted_upper);
  macs = std::min(macs, o.macs), macs_upper = std::max(macs_upper, o.macs_upper);
  flops = std::min(flops, o.flops), flops_upper = std::max(flops_upper, o.flops_upper);
  params += o.params, param_bytes += o.param_bytes;
  if (o.traffic() < traffic()) input = o.input, output = o.output, weight = o.weight;
  traffic_upper = std::max(traffic_upper, o.traffic_upper);
}

void CostSum::repeat(std::int64_t trips) {
  if (trips == 0) *this = {};
  const auto least = static_cast<std::uint64_t>(std::max<std::int64_t>(trips, 1));
  const Upper most = trips < 0 ? Upper::none() : Upper(least);
  counted *= least, macs.value *= least, flops.value *= least;
  for (auto* bytes : {&input, &output, &weight}) bytes->value *= least;
  for (auto* upper : {&counted_upper, &macs_upper, &flops_upper, &traffic_upper}) *upper *= most;
}

CostSum sum_of_one_run(const Graph& graph, NodeId n, const NodeCost& cost) {
  CostSum s;
  if (cost.runs == 0 || is_free(graph.op(n))) return s;
  s.ops = 1;
  s.opaque = graph.op(n) == Op::opaque && !graph.stated(n) ? 1 : 0;
  s.unknown = cost.work.certainty == Certainty::unknown ? 1 : 0;
  s.unsized = cost.work.bytes_known ? 0 : 1;
  s.counted = cost.once.low, s.counted_upper = cost.once.high;
  s.macs = cost.work.macs, s.macs_upper = cost.work.macs_upper();
  s.flops = cost.work.flops, s.flops_upper = cost.work.flops_upper;
  s.input = cost.work.input, s.output = cost.work.output, s.weight = cost.work.weight;
  s.traffic_upper = cost.work.traffic_upper();
  return s;
}

}  // namespace alidade
