#include "fused_layer.hpp"

#include <array>
#include <cmath>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// Attention of rows [batch, places, width] among themselves: three products in one, the heads, one product.
class SelfAttention {
 public:
  SelfAttention(Operation& o, Steps& s, std::string_view heads) : o_(o), s_(s), heads_(o.integer(heads, 1)) {}

  /// The attended rows; nobody wants to know where they looked.
  ValueId fused(ValueId x) {
    const auto [q, k, v] = projected(x);
    const AttentionAttrs attrs{.heads = heads_, .kv_heads = heads_, .packed_heads = 1};
    const TypeId type = o_.draft().type_id(x);
    const ValueId mask = o_.tensor("mask");
    return projected_back(mask.valid() ? s_(Op::attention, {q, k, v, mask}, type, attrs)
                                       : s_(Op::attention, {q, k, v}, type, attrs));
  }
  /// The attended rows, and what each looked at in every head.
  std::pair<ValueId, ValueId> with_weights(ValueId x) {
    auto [q, k, v] = projected(x);
    const ValueId queries = by_head(q), keys = by_head(k), values = by_head(v);
    const TypeId type = o_.draft().type_id(queries);
    Dims square = dims_of(o_, queries);
    square[3] = square[2];
    const TypeId all = type_of(o_, x, square);
    ValueId scores =
        s_(Op::matmul, {s_(Op::mul, {queries, scale(queries)}, type), keys}, all, MatmulAttrs{0, 1});
    if (const ValueId mask = o_.tensor("mask"); mask.valid()) scores = s_(Op::add, {scores, mask}, all);
    const ValueId weights = s_(Op::softmax, {scores}, all, axes_attrs(o_, {3}));
    const ValueId rows = swapped(s_(Op::matmul, {weights, values}, type, MatmulAttrs{}));
    return {projected_back(reshaped(o_, s_, rows, dims_of(o_, x))), weights};
  }

 private:
  ValueId scale(ValueId queries) {
    const auto width = o_.type(queries).dim(-1);
    return number_beside(o_, queries, width ? written(1 / std::sqrt(static_cast<double>(*width))) : "scale");
  }
  std::array<ValueId, 3> projected(ValueId x) {
    Dims dims = dims_of(o_, x);
    const TypeId part = type_of(o_, x, dims);
    dims.back() = o_.type(o_.tensor("qkv_weight")).dims[0];
    const ValueId all = s_(Op::linear, {x, o_.tensor("qkv_weight"), o_.tensor("qkv_bias")},
                           type_of(o_, x, dims), MatmulAttrs{0, 1});
    const auto parts = s_.all(Op::split, {all}, {part, part, part});
    o_.draft().builder.attrs(o_.draft().last(), axes_attrs(o_, {2}));
    return {parts[0], parts[1], parts[2]};
  }
  ValueId projected_back(ValueId rows) {
    return s_(Op::linear, {rows, o_.tensor("proj_weight"), o_.tensor("proj_bias")}, o_.draft().type_id(rows),
              MatmulAttrs{0, 1});
  }
  /// [batch, places, width] as [batch, heads, places, width of a head]
  ValueId by_head(ValueId rows) {
    const Dims dims = dims_of(o_, rows);
    const Dim width = dims[2].is_known() ? Dim(dims[2].size() / heads_) : Dim();
    return swapped(reshaped(o_, s_, rows, {dims[0], dims[1], Dim(heads_), width}));
  }
  ValueId swapped(ValueId x) {
    Dims dims = dims_of(o_, x);
    std::swap(dims[1], dims[2]);
    static constexpr std::array<std::int64_t, 4> kPerm{0, 2, 1, 3};
    return s_(Op::transpose, {x}, type_of(o_, x, dims), PermAttrs{o_.draft().builder.ints(kPerm)});
  }

  Operation& o_;
  Steps& s_;
  std::int64_t heads_;
};

bool is_layer_of_rows(Operation& o, ValueId x) {
  return o.rank(x) == 3 && o.rank(o.tensor("qkv_weight")) == 2 &&
         o.integer("num_heads", o.integer("num_head", 0)) > 0;
}

/// Attention and two products, each added to what it was given, with a norm before or after.
class EncoderLayer {
 public:
  explicit EncoderLayer(Operation& o) : o_(o), s_(o) {}
  void add() {
    const ValueId x = o_.tensor("src");
    const bool first = o_.flag("norm_first", false);
    const ValueId seen = SelfAttention(o_, s_, "num_heads").fused(first ? norm(x, "1") : x);
    const ValueId sum = s_(Op::add, {x, seen}, type(x));
    if (first) return void(o_.emit(Op::add, {sum, two_products(norm(sum, "2"))}));
    const ValueId rows = norm(sum, "1");
    norm_last(s_(Op::add, {rows, two_products(rows)}, type(x)));
  }

 private:
  [[nodiscard]] TypeId type(ValueId x) const { return o_.draft().type_id(x); }
  std::array<ValueId, 3> norm_operands(ValueId x, const std::string& which) {
    return {x, o_.tensor("norm_weight_" + which), o_.tensor("norm_bias_" + which)};
  }
  [[nodiscard]] NormAttrs norm_attrs(ValueId x) const {
    NormAttrs a;
    a.axis = o_.rank(x) - 1;
    return a;
  }
  ValueId norm(ValueId x, const std::string& which) {
    const auto [rows, weight, bias] = norm_operands(x, which);
    return s_(Op::layer_norm, {rows, weight, bias}, type(x), norm_attrs(x));
  }
  void norm_last(ValueId x) { o_.emit(Op::layer_norm, norm_operands(x, "2"), norm_attrs(x)); }
  ValueId two_products(ValueId x) {
    Dims dims = dims_of(o_, x);
    dims.back() = o_.type(o_.tensor("ffn_weight_1")).dims[0];
    const TypeId wide = type_of(o_, x, dims);
    const ValueId hidden =
        s_(Op::linear, {x, o_.tensor("ffn_weight_1"), o_.tensor("ffn_bias_1")}, wide, MatmulAttrs{0, 1});
    const ValueId active = s_(o_.flag("use_gelu", false) ? Op::gelu : Op::relu, {hidden}, wide);
    return s_(Op::linear, {active, o_.tensor("ffn_weight_2"), o_.tensor("ffn_bias_2")}, type(x),
              MatmulAttrs{0, 1});
  }

  Operation& o_;
  Steps s_;
};

}  // namespace

void encoder_layer(Operation& o, Op) {
  if (!is_layer_of_rows(o, o.tensor("src")) || o.rank(o.tensor("ffn_weight_1")) != 2) return unknown(o);
  EncoderLayer(o).add();
}

/// What each place looked at is the mean of all heads unless asked otherwise.
void self_attention(Operation& o, Op) {
  const ValueId x = o.tensor("query");
  if (!is_layer_of_rows(o, x) || o.tensor("key") != x || o.tensor("value") != x) return unknown(o);
  Steps s(o);
  SelfAttention attention(o, s, "num_head");
  if (!o.flag("need_weights", true)) return o.give(0, attention.fused(x));
  const auto [rows, weights] = attention.with_weights(x);
  o.give(0, rows);
  o.give(1, o.flag("average_attn_weights", true) ? reduced(o, s, Op::reduce_mean, weights, {1}) : weights);
}

}  // namespace alidade::aten
