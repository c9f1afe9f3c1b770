// Normalisation and softmax.
#include <algorithm>

#include "rules.hpp"

namespace alidade::aten {
namespace {

/// batch_norm and everything that it decomposes to; "legit" forms carry running statistics under the same
/// names.
void batch_norm(Operation& o, Op op) {
  NormAttrs a;
  a.training = o.flag("training", o.flag("train", o.base().ends_with("_legit") ||
                                                      o.base().starts_with("_batch_norm_with_update")))
                   ? 1
                   : 0;
  o.emit(op,
         {first_operand(o), o.tensor("weight"), o.tensor("bias"), o.tensor("running_mean"),
          o.tensor("running_var")},
         a);
}

void instance_norm(Operation& o, Op op) {
  o.emit(op, {first_operand(o), o.tensor("weight"), o.tensor("bias")}, NormAttrs{});
}

/// layer_norm and rms_norm: the last dimensions, as many as normalized_shape has.
void layer_norm(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  NormAttrs a;
  a.axis = std::max<std::int64_t>(0, o.rank(x) - static_cast<std::int64_t>(o.count("normalized_shape")));
  if (op == Op::rms_norm)
    o.emit(op, {x, o.tensor("weight")}, a);
  else
    o.emit(op, {x, o.tensor("weight"), o.tensor("bias")}, a);
}

void group_norm(Operation& o, Op op) {
  NormAttrs a;
  a.groups = o.integer("num_groups", o.integer("group", 1));
  o.emit(op, {first_operand(o), o.tensor("weight"), o.tensor("bias")}, a);
}

/// g v / |v|: a weight in the form that weight normalisation stores.
void weight_norm(Operation& o, Op op) {
  const ValueId v = o.tensor("v");
  const ValueId direction = o.step(op, {v}, o.draft().type_id(v), "direction");
  o.emit(Op::mul, {direction, o.tensor("g")});
}

void softmax(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  o.emit(op, {x}, AxesAttrs{o.draft().builder.ints(o.axes(x, "dim")), 0});
}

constexpr Rule kRules[] = {
    {"batch_norm", Op::batch_norm, batch_norm},
    {"native_batch_norm", Op::batch_norm, batch_norm},
    {"_native_batch_norm_legit", Op::batch_norm, batch_norm},
    {"_native_batch_norm_legit_functional", Op::batch_norm, batch_norm},
    {"_native_batch_norm_legit_no_training", Op::batch_norm, batch_norm},
    {"_batch_norm_with_update", Op::batch_norm, batch_norm},
    {"_batch_norm_with_update_functional", Op::batch_norm, batch_norm},
    {"_batch_norm_no_update", Op::batch_norm, batch_norm},
    {"cudnn_batch_norm", Op::batch_norm, batch_norm},
    {"instance_norm", Op::instance_norm, instance_norm},
    {"layer_norm", Op::layer_norm, layer_norm},
    {"native_layer_norm", Op::layer_norm, layer_norm},
    {"rms_norm", Op::rms_norm, layer_norm},
    {"_fused_rms_norm", Op::rms_norm, layer_norm},
    {"group_norm", Op::group_norm, group_norm},
    {"native_group_norm", Op::group_norm, group_norm},
    {"_weight_norm", Op::lp_norm, weight_norm},
    {"_weight_norm_interface", Op::lp_norm, weight_norm},
    {"softmax", Op::softmax, softmax},
    {"_softmax", Op::softmax, softmax},
    {"_safe_softmax", Op::softmax, softmax},
    {"special_softmax", Op::softmax, softmax},
    {"log_softmax", Op::log_softmax, softmax},
    {"_log_softmax", Op::log_softmax, softmax},
    {"special_log_softmax", Op::log_softmax, softmax},
};

}  // namespace

std::span<const Rule> normalisation_rules() { return kRules; }

}  // namespace alidade::aten
