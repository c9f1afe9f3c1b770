#include "window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"

namespace alidade::onnx_file {
namespace {

/// An attribute of one number per spatial dimension, each at least `least`.
std::optional<Spatial> numbers(Call& call, Text name, std::int64_t rank, std::int64_t fallback,
                               std::int64_t least) {
  Spatial out;
  out.rank = rank;
  std::fill_n(out.at.begin(), rank, fallback);
  const auto list = call.integers(name);
  if (!list) return out;
  if (static_cast<std::int64_t>(list->size()) != rank)
    return call.reject(fmt::format("{} has {} entries for {} spatial dimension{}", name, list->size(), rank,
                                   rank == 1 ? "" : "s")),
           std::nullopt;
  for (std::size_t i = 0; i < list->size(); ++i) {
    out.at[i] = (*list)[i];
    if (out.at[i] < least)
      return call.reject(fmt::format("{} holds {}, and at least {} is possible", name, out.at[i], least)),
             std::nullopt;
  }
  return out;
}

void set_pads(Window& w, std::size_t at, __int128 total, bool lower) {
  const auto pads = static_cast<std::int64_t>(std::clamp<__int128>(total, 0, std::int64_t{1} << 40));
  w.pads_begin.at[at] = lower ? pads - pads / 2 : pads / 2;
  w.pads_end.at[at] = pads - w.pads_begin[at];
}
__int128 reach(const Window& w, std::size_t at) {
  return static_cast<__int128>(w.kernel[at] - 1) * w.dilations[at] + 1;
}

/// What SAME padding comes to along one dimension.
__int128 same_padding(const Window& w, std::size_t at, std::int64_t in) {
  const auto out = (in + w.strides[at] - 1) / w.strides[at];
  return static_cast<__int128>(out - 1) * w.strides[at] + reach(w, at) - in;
}

/// Pads of a transposed convolution that make `out` places; what no padding can make is added at the end.
void pads_for(Window& w, std::size_t at, std::int64_t in, std::int64_t out, bool lower) {
  const __int128 unpadded =
      static_cast<__int128>(in - 1) * w.strides[at] + reach(w, at) + w.output_padding[at];
  const __int128 total = unpadded - out;
  set_pads(w, at, total, lower);
  if (total < 0)
    w.output_padding.at[at] += static_cast<std::int64_t>(std::min<__int128>(-total, std::int64_t{1} << 40));
}

/// SAME padding of a size that is not known yet. One less than the window reaches makes as many places as
/// SAME does, whatever the size; only which of them are padding depends on it. A transposed convolution's
/// does not.
void pad_any_size(Window& w, std::size_t at, Direction direction, bool lower) {
  if (direction == Direction::forward)
    set_pads(w, at, reach(w, at) - 1, lower);
  else
    pads_for(w, at, 1, w.strides[at], lower);
}

bool automatic_pads(Call& call, const TensorType& x, Text word, Direction direction, Window& w) {
  const auto stated = call.integers("output_shape");
  if (stated && static_cast<std::int64_t>(stated->size()) < w.rank)
    return call.reject(
               fmt::format("output_shape has {} entries for {} spatial dimensions", stated->size(), w.rank)),
           false;
  const bool same = word.starts_with("SAME"), lower = word == "SAME_LOWER";
  if (same && !stated) w.padding = infer::Padding::same;
  for (std::int64_t i = 0; i < w.rank; ++i) {
    const auto in =
        x.rank() == static_cast<std::size_t>(w.rank) + 2 ? x.dim(static_cast<int>(i) + 2) : std::nullopt;
    const auto at = static_cast<std::size_t>(i);
    if (!in) {
      if (same && !stated) pad_any_size(w, at, direction, lower);
      continue;
    }
    if (direction == Direction::forward && same) set_pads(w, at, same_padding(w, at, *in), lower);
    if (direction == Direction::transposed && (same || stated)) {
      const auto out =
          stated ? (*stated)[stated->size() - static_cast<std::size_t>(w.rank) + at] : *in * w.strides[at];
      pads_for(w, at, *in, out, lower);
    }
  }
  return true;
}

bool read_pads(Call& call, const TensorType& x, Direction direction, Window& w) {
  w.pads_begin.rank = w.pads_end.rank = w.rank;
  const auto list = call.integers("pads");
  if (list && list->size() != static_cast<std::size_t>(2 * w.rank))
    return call.reject(fmt::format("pads has {} entries for {} spatial dimension{}", list->size(), w.rank,
                                   w.rank == 1 ? "" : "s")),
           false;
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if ((*list)[i] < -(std::int64_t{1} << 40) || (*list)[i] > std::int64_t{1} << 40)
      return call.reject(fmt::format("pads holds {}, which no tensor has", (*list)[i])), false;
    const auto half = static_cast<std::size_t>(w.rank);
    (i < half ? w.pads_begin : w.pads_end).at[i % half] = (*list)[i];
  }
  const Text automatic = call.word("auto_pad", "NOTSET");
  if (automatic != "NOTSET" && automatic != "VALID" && !automatic.starts_with("SAME"))
    return call.reject("auto_pad is " + text::quoted(automatic) +
                       "; NOTSET, VALID, SAME_UPPER and SAME_LOWER are possible"),
           false;
  return automatic_pads(call, x, automatic, direction, w);
}

}  // namespace

