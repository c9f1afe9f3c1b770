#include "attention.hpp"

#include <algorithm>
#include <tuple>

#include "alidade/sdk/storage.hpp"
#include "roles.hpp"
#include "traffic/reads.hpp"

namespace alidade::fusion {
namespace {

constexpr auto kNone = Grouping::kNone;

/// What the scores of a product have become.
enum class Stage : std::uint8_t { none, shape, scores, exponentials, weights };

/// What a step makes of the scores of one product.
struct Trace {
  std::uint32_t product = kNone;
  Stage stage = Stage::none;
  bool reduced = false;  ///< one number a row: its greatest, its sum

  [[nodiscard]] bool is_weights() const { return stage == Stage::weights && !reduced; }
};

bool divides(Op op) { return op == Op::div || op == Op::mul; }  // or times a reciprocal

/// What an operator has of the scores when two of its operands have something of them.
Trace together(const Trace& a, const Trace& b, Op op) {
  const auto rank = [](const Trace& t) { return std::tuple(t.stage, t.product); };
  if (a.product != b.product) return rank(a) < rank(b) ? b : a;
  if (a.reduced == b.reduced || a.stage == Stage::shape || b.stage == Stage::shape)
    return rank(a) < rank(b) ? b : a;
  Trace out = a.reduced ? b : a;
  if (out.stage == Stage::exponentials && a.stage == b.stage && divides(op)) out.stage = Stage::weights;
  return out;
}

bool reduces_rows(Op op) {
  return class_of(op) == OpClass::reduction && op != Op::arg_reduce && op != Op::cumulative;
}

/// What is left of the scores behind an operator.
Trace behind(Trace trace, Op op, Role role) {
  if (trace.stage == Stage::none || role == Role::anchor || class_of(op) == OpClass::control) return {};
  if (op == Op::shape_of) return {trace.product, Stage::shape};
  if (trace.stage == Stage::shape) return trace;
  if (op == Op::softmax) return trace.reduced ? Trace{} : Trace{trace.product, Stage::weights};
  if (op == Op::exp && trace.stage == Stage::scores && !trace.reduced) trace.stage = Stage::exponentials;
  if (reduces_rows(op)) trace.reduced = true;
  if (role == Role::rowwise) return reduces_rows(op) ? trace : Trace{};
  return role == Role::alone && op != Op::concat && op != Op::pad ? Trace{} : trace;
}

class Search {
 public:
  explicit Search(const FusionInput& s)
      : s_(s), traces_(s.order().size()), seen_by_(s.order().size(), kNone), tried_(s.order().size(), 0) {}

  std::vector<WrittenAttention> all() {
    for (std::uint32_t step = 0; step < traces_.size(); ++step) {
      if (!multiplies(step)) {
        traces_[step] = behind(of_operands(step), s_.op(step), role_of(s_.graph(), s_.node(step)));
        continue;
      }
      if (const auto product = scores_of(step); product != kNone && tried_[product] == 0)
        tried_[product] = 1, out_.push_back(between(product, step));
      traces_[step] = {step, Stage::scores};
    }
    return std::move(out_);
  }

 private:
  /// A product of activations; one of them may be stored where it is no matrix of weights: learned queries.
  [[nodiscard]] bool multiplies(std::uint32_t step) const {
    const Op op = s_.op(step);
    if (op != Op::matmul && op != Op::einsum && op != Op::linear) return false;
    const auto inputs = s_.graph().inputs(s_.node(step));
    return inputs.size() >= 2 && std::ranges::all_of(inputs.first(2), [&](ValueId v) {
             return v.valid() &&
                    (!is_stored(s_.graph().kind(s_.reads().root(v))) || s_.graph().type(v).rank() > 2);
           });
  }
  [[nodiscard]] Trace of_operands(std::uint32_t step) const {
    Trace out;
    for (const auto earlier : s_.order().before().of(step))
      out = together(out, traces_[earlier], s_.op(step));
    return out;
  }
  [[nodiscard]] Trace trace_of(ValueId v, NodeId reader) const {
    const NodeId maker = s_.graph().producer(v);
    const auto step = maker.valid() ? s_.order().step(maker) : kNone;
    const bool here = step != kNone && s_.graph().region_of(maker) == s_.graph().region_of(reader);
    return here ? traces_[step] : Trace{};
  }
  /// The product whose weights one operand is, where the other has nothing of them.
  [[nodiscard]] std::uint32_t scores_of(std::uint32_t step) const {
    const NodeId n = s_.node(step);
    const Trace a = trace_of(s_.graph().inputs(n)[0], n), b = trace_of(s_.graph().inputs(n)[1], n);
    if (a.is_weights() == b.is_weights()) return kNone;
    const auto &weights = a.is_weights() ? a : b, &values = a.is_weights() ? b : a;
    return values.product == weights.product && values.stage != Stage::shape ? kNone : weights.product;
  }

  [[nodiscard]] WrittenAttention between(std::uint32_t product, std::uint32_t last) {
    WrittenAttention out{{last}, kNone};
    seen_by_[last] = last;
    for (std::size_t i = 0; i < out.steps.size(); ++i) {
      if (out.steps[i] == product) continue;
      for (const auto earlier : s_.order().before().of(out.steps[i])) {
        if (traces_[earlier].product != product || seen_by_[earlier] == last) continue;
        seen_by_[earlier] = last, out.steps.push_back(earlier);
      }
    }
    std::ranges::sort(out.steps);
    out.outside = reader_outside(out.steps);
    return out;
  }
  [[nodiscard]] std::uint32_t reader_outside(std::span<const std::uint32_t> steps) const {
    for (const auto step : steps.first(steps.size() - 1))
      for (const auto reader : s_.after().of(step))
        if (seen_by_[reader] != steps.back()) return reader;
    return kNone;
  }

  const FusionInput& s_;
  std::vector<Trace> traces_;
  std::vector<std::uint32_t> seen_by_;  // the last step of the attention that it is part of
  std::vector<char> tried_;             // products whose weights have met values
  std::vector<WrittenAttention> out_;
};

}  // namespace

std::vector<WrittenAttention> written_attention(const FusionInput& input) { return Search(input).all(); }

}  // namespace alidade::fusion
