// covers: core/sdk/ir/work/* core/sdk/infer/shapes/*
// The cost table and the shape functions, each with an operator that the input draws: whatever nonsense it
// is, a count, a refusal or "unknown"; where it is sense, what sums of 128 bits come to by another way, or a
// refusal where that does not fit 63.
#include <vector>

#include "alidade/infer/shapes.hpp"
#include "alidade/ir/bind.hpp"
#include "draws.hpp"
#include "harness.hpp"
#include "nonsense.hpp"

namespace alidade::fuzz {
namespace {

using Wide = __int128;
using Sizes = std::vector<std::int64_t>;
constexpr Wide kMost = INT64_MAX;

/// Some product of sizes that may be anything up to 2^63; no more, so that three of them fit 128 bits only as
/// long as they are stopped in time.
constexpr Wide kStop = static_cast<Wide>(1) << 100;
Wide times(Wide a, Wide b) { return a == 0 || b == 0 ? 0 : a > kStop / b ? kStop : a * b; }
Wide product(const Sizes& sizes) {
  Wide all = 1;
  for (const auto size : sizes) all = times(all, size);
  return all;
}
Wide floored(Wide a, Wide b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

struct Stored {
  Dtype dtype;
  int bits;
};
constexpr Stored kTypes[] = {
    {Dtype::f32, 32}, {Dtype::f16, 16}, {Dtype::i8, 8}, {Dtype::f64, 64}, {Dtype::i4, 4}};
Wide bytes_of(const Sizes& sizes, const Stored& type) {
  return floored(times(product(sizes), type.bits) + 7, 8);
}

/// One operator with operands that fit it, and what it has to come to.
class Case {
 public:
  explicit Case(Draws& draws) : draws_(draws), large_(draws.roll(0, 2) == 0) {}

  std::int64_t size() {
    if (!large_) return draws_.roll(0, 9);
    const auto power = draws_.roll(0, 44);
    return std::max<std::int64_t>(1, (std::int64_t{1} << power) - draws_.roll(0, 1));
  }
  Sizes shape(std::int64_t least, std::int64_t most) {
    Sizes out(static_cast<std::size_t>(draws_.roll(least, most)));
    for (auto& each : out) each = size();
    return out;
  }
  void operand(const Sizes& sizes) {
    const bool weight = draws_.roll(0, 1) == 1;
    const auto& type = draws_.one_of(kTypes);
    inputs_.push_back(
        builder_.value(weight ? ValueKind::parameter : ValueKind::input, "", type_of(sizes, type.dtype)));
    (weight ? weight_bytes : input_bytes) += bytes_of(sizes, type);
    too_large_ = too_large_ || product(sizes) > kMost;
  }
  template <class A>
  void made(Op op, const A& attrs, const Sizes& result) {
    const auto& type = draws_.one_of(kTypes);
    const NodeId n = builder_.node(op, "strange", "", inputs_);
    if constexpr (!std::is_same_v<A, std::nullptr_t>) builder_.attrs(n, attrs);
    builder_.output(builder_.result("y", type_of(result, type.dtype)));
    output_bytes = bytes_of(result, type);
    too_large_ = too_large_ || product(result) > kMost;
  }
  void check() {
    const auto graph = builder_.finish();
    promise(graph.has_value(), "the operator can be built");
    const auto w = work(*graph, NodeId(0));
    if (!w) return promise(does_not_fit(), "what fits 63 bits is counted");
    const auto is = [](std::uint64_t counted, Wide reference) {
      return static_cast<Wide>(counted) == reference;
    };
    promise(w->certainty == Certainty::exact, "what is known is exact");
    promise(is(w->macs.value, macs) && is(w->flops.value, 2 * macs + steps), "the work is what it comes to");
    promise(is(w->input.value, input_bytes) && is(w->weight.value, weight_bytes) &&
                is(w->output.value, output_bytes),
            "the bytes are what they come to");
  }
  [[nodiscard]] GraphBuilder& builder() { return builder_; }

  Wide macs = 0, steps = 0, input_bytes = 0, weight_bytes = 0, output_bytes = 0;

 private:
  TypeId type_of(const Sizes& sizes, Dtype dtype) {
    std::vector<Dim> dims;
    for (const auto each : sizes) dims.emplace_back(each);
    return builder_.type(dtype, dims);
  }
  [[nodiscard]] bool does_not_fit() const {
    for (const Wide figure : {2 * macs + steps, input_bytes + weight_bytes + output_bytes})
      if (figure > kMost) return true;
    return too_large_;
  }

  Draws& draws_;
  bool large_, too_large_ = false;
  GraphBuilder builder_;
  std::vector<ValueId> inputs_;
};

/// What a shape function says is what it must be; it may not know what does not fit 63 bits.
void check_shape(const Result<infer::Shape>& said, const std::vector<Wide>& reference) {
  bool possible = true;
  for (const Wide size : reference) possible = possible && size >= 0 && size <= kMost;
  if (!said) return promise(!possible, "a shape that is possible is found");
  if (!*said) return promise(!possible, "a shape that is possible is known");
  promise((*said)->size() == reference.size(), "a shape has the rank that it must have");
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const Dim dim = (**said)[i];
    if (dim.is_known())
      promise(static_cast<Wide>(dim.size()) == reference[i], "a size is what it comes to");
    else
      promise(!possible, "a size that fits is known");
  }
}
infer::Shape shape_of(const Sizes& sizes) {
  std::vector<Dim> dims;
  for (const auto each : sizes) dims.emplace_back(each);
  return dims;
}
std::vector<Wide> wide(const Sizes& sizes) { return {sizes.begin(), sizes.end()}; }

/// Rows by columns: each row of x meets each column once.
void product_of(Draws& draws) {
  Case c(draws);
  const auto batch = c.shape(0, 2);
  const auto rows = c.size(), inner = c.size(), columns = c.size();
  const bool turned = draws.roll(0, 1) == 1;
  auto x = batch, y = batch;
  x.insert(x.end(), {rows, inner}), y.insert(y.end(), {rows, columns});
  const Sizes w = turned ? Sizes{columns, inner} : Sizes{inner, columns};
  const MatmulAttrs attrs{.transpose_b = turned ? 1 : 0};
  c.operand(x), c.operand(w);
  const Wide column = times(columns, inner);
  c.macs = times(times(product(batch), rows), column);
  c.made(Op::matmul, attrs, y);
  Bindings none;
  infer::Sizes sizes(c.builder(), none);
  check_shape(infer::matmul(sizes, shape_of(x), shape_of(w), attrs), wide(y));
  c.check();
}

/// The last place of a window is where it still fits in.
Wide places(Wide in, Wide begin, Wide end, Wide reach, Wide stride) {
  return floored(in + begin + end - reach, stride) + 1;
}

/// Group by group: each place of the result meets each tap of each channel of its group.
void convolution(Draws& draws) {
  Case c(draws);
  const auto rank = static_cast<std::size_t>(draws.roll(1, 3));
  const auto groups = draws.roll(1, 4), inner = c.size(), outer = c.size(), batch = c.size();
  ConvAttrs a;
  a.groups = groups;
  for (auto* s : {&a.strides, &a.dilations, &a.pads_begin, &a.pads_end})
    s->rank = static_cast<std::int64_t>(rank);
  Wide channels = static_cast<Wide>(inner) * groups, filters = static_cast<Wide>(outer) * groups;
  if (channels > kMost || filters > kMost) return;
  Sizes x{batch, static_cast<std::int64_t>(channels)}, w{static_cast<std::int64_t>(filters), inner};
  std::vector<Wide> y{batch, filters};
  Wide taps = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    const auto kernel = std::max<std::int64_t>(1, c.size());
    a.strides.at[i] = draws.roll(1, 4), a.dilations.at[i] = draws.roll(1, 3);
    a.pads_begin.at[i] = draws.roll(0, 2), a.pads_end.at[i] = draws.roll(0, 2);
    x.push_back(c.size()), w.push_back(kernel);
    const Wide reach = static_cast<Wide>(a.dilations[i]) * (kernel - 1) + 1;
    y.push_back(places(x.back(), a.pads_begin[i], a.pads_end[i], reach, a.strides[i]));
    taps = times(taps, kernel);
  }
  Bindings none;
  infer::Sizes sizes(c.builder(), none);
  check_shape(infer::conv(sizes, shape_of(x), shape_of(w), a), y);
  Sizes result;
  for (const Wide each : y) {
    if (each < 0 || each > kMost) return;
    result.push_back(static_cast<std::int64_t>(each));
  }
  c.operand(x), c.operand(w);
  const Wide positions = times(batch, product(Sizes(result.begin() + 2, result.end())));
  for (std::int64_t g = 0; g < groups; ++g) c.macs += times(times(positions, outer), times(inner, taps));
  c.made(Op::conv, a, result);
  c.check();
}

/// One step for each element of the result.
void element_by_element(Draws& draws) {
  static constexpr Op kOne[] = {Op::relu, Op::exp, Op::sqrt, Op::abs, Op::neg},
                      kTwo[] = {Op::add, Op::mul, Op::sub};
  Case c(draws);
  const auto y = c.shape(0, 4);
  const bool two = draws.roll(0, 1) == 1;
  c.operand(y);
  auto other = y;
  for (auto& size : other)
    if (draws.roll(0, 3) == 0) size = 1;
  if (two) c.operand(other);
  c.steps = product(y);
  Bindings none;
  infer::Sizes sizes(c.builder(), none);
  check_shape(infer::broadcast(sizes, shape_of(y), shape_of(other)), wide(y));
  c.made(two ? draws.one_of(kTwo) : draws.one_of(kOne), nullptr, y);
  c.check();
}

/// Every element is added once.
void reduction(Draws& draws) {
  Case c(draws);
  const auto x = c.shape(1, 4);
  Sizes axes, kept;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (draws.roll(0, 1) == 0)
      axes.push_back(static_cast<std::int64_t>(i));
    else
      kept.push_back(x[i]);
  if (axes.empty()) return;
  check_shape(infer::reduce(shape_of(x), axes, false), wide(kept));
  c.operand(x);
  c.steps = product(x);
  const AxesAttrs attrs{.axes = c.builder().ints(axes)};
  c.made(Op::reduce_sum, attrs, kept);
  c.check();
}

/// As ONNX takes a slice: as Python does, but that a start before the first element is the first, backwards
/// too.
void sliced(Draws& draws) {
  Case c(draws);
  const auto near = [&](std::int64_t size) {
    return draws.roll(0, 5) == 0 ? c.size() - size : draws.roll(-12, 12);
  };
  const auto size = std::max<std::int64_t>(1, c.size()), start = near(size), end = near(size);
  auto step = draws.roll(-4, 4);
  if (step == 0) step = 5;
  const auto clip = [&](Wide at, Wide low, Wide high) {
    if (at < 0) at += size;
    return std::clamp<Wide>(at, low, high);
  };
  const Wide least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
  const Wide from = clip(start, 0, std::max<Wide>(0, most)), to = clip(end, least, std::max(least, most));
  const Wide length = std::max<Wide>(
      0, step > 0 ? floored(to - from + step - 1, step) : floored(from - to - step - 1, -step));
  Bindings none;
  infer::Sizes sizes(c.builder(), none);
  using infer::Number;
  const auto said =
      infer::slice_length(sizes, Number::of(size), Number::of(start), Number::of(end), Number::of(step));
  promise(said.is_number() && static_cast<Wide>(said.whole) == length, "a slice is as long as ONNX says");
}

void nonsense(Draws& draws) {
  const Op op = static_cast<Op>(draws.roll(0, op_count() - 1));
  tests::Nonsense drawn(draws);
  const Graph graph = drawn.graph(op);
  promise(tests::is_sensible(graph, NodeId(0)), "a count is sensible, or refused by the node's name");
  (void)work(graph, NodeId(0), CausalCount::seen);
  (void)work_as(graph, NodeId(0), static_cast<Op>(draws.roll(0, op_count() - 1)));
}

}  // namespace

void try_bytes(std::string_view bytes) {
  static constexpr void (*kTrials[])(Draws&) = {nonsense,           product_of, convolution,
                                                element_by_element, reduction,  sliced};
  Draws draws(bytes);
  draws.one_of(kTrials)(draws);
}

Seeds seeds_of(const std::string& path) {
  Seeds seeds;
  for (char trial = 0; path.empty() && trial < 6; ++trial)
    for (const auto* fill : {"\x01\x02\x03\x04", "\x2a\x07", "\xff"})
      seeds.push_back(std::string(1, trial) + nested(fill, 40));
  return seeds;
}

}  // namespace alidade::fuzz
