// com.microsoft.MoE and QMoE: a top-k over the router's scores, the rows of each token's experts, their
// products, and the weighted sum.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

/// Where the operator has the weight of its i-th product; scales (quantised ones alone) and a bias follow it.
struct Layout {
  bool quantised;
  [[nodiscard]] std::size_t weight(std::size_t i) const { return 2 + i * (quantised ? 3 : 2); }
  [[nodiscard]] std::size_t bias(std::size_t i) const { return weight(i) + (quantised ? 2 : 1); }
};
constexpr std::size_t kUp = 0, kDown = 1, kBeside = 2;  ///< the products, as the operator numbers them

class Experts {
 public:
  Experts(Call& call, Layout layout) : call_(call), at_(layout), dtype_(call.type(0).dtype) {
    const auto dims = call.type(0).dims;
    tokens_.assign(dims.begin(), dims.end());
    picked_ = call.integer("k", 1), bits_ = call.integer("expert_weight_bits", 4);
  }

  void map() {
    if (!readable()) return map_opaque(call_);
    route();
    const ValueId rows = call_.step(Op::gather, "rows", {call_.in(0), index_}, rows_of(tokens_.back()));
    auto hidden = product("up", kUp, rows, tokens_.back());
    hidden.value = activate(rows, hidden);
    weigh(product("down", kDown, hidden.value, hidden.size).value);
  }

 private:
  /// Rows of each token's experts, and how wide they are.
  struct Rows {
    ValueId value;
    Dim size;
  };

  [[nodiscard]] bool readable() const {
    const bool banks = call_.rank(at_.weight(kUp)) == 3 && call_.rank(at_.weight(kDown)) == 3 &&
                       (!call_.has(at_.weight(kBeside)) || call_.rank(at_.weight(kBeside)) == 3);
    return banks && tokens_.size() >= 2 && call_.rank(1) == 2 && picked_ >= 1;
  }
  /// The tokens' own dimensions, then one for each token's experts, then the width.
  [[nodiscard]] TypeId rows_of(Dim width) const {
    std::vector<Dim> dims(tokens_.begin(), tokens_.end() - 1);
    dims.insert(dims.end(), {Dim(picked_), width});
    return call_.types().make(dtype_, dims);
  }

  void route() {
    const std::array dims{call_.type(1).dims[0], Dim(picked_)};
    const TypeId scores = call_.types().make(call_.type(1).dtype, dims);
    const auto best =
        call_.steps(Op::topk, "best", {call_.in(1)}, {scores, call_.types().make(Dtype::i64, dims)});
    call_.attrs(AxesAttrs{call_.list(std::array<std::int64_t, 1>{1}), 0});
    index_ = best[1];
    share_ = call_.step(Op::softmax, "share", {best[0]}, scores);
    call_.attrs(AxesAttrs{call_.list(std::array<std::int64_t, 1>{1}), 0});
  }

  /// A quantised weight gets the shape it stands for and the width it is stored with.
  ValueId bank(std::size_t at) {
    if (!at_.quantised) return call_.weight(at);
    const auto packed = call_.type(at);
    std::vector<Dim> dims(packed.dims.begin(), packed.dims.end());
    if (dims[2].is_known()) dims[2] = Dim(dims[2].size() * (8 / std::max<std::int64_t>(bits_, 1)));
    call_.value(at).type = call_.types().make(bits_ == 8 ? Dtype::u8 : Dtype::u4, dims);
    const ValueId weight = call_.weight(at);
    call_.reading().stored.type(weight, call_.value(at).type);
    return weight;
  }
  /// [E, out, in] as the operator has it today, [E, in, out] as it had it before.
  Rows product(Text suffix, std::size_t which, ValueId rows, Dim in) {
    const ValueId weight = bank(at_.weight(which));
    const auto dims = call_.type(at_.weight(which)).dims;
    const bool out_in = dims[2] == in || dims[1] != in;
    const Dim out = dims[out_in ? 1 : 2];
    std::vector<ValueId> inputs{rows, weight, index_};
    for (std::size_t i = at_.weight(which) + 1; i <= at_.bias(which); ++i)
      if (call_.has(i)) inputs.push_back(i == at_.bias(which) ? call_.weight(i) : call_.buffer(i));
    const ValueId made = call_.step(Op::routed_matmul, suffix, inputs, rows_of(out));
    call_.attrs(MatmulAttrs{0, out_in ? 1 : 0});
    return {made, out};
  }

  [[nodiscard]] std::optional<Op> activation() const {
    const auto word = call_.word("activation_type", "relu");
    return word == "relu"                       ? std::optional(Op::relu)
           : word == "gelu"                     ? std::optional(Op::gelu)
           : word == "silu" || word == "swiglu" ? std::optional(Op::silu)
                                                : std::nullopt;
  }
  /// Halves of one product gate each other, or a third product does; sets the width that is left.
  ValueId activate(ValueId rows, Rows& up) {
    const auto act = activation();
    const bool beside = call_.has(at_.weight(kBeside));
    ValueId other;
    if (call_.word("activation_type", "") == "swiglu" && !beside && up.size.is_known()) {
      up.size = Dim(up.size.size() / 2);
      const auto halves = call_.steps(Op::split, "halves", {up.value}, {rows_of(up.size), rows_of(up.size)});
      call_.attrs(AxesAttrs{call_.list(std::array{static_cast<std::int64_t>(tokens_.size())}), 0});
      up.value = halves[0], other = halves[1];
    }
    if (act) up.value = call_.step(*act, "act", {up.value}, rows_of(up.size));
    if (beside) other = product("beside", kBeside, rows, tokens_.back()).value;
    return other.valid() ? call_.step(Op::mul, "gate", {up.value, other}, rows_of(up.size)) : up.value;
  }

  void weigh(ValueId down) {
    const ValueId share = call_.step(Op::reshape, "shares", {share_}, rows_of(Dim(1)));
    const ValueId weighed = call_.step(Op::mul, "weighed", {down, share}, rows_of(tokens_.back()));
    call_.last(Op::reduce_sum, "sum", {weighed});
    call_.attrs(AxesAttrs{call_.list(std::array{static_cast<std::int64_t>(tokens_.size()) - 1}), 0});
  }

  Call& call_;
  Layout at_;
  Dtype dtype_;
  std::vector<Dim> tokens_;  ///< the input's dimensions
  std::int64_t picked_ = 1, bits_ = 4;
  ValueId index_, share_;
};

void map_moe(Call& call) { Experts(call, Layout{false}).map(); }
void map_qmoe(Call& call) { Experts(call, Layout{true}).map(); }

constexpr std::string_view kSteps =
    "topk, softmax, gather, routed_matmul, the activation, mul and reduce_sum";
constexpr std::array kRules{
    Rule{"MoE", &map_moe, Op::routed_matmul, 3, &infer_same, kSteps},
    Rule{"QMoE", &map_qmoe, Op::routed_matmul, 3, &infer_same, kSteps},
};

}  // namespace

std::span<const Rule> expert_rules() { return kRules; }

}  // namespace alidade::onnx_file
