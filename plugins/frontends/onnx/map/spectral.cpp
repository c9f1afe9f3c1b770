// Fourier transforms.
#include <array>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

/// Points along one axis; up to operator set 19 it is an attribute.
void map_dft(Call& call) {
  const auto rank = call.rank(0);
  std::optional<std::int64_t> axis = call.opset() < 20 ? call.integer("axis", 1) : -2;
  if (call.has(2)) {
    const auto stated = call.stated(2);
    axis = stated && stated->size() == 1 ? std::optional((*stated)[0]) : std::nullopt;
  }
  std::vector<std::int64_t> axes;
  if (axis) axes = {call.axis(*axis, rank)};
  call.emit(Op::fft, {call.in(0)});
  call.attrs(AxesAttrs{call.list(axes), 0});
}

/// How a signal [batch, length] or [batch, length, 1 or 2] is cut into windows.
struct Windows {
  Dim batch, length, frames, points, width;  ///< width: 1 for real numbers, 2 for complex ones

  [[nodiscard]] TypeId signal(Call& call) const { return type(call, std::array{batch, length, width}); }
  [[nodiscard]] TypeId each(Call& call) const { return type(call, std::array{batch, frames, points, width}); }
  static TypeId type(Call& call, std::span<const Dim> dims) { return call.types().make(call.dtype(0), dims); }
};
Windows windows_of(Call& call) {
  const TensorType x = call.type(0), y = call.types()[call.out_type(0)];
  Windows w{x.dims[0], x.dims[1], {}, frame_length(call).as_dim(), x.rank() > 2 ? x.dims[2] : Dim(1)};
  if (y.ranked && y.rank() == 4) w.frames = y.dims[1];
  return w;
}

/// Overlapping windows of the signal, times the window's numbers, and a transform of each.
void map_stft(Call& call) {
  const auto rank = call.rank(0);
  if (rank != 2 && rank != 3) return map_plain(call);
  const Windows w = windows_of(call);
  ValueId x = call.in(0);
  if (rank == 2) x = call.step(Op::reshape, "signal", {x}, w.signal(call));
  ValueId each = call.step(Op::expand, "windows", {x}, w.each(call));
  if (call.has(2)) {
    const TypeId column = call.types().make(call.dtype(2), std::array{w.points, Dim(1)});
    const ValueId window = call.step(Op::reshape, "window", {call.in(2)}, column);
    each = call.step(Op::mul, "windowed", {each, window}, w.each(call));
  }
  call.last(Op::fft, "transform", {each});
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{2}), 0});
}

constexpr std::array kRules{
    Rule{"DFT", &map_dft, Op::fft, 1, &infer_dft},
    Rule{"STFT", &map_stft, Op::fft, 2, &infer_stft, "reshape, expand, mul, fft"},
};

}  // namespace

std::span<const Rule> spectral_rules() { return kRules; }

}  // namespace alidade::onnx_file