std::vector<std::int64_t> spatial_sizes(const TensorType& weight) {
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 2; i < weight.rank(); ++i) {
    if (!weight.dims[i].is_known()) return {};
    sizes.push_back(weight.dims[i].size());
  }
  return sizes;
}

namespace {

std::optional<std::int64_t> spatial_rank(Call& call, std::size_t input) {
  if (const auto kernel = call.integers("kernel_shape")) return static_cast<std::int64_t>(kernel->size());
  const auto rank = call.rank(input);
  return rank ? std::optional(*rank - 2) : std::nullopt;
}

}  // namespace

std::optional<Window> read_window(Call& call, std::size_t input, std::span<const std::int64_t> kernel,
                                  Direction direction) {
  Window w;
  const auto rank = kernel.empty() ? spatial_rank(call, input) : static_cast<std::int64_t>(kernel.size());
  if (!rank) return w;
  w.rank = *rank;
  if (w.rank < 1 || w.rank > 3)
    return call.reject(fmt::format("a window over {} spatial dimensions; 1 to 3 are possible", w.rank)),
           std::nullopt;
  const auto strides = numbers(call, "strides", w.rank, 1, 1),
             dilations = numbers(call, "dilations", w.rank, 1, 1);
  const auto stated = numbers(call, "kernel_shape", w.rank, 1, 1),
             out = numbers(call, "output_padding", w.rank, 0, 0);
  if (!strides || !dilations || !stated || !out) return std::nullopt;
  w.strides = *strides, w.dilations = *dilations, w.kernel = *stated, w.output_padding = *out;
  if (!kernel.empty()) {
    if (call.has_attribute("kernel_shape") && !std::equal(kernel.begin(), kernel.end(), w.kernel.at.begin()))
      return call.reject("kernel_shape and the weight's own dimensions differ"), std::nullopt;
    std::copy(kernel.begin(), kernel.end(), w.kernel.at.begin());
  }
  if (!read_pads(call, call.type(input), direction, w)) return std::nullopt;
  return w;
}

ConvAttrs conv_attrs(const Window& w, std::int64_t groups) {
  ConvAttrs a;
  a.strides = w.strides, a.dilations = w.dilations, a.pads_begin = w.pads_begin, a.pads_end = w.pads_end;
  a.output_padding = w.output_padding, a.groups = groups;
  return a;
}

PoolAttrs pool_attrs(const Window& w, std::int64_t ceil_mode) {
  PoolAttrs a;
  a.kernel = w.kernel, a.strides = w.strides, a.pads_begin = w.pads_begin, a.pads_end = w.pads_end;
  a.dilations = w.dilations, a.ceil_mode = ceil_mode;
  return a;
}

std::int64_t read_groups(Call& call) {
  const auto groups = call.integer("group", 1);
  if (groups < 1) call.reject(fmt::format("group is {}, and at least 1 is possible", groups));
  return std::max<std::int64_t>(groups, 1);
}

}  // namespace alidade::onnx_file
