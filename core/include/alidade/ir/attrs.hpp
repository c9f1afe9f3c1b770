#pragma once
#include <array>
#include <cstdint>

#include "alidade/base/ids.hpp"
#include "alidade/ir/op.hpp"

namespace alidade {

/// Integers of any length, kept in the graph's one integer pool; read through Graph::ints().
struct IntList {
  std::uint32_t first = 0, count = 0;
  constexpr bool operator==(const IntList&) const = default;
};

/// Up to three spatial dimensions, in the order of the tensor's own.
struct Spatial {
  std::array<std::int64_t, 3> at{};
  std::int64_t rank = 0;
  constexpr bool operator==(const Spatial&) const = default;
  constexpr std::int64_t operator[](std::size_t i) const { return at[i]; }
};

// Every struct below is flat (no padding, no pointer), names its family and lists its fields once in
// fields(): printing, parsing, comparing and verifying all go through that list.

/// Convolution, inputs x, weight [out, in/groups, kernel...] (transposed: [in, out/groups, kernel...]),
/// bias?. A quantised form carries scale and zero-point operands after these.
struct ConvAttrs {
  static constexpr AttrFamily family = AttrFamily::conv;
  Spatial strides, pads_begin, pads_end, dilations, output_padding;
  std::int64_t groups = 1;
  static void fields(auto&& f) {
    f("strides", &ConvAttrs::strides), f("pads_begin", &ConvAttrs::pads_begin),
        f("pads_end", &ConvAttrs::pads_end);
    f("dilations", &ConvAttrs::dilations), f("output_padding", &ConvAttrs::output_padding);
    f("groups", &ConvAttrs::groups);
  }
};
/// Windowed pooling, input x.
struct PoolAttrs {
  static constexpr AttrFamily family = AttrFamily::pool;
  Spatial kernel, strides, pads_begin, pads_end, dilations;
  std::int64_t ceil_mode = 0;
  static void fields(auto&& f) {
    f("kernel", &PoolAttrs::kernel), f("strides", &PoolAttrs::strides),
        f("pads_begin", &PoolAttrs::pads_begin);
    f("pads_end", &PoolAttrs::pads_end), f("dilations", &PoolAttrs::dilations),
        f("ceil_mode", &PoolAttrs::ceil_mode);
  }
};
/// linear: x, weight, bias?; matmul: a, b, addend?. 1 in transpose_b means the right operand is stored [out,
/// in].
struct MatmulAttrs {
  static constexpr AttrFamily family = AttrFamily::matmul;
  std::int64_t transpose_a = 0, transpose_b = 0;
  static void fields(auto&& f) {
    f("transpose_a", &MatmulAttrs::transpose_a), f("transpose_b", &MatmulAttrs::transpose_b);
  }
};
/// The equation in explicit or implicit form, "bij,bjk->bik".
struct EinsumAttrs {
  static constexpr AttrFamily family = AttrFamily::einsum;
  StringId equation;
  static void fields(auto&& f) { f("equation", &EinsumAttrs::equation); }
};
/// Inputs query, key, value, mask?, past_key?, past_value?; tensors are [B, heads, L, D], or [B, L, heads*D]
/// when packed_heads is 1. kv_heads < heads is grouped-query attention. Projections are operators of their
/// own.
struct AttentionAttrs {
  static constexpr AttrFamily family = AttrFamily::attention;
  std::int64_t heads = 1, kv_heads = 1, causal = 0, packed_heads = 0;
  static void fields(auto&& f) {
    f("heads", &AttentionAttrs::heads), f("kv_heads", &AttentionAttrs::kv_heads);
    f("causal", &AttentionAttrs::causal), f("packed_heads", &AttentionAttrs::packed_heads);
  }
};
/// One recurrent layer: x [seq, batch, in] (batch_first: [batch, seq, in]), weights, biases?, states?. An
/// LSTM's `projection` is how many numbers its hidden state has when they are not its units themselves, else
/// 0.
struct RecurrentAttrs {
  static constexpr AttrFamily family = AttrFamily::recurrent;
  std::int64_t hidden = 0, directions = 1, layers = 1, batch_first = 0, projection = 0;
  static void fields(auto&& f) {
    f("hidden", &RecurrentAttrs::hidden), f("directions", &RecurrentAttrs::directions);
    f("layers", &RecurrentAttrs::layers), f("batch_first", &RecurrentAttrs::batch_first);
    f("projection", &RecurrentAttrs::projection);
  }
};
/// Inputs x, scale?, shift?, mean?, variance?. axis: first normalised dimension (layer, rms), groups for
/// group_norm.
struct NormAttrs {
  static constexpr AttrFamily family = AttrFamily::norm;
  std::int64_t axis = 1, groups = 1, training = 0;
  static void fields(auto&& f) {
    f("axis", &NormAttrs::axis), f("groups", &NormAttrs::groups), f("training", &NormAttrs::training);
  }
};
/// The dimensions worked along, never negative once read; none means all.
struct AxesAttrs {
  static constexpr AttrFamily family = AttrFamily::axes;
  IntList axes;
  std::int64_t keepdims = 0;
  static void fields(auto&& f) { f("axes", &AxesAttrs::axes), f("keepdims", &AxesAttrs::keepdims); }
};
struct PermAttrs {
  static constexpr AttrFamily family = AttrFamily::perm;
  IntList perm;
  static void fields(auto&& f) { f("perm", &PermAttrs::perm); }
};
/// Filled where the file states them as constants; otherwise empty.
struct SliceAttrs {
  static constexpr AttrFamily family = AttrFamily::slice;
  IntList axes, starts, ends, steps;
  static void fields(auto&& f) {
    f("axes", &SliceAttrs::axes), f("starts", &SliceAttrs::starts), f("ends", &SliceAttrs::ends);
    f("steps", &SliceAttrs::steps);
  }
};
/// taps: input elements read per output element and dimension (nearest 1, linear 2, cubic 4). antialias:
/// where a dimension shrinks, the filter is stretched by as much; axis_taps has the taps of every dimension
/// then, where the file states its scales, and is empty where the sizes say them.
struct ResizeAttrs {
  static constexpr AttrFamily family = AttrFamily::resize;
  std::int64_t taps = 1, antialias = 0;
  IntList axis_taps;
  static void fields(auto&& f) {
    f("taps", &ResizeAttrs::taps), f("antialias", &ResizeAttrs::antialias);
    f("axis_taps", &ResizeAttrs::axis_taps);
  }
};
/// Bounds of a clip where they are constants (relu6 is 0..6); infinite otherwise.
struct ClipAttrs {
  static constexpr AttrFamily family = AttrFamily::clip;
  double low = -__builtin_inf(), high = __builtin_inf();
  static void fields(auto&& f) { f("low", &ClipAttrs::low), f("high", &ClipAttrs::high); }
};
/// axis < 0: one scale for the whole tensor; block > 0: one scale per block of that many elements along axis.
struct QuantAttrs {
  static constexpr AttrFamily family = AttrFamily::quant;
  std::int64_t axis = -1, block = 0;
  static void fields(auto&& f) { f("axis", &QuantAttrs::axis), f("block", &QuantAttrs::block); }
};
/// reduction: 0 overwrite, 1 add, 2 multiply, 3 minimum, 4 maximum.
struct ScatterAttrs {
  static constexpr AttrFamily family = AttrFamily::scatter;
  std::int64_t axis = 0, reduction = 0;
  static void fields(auto&& f) { f("axis", &ScatterAttrs::axis), f("reduction", &ScatterAttrs::reduction); }
};
/// Trip count of a loop or scan; -1 when only the data decide it, which then is from `least` to `most` trips
/// (-1: as many as they want). See trips_of.
struct LoopAttrs {
  static constexpr AttrFamily family = AttrFamily::loop;
  std::int64_t trips = -1, least = 0, most = -1;
  static void fields(auto&& f) {
    f("trips", &LoopAttrs::trips), f("least", &LoopAttrs::least), f("most", &LoopAttrs::most);
  }
};
/// Why the tensors of an opaque operator do not bound its work; 0: they do.
enum class Unbounded : std::int64_t {
  no,
  weights,  ///< it holds weights, tables or trees that are no operands of it
  graphs,   ///< it runs graphs that are no regions of it
  trips,    ///< it repeats what it does as often as the data decide
  stored,   ///< it holds weights, and they are operands of it: what it does with them is not known
};
struct OpaqueAttrs {
  static constexpr AttrFamily family = AttrFamily::opaque;
  std::int64_t unbounded = 0;  ///< an Unbounded
  static void fields(auto&& f) { f("unbounded", &OpaqueAttrs::unbounded); }
};

}  // namespace alidade
