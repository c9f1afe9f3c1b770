// Convolutions with any dimension numbers. The table knows one layout, [batch, channels, spatial...] by [out,
// in, window...]: views, which cost nothing, lead to it and back. A dilated input is a transposed
// convolution; groups of the batch are groups of channels.
#include "convolution.hpp"

#include <algorithm>

namespace alidade::stablehlo {
namespace {

constexpr std::size_t kMostSpatial = 3;

std::vector<Dim> sizes(const Shape& shape, const Layout& layout) {
  std::vector<Dim> out{(*shape)[static_cast<std::size_t>(layout.first)],
                       (*shape)[static_cast<std::size_t>(layout.second)]};
  for (const auto d : layout.spatial) out.push_back((*shape)[static_cast<std::size_t>(d)]);
  return out;
}

Spatial spatial(const Integers& numbers) {
  Spatial s;
  s.rank = static_cast<std::int64_t>(numbers.size());
  std::ranges::copy(numbers, s.at.begin());
  return s;
}

/// A quotient that comes out even; rejected otherwise.
Dim divided(Call& call, Dim size, std::int64_t by, std::string_view what) {
  const auto quotient = call.types().sizes.exact_quotient(Number::of(size), Number::of(by));
  if (size.is_known() && size.size() % by != 0)
    call.reject("has " + std::to_string(size.size()) + " " + std::string(what) + ", which do not make " +
                std::to_string(by) + " groups of one size");
  return quotient.as_dim();
}
Dim times(Call& call, Dim size, std::int64_t by) {
  return call.types().sizes.multiply(Number::of(size), Number::of(by)).as_dim();
}

/// A convolution on its way to the table's layout.
struct Convolution {
  ConvolutionNumbers numbers;
  ConvolutionWindow window;
  std::int64_t groups = 1, batch_groups = 1;
  std::vector<Dim> x, kernel, y;  ///< [batch, channels, ...], [out, in, ...], [batch, channels, ...]
  [[nodiscard]] bool is_transposed() const {
    const auto one = [](std::int64_t n) { return n == 1; };
    return !std::ranges::all_of(window.input_dilation, one) && std::ranges::all_of(window.strides, one);
  }
};

/// Groups of the batch: each makes some of the channels, as groups of channels do.
void merge_batch_groups(Call& call, Convolution& c) {
  if (c.batch_groups == 1) return;
  c.x[0] = divided(call, c.x[0], c.batch_groups, "batch entries");
  c.x[1] = times(call, c.x[1], c.batch_groups);
  c.groups = c.batch_groups;
}

/// Elements between those of the input, where a stride keeps it from being a transposed convolution.
ValueId spread(Call& call, Convolution& c, ValueId x, Dtype dtype) {
  for (std::size_t i = 0; i < c.window.input_dilation.size(); ++i) {
    auto& dilation = c.window.input_dilation[i];
    if (dilation == 1) continue;
    auto& s = call.types().sizes;
    const Number gaps =
        s.multiply(s.subtract(Number::of(c.x[i + 2]), Number::of(std::int64_t{1})), Number::of(dilation));
    c.x[i + 2] = s.add(gaps, Number::of(std::int64_t{1})).as_dim();
    dilation = 1;
  }
  return call.step(Op::pad, {x}, call.types().make(dtype, c.x), "dilated");
}

/// Padding that the program computes, before the convolution.
ValueId padded(Call& call, Convolution& c, ValueId x, Dtype dtype) {
  auto& s = call.types().sizes;
  for (std::size_t i = 2; i < c.x.size(); ++i) {
    const Number both = s.add(c.window.open[2 * i - 4], c.window.open[2 * i - 3]);
    c.x[i] = s.add(Number::of(c.x[i]), both).as_dim();
  }
  return call.step(Op::pad, {x}, call.types().make(dtype, c.x), "padded");
}

/// [out, in, window...] of a plain convolution is [in, out, window...] of a transposed one.
void turn_kernel(Call& call, Convolution& c) {
  const Dim made = c.kernel[0], taken = c.kernel[1];
  c.kernel[0] = times(call, taken, c.groups);
  c.kernel[1] = divided(call, made, c.groups, "filters");
}

ConvAttrs attributes(const Convolution& c, bool transposed) {
  ConvAttrs a;
  a.strides = spatial(transposed ? c.window.input_dilation : c.window.strides);
  a.dilations = spatial(c.window.kernel_dilation);
  a.groups = c.groups;
  Integers begin = c.window.low, end = c.window.high;
  for (std::size_t i = 0; transposed && i < begin.size(); ++i) {
    const auto window = c.kernel[i + 2].is_known() ? c.kernel[i + 2].size() : 1;
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(c.window.kernel_dilation[i], window - 1, &reach)) reach = 0;
    (void)__builtin_sub_overflow(reach, begin[i], &begin[i]);
    (void)__builtin_sub_overflow(reach, end[i], &end[i]);
  }
  a.pads_begin = spatial(begin), a.pads_end = spatial(end);
  a.output_padding = spatial(Integers(begin.size(), 0));
  return a;
}

/// The places that windows make: (size dilated and padded - window) / stride + 1.
Dim places(Call& call, const Convolution& c, std::size_t i) {
  auto& s = call.types().sizes;
  const auto dilated = [&](Dim size, std::int64_t by) {
    const Number gaps = s.multiply(s.subtract(Number::of(size), Number::of(std::int64_t{1})), Number::of(by));
    return s.add(gaps, Number::of(std::int64_t{1}));
  };
  if (c.x[i + 2].is_known() && c.x[i + 2].size() == 0) return {};
  const auto& open = c.window.open;
  const Number low = open.empty() ? Number::of(c.window.low[i]) : open[2 * i],
               high = open.empty() ? Number::of(c.window.high[i]) : open[2 * i + 1];
  const Number whole = s.add(dilated(c.x[i + 2], c.window.input_dilation[i]), s.add(low, high));
  const Number room = s.subtract(whole, dilated(c.kernel[i + 2], c.window.kernel_dilation[i]));
  if (room.is_number() && room.whole < 0) return Dim(0);
  return s.add(s.floor_divide(room, Number::of(c.window.strides[i])), Number::of(std::int64_t{1})).as_dim();
}

/// What the operands make of the result, at the places where the file has it.
void settle(Call& call, const Convolution& c) {
  std::vector<Dim> made(call.result(0).rank());
  made[static_cast<std::size_t>(c.numbers.output.first)] = c.x[0];
  made[static_cast<std::size_t>(c.numbers.output.second)] = c.kernel[0];
  for (std::size_t i = 0; i < c.numbers.output.spatial.size(); ++i)
    made[static_cast<std::size_t>(c.numbers.output.spatial[i])] = places(call, c, i);
  call.settle(0, Shape(made));
}

/// No spatial dimension is one of size 1.
void add_spatial(Convolution& c) {
  if (c.x.size() > 2) return;
  for (auto* dims : {&c.x, &c.kernel, &c.y}) dims->emplace_back(1);
  auto& w = c.window;
  w.strides = w.input_dilation = w.kernel_dilation = {1}, w.low = w.high = {0};
}

/// Whether every element of the input meets fewer places of the result than the window has taps: so it is in
/// the gradient of a transposed convolution's weight, where the window is as large as an image.
bool window_is_larger(const Convolution& c) {
  const auto one = [](std::int64_t n) { return n == 1; };
  if (!c.is_transposed() || c.groups != 1 || !std::ranges::all_of(c.window.kernel_dilation, one))
    return false;
  double window = 1, made = 1;
  for (std::size_t i = 2; i < c.y.size(); ++i) {
    if (!c.y[i].is_known() || !c.kernel[i].is_known()) return false;
    window *= static_cast<double>(c.kernel[i].size()), made *= static_cast<double>(c.y[i].size());
  }
  return made < window;
}

/// Input and kernel in each other's place: the input becomes the window, dilated as it was.
void exchange(Convolution& c) {
  std::swap(c.x, c.kernel), std::swap(c.y[0], c.y[1]);
  std::swap(c.window.input_dilation, c.window.kernel_dilation);
  for (std::size_t i = 0; i < c.window.low.size(); ++i) {
    const std::int64_t last = c.y[i + 2].size() - 1;
    (void)__builtin_sub_overflow(last, c.window.low[i], &c.window.low[i]);
    (void)__builtin_sub_overflow(last, c.window.high[i], &c.window.high[i]);
  }
}

void emit(Call& call, Convolution& c) {
  const bool exchanged = window_is_larger(c);
  if (exchanged) exchange(c);
  const std::size_t first = exchanged ? 1 : 0, second = 1 - first;
  const auto dtype = [&](std::size_t i) { return call.type(i).dtype; };
  ValueId x = call.view(call.in(first), call.held(first).type, call.types().make(dtype(first), c.x), "input");
  const bool transposed = c.is_transposed();
  const bool spreads =
      !transposed && std::ranges::any_of(c.window.input_dilation, [](auto d) { return d > 1; });
  if (spreads) x = spread(call, c, x, dtype(first));
  if (!c.window.open.empty()) x = padded(call, c, x, dtype(first));
  if (transposed) turn_kernel(call, c);
  const ValueId kernel = call.view(call.in(second), call.held(second).type,
                                   call.types().make(dtype(second), c.kernel), "kernel");
  const Op op = transposed ? Op::conv_transpose : Op::conv;
  const auto attrs = attributes(c, transposed);
  const TypeId made = call.types().make(call.result(0).dtype, c.y);
  if (made == call.result_type(0) && !exchanged) return void(call.emit(op, {x, kernel}, attrs));
  const ValueId result = call.step(op, {x, kernel}, made, "product", attrs);
  call.emit(Op::reshape, {result});
}

void convolution(Call& call) {
  Convolution c;
  c.numbers = convolution_numbers(call);
  if (call.failed()) return;
  const auto rank = c.numbers.input.spatial.size();
  c.window = convolution_window(call, rank);
  c.groups = call.integer({"feature_group_count"}, 1),
  c.batch_groups = call.integer({"batch_group_count"}, 1);
  if (call.failed()) return;
  if (c.groups < 1 || c.batch_groups < 1 || (c.groups > 1 && c.batch_groups > 1))
    return call.reject("has " + std::to_string(c.groups) + " groups of features and " +
                           std::to_string(c.batch_groups) + " of the batch",
                       "one of both is 1, and none is less");
  const bool turned = !c.window.open.empty() && c.is_transposed();  // its padding is one of the result
  if (rank > kMostSpatial || turned) {
    call.reading().note_opaque(call.name());
    return call.opaque();
  }
  c.x = sizes(call.shape(0), c.numbers.input), c.kernel = sizes(call.shape(1), c.numbers.kernel);
  merge_batch_groups(call, c);
  if (call.failed()) return;
  const Dim taken = times(call, c.kernel[1], c.groups);
  if (taken.is_known() && c.x[1].is_known() && taken.size() != c.x[1].size())
    return call.reject("has an input of " + std::to_string(c.x[1].size()) +
                       " features, and its kernel takes " + std::to_string(c.kernel[1].size()) +
                       " in each of " + std::to_string(c.groups) + " groups");
  settle(call, c);
  if (call.failed()) return;
  c.y = sizes(call.types().shape(call.result_type(0)), c.numbers.output);
  add_spatial(c);
  emit(call, c);
}

/// With its padding in an operand; where the data decide it, nothing is known of the convolution.
void dynamic_convolution(Call& call) {
  if (call.literal(2) != nullptr) return convolution(call);
  call.reading().note_opaque(call.name());
  call.opaque();
}

constexpr Rule kRules[] = {
    {"stablehlo.convolution", Op::conv, 2, convolution},
    {"stablehlo.dynamic_conv", Op::conv, 3, dynamic_convolution},
};

}  // namespace

std::span<const Rule> convolution_rules() { return kRules; }

}  // namespace alidade::stablehlo
