// How sums of work add up: one after the other, one of two, and over and over.
#include <algorithm>

#include "alidade/results/cost.hpp"

namespace alidade {

bool CostSum::exact() const {
  return ops_upper == ops && counted_upper == counted && flops_upper == flops.value &&
         macs_upper == macs.value && input_upper == input.value && output_upper == output.value &&
         weight_upper == weight.value && traffic_upper == traffic.value;
}

void CostSum::add(const CostSum& o) {
  ops += o.ops, ops_upper += o.ops_upper;
  opaque += o.opaque, unknown += o.unknown, unsized += o.unsized;
  counted += o.counted, counted_upper += o.counted_upper;
  macs += o.macs, macs_upper += o.macs_upper;
  flops += o.flops, flops_upper += o.flops_upper;
  add_params(o);
  input += o.input, output += o.output, weight += o.weight, traffic += o.traffic;
  input_upper += o.input_upper, output_upper += o.output_upper;
  weight_upper += o.weight_upper, traffic_upper += o.traffic_upper;
}

void CostSum::add_params(const CostSum& o) {
  params += o.params, params_upper += o.params_upper;
  param_bytes += o.param_bytes, param_bytes_upper += o.param_bytes_upper;
}

namespace {

template <class Figure>
void widen(Figure& least, Upper& most, Figure other_least, Upper other_most) {
  least = std::min(least, other_least), most = std::max(most, other_most);
}

}  // namespace

void CostSum::either(const CostSum& o) {
  opaque += o.opaque, unknown += o.unknown, unsized += o.unsized;
  add_params(o);
  widen(ops, ops_upper, o.ops, o.ops_upper);
  widen(counted, counted_upper, o.counted, o.counted_upper);
  widen(macs, macs_upper, o.macs, o.macs_upper);
  widen(flops, flops_upper, o.flops, o.flops_upper);
  widen(input, input_upper, o.input, o.input_upper);
  widen(output, output_upper, o.output, o.output_upper);
  widen(weight, weight_upper, o.weight, o.weight_upper);
  widen(traffic, traffic_upper, o.traffic, o.traffic_upper);
}

void CostSum::repeat(const Trips& trips) {
  if (trips.most == 0) *this = {};
  if (trips.least == 0) ops = 0;
  counted *= trips.least, macs.value *= trips.least, flops.value *= trips.least;
  for (auto* bytes : {&input, &output, &weight, &traffic}) bytes->value *= trips.least;
  for (auto* upper : {&counted_upper, &macs_upper, &flops_upper, &input_upper, &output_upper, &weight_upper,
                      &traffic_upper})
    *upper *= trips.most;
}

void CostShare::add(const CostShare& o) {
  ops += o.ops, ops_upper += o.ops_upper;
  counted += o.counted, counted_upper += o.counted_upper;
  flops += o.flops, flops_upper += o.flops_upper;
  traffic += o.traffic, traffic_upper += o.traffic_upper;
}

void CostShare::either(const CostShare& o) {
  widen(ops, ops_upper, o.ops, o.ops_upper);
  widen(counted, counted_upper, o.counted, o.counted_upper);
  widen(flops, flops_upper, o.flops, o.flops_upper);
  widen(traffic, traffic_upper, o.traffic, o.traffic_upper);
}

void CostShare::repeat(const Trips& trips) {
  if (trips.most == 0) *this = {};
  if (trips.least == 0) ops = 0;
  for (auto* figure : {&counted, &flops, &traffic}) *figure *= trips.least;
  for (auto* upper : {&counted_upper, &flops_upper, &traffic_upper}) *upper *= trips.most;
}

CostSum sum_of_one_run(const Graph& graph, NodeId n, const NodeCost& cost) {
  CostSum s;
  if (cost.runs == 0 || is_free(graph.op(n))) return s;
  s.ops = 1, s.ops_upper = 1;
  s.opaque = graph.op(n) == Op::opaque && !graph.stated(n) ? 1 : 0;
  s.unknown = s.opaque == 0 && cost.work.certainty == Certainty::unknown ? 1 : 0;
  s.unsized = cost.work.bytes_known() ? 0 : 1;
  s.counted = cost.once.low, s.counted_upper = cost.once.high;
  s.macs = cost.work.macs, s.macs_upper = cost.work.macs_upper();
  s.flops = cost.work.flops, s.flops_upper = cost.work.flops_upper;
  s.input = cost.work.input, s.output = cost.work.output, s.weight = cost.work.weight;
  s.input_upper = cost.work.input_upper, s.output_upper = cost.work.output_upper;
  s.weight_upper = cost.work.weight_upper;
  s.traffic = cost.work.traffic(), s.traffic_upper = cost.work.traffic_upper();
  return s;
}

CostShare share_of_one_run(const Graph& graph, NodeId n, const NodeCost& cost) {
  CostShare share;
  if (cost.runs == 0 || is_free(graph.op(n))) return share;
  share.ops = 1, share.ops_upper = 1;
  share.counted = cost.once.low, share.counted_upper = cost.once.high;
  share.flops = cost.work.flops.value, share.flops_upper = cost.work.flops_upper;
  share.traffic = cost.work.traffic().value, share.traffic_upper = cost.work.traffic_upper();
  return share;
}

}  // namespace alidade
