#include <array>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

/// Statistics are buffers in inference; the attribute that says so moved with the operator set.
void map_batch_norm(Call& call) {
  NormAttrs a;
  a.training = call.opset() >= 14 ? call.integer("training_mode", 0)
               : call.opset() < 7 ? 1 - call.integer("is_test", 0)
                                  : 0;
  call.emit(Op::batch_norm, {call.in(0), call.weight(1), call.weight(2), call.buffer(3), call.buffer(4)});
  call.attrs(a);
}

void emit_norm(Call& call, Op op, const NormAttrs& a) {
  std::vector<ValueId> inputs{call.in(0)};
  for (std::size_t i = 1; i < call.inputs() && i < 3; ++i) inputs.push_back(call.weight(i));
  call.emit(op, inputs);
  call.attrs(a);
}
void map_layer_norm(Call& call) {
  NormAttrs a;
  a.axis = call.axis(call.integer("axis", -1), call.rank(0));
  emit_norm(call, call.rule().target, a);
}
void map_group_norm(Call& call) {
  NormAttrs a;
  a.groups = call.integer("num_groups", 1);
  if (a.groups < 1)
    return call.reject("num_groups is " + std::to_string(a.groups) + ", and at least 1 is possible");
  emit_norm(call, Op::group_norm, a);
}
void map_instance_norm(Call& call) { emit_norm(call, Op::instance_norm, {}); }
void map_lp_norm(Call& call) {
  NormAttrs a;
  a.axis = call.axis(call.integer("axis", -1), call.rank(0));
  call.emit(Op::lp_norm, {call.in(0)});
  call.attrs(a);
}
void map_local_response_norm(Call& call) { call.emit(Op::local_response_norm, {call.in(0)}); }

/// Over batch and space, channel by channel, with statistics of the data itself: a batch_norm in training, no
/// weights.
void map_mean_variance(Call& call) {
  NormAttrs a;
  a.training = 1;
  call.emit(Op::batch_norm, {call.in(0)});
  call.attrs(a);
}

constexpr std::array kRules{
    Rule{"BatchNormalization", &map_batch_norm, Op::batch_norm, 5, &infer_batch_norm},
    Rule{"LayerNormalization", &map_layer_norm, Op::layer_norm, 2, &infer_layer_norm},
    Rule{"RMSNormalization", &map_layer_norm, Op::rms_norm, 2, &infer_same},
    Rule{"GroupNormalization", &map_group_norm, Op::group_norm, 3, &infer_same},
    Rule{"InstanceNormalization", &map_instance_norm, Op::instance_norm, 3, &infer_same},
    Rule{"LpNormalization", &map_lp_norm, Op::lp_norm, 1, &infer_same},
    Rule{"LRN", &map_local_response_norm, Op::local_response_norm, 1, &infer_same},
    Rule{"MeanVarianceNormalization", &map_mean_variance, Op::batch_norm, 1, &infer_same},
};

}  // namespace

std::span<const Rule> norm_rules() { return kRules; }

}  // namespace alidade::onnx_file
