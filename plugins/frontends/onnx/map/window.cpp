#include "window.hpp"

#include <fmt/format.h>

#include <algorithm>

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

/// What SAME padding comes to along one dimension.
std::int64_t same_padding(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  const auto out = (in + stride - 1) / stride;
  const __int128 needed =
      static_cast<__int128>(out - 1) * stride + static_cast<__int128>(kernel - 1) * dilation + 1 - in;
  return static_cast<std::int64_t>(std::clamp<__int128>(needed, 0, std::int64_t{1} << 40));
}

void automatic_pads(const TensorType& x, bool lower, Window& w) {
  for (std::int64_t i = 0; i < w.rank; ++i) {
    const auto in = x.dim(static_cast<int>(i) + 2);
    const auto at = static_cast<std::size_t>(i);
    if (!in || x.rank() != static_cast<std::size_t>(w.rank) + 2) continue;
    const auto total = same_padding(*in, w.kernel[at], w.strides[at], w.dilations[at]);
    w.pads_begin.at[at] = lower ? total - total / 2 : total / 2;
    w.pads_end.at[at] = total - w.pads_begin[at];
  }
}

bool read_pads(Call& call, const TensorType& x, bool transposed, Window& w) {
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
  if (automatic.starts_with("SAME") && !transposed)
    automatic_pads(x, automatic == "SAME_LOWER", w);
  else if (automatic != "NOTSET" && automatic != "VALID" && !automatic.starts_with("SAME"))
    return call.reject("auto_pad is " + text::quoted(automatic) +
                       "; NOTSET, VALID, SAME_UPPER and SAME_LOWER are possible"),
           false;
  return true;
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

std::int64_t spatial_rank(Call& call, std::size_t input, std::size_t weight) {
  if (const auto kernel = call.integers("kernel_shape")) return static_cast<std::int64_t>(kernel->size());
  for (const auto i : {weight, input})
    if (const auto rank = call.rank(i)) return *rank - 2;
  return 0;
}

std::optional<Window> read_window(Call& call, std::size_t input, std::span<const std::int64_t> kernel,
                                  bool transposed) {
  Window w;
  w.rank = kernel.empty() ? spatial_rank(call, input, input) : static_cast<std::int64_t>(kernel.size());
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
  if (!read_pads(call, call.type(input), transposed, w)) return std::nullopt;
  return w;
}

ConvAttrs conv_attrs(const Window& w, std::int64_t groups) {
  ConvAttrs a;
  a.strides = w.strides, a.dilations = w.dilations, a.pads_begin = w.pads_begin, a.pads_end = w.pads_end;
  a.output_padding = w.output_padding, a.groups = groups;
  return a;
}

std::int64_t read_groups(Call& call) {
  const auto groups = call.integer("group", 1);
  if (groups < 1) call.reject(fmt::format("group is {}, and at least 1 is possible", groups));
  return std::max<std::int64_t>(groups, 1);
}

}  // namespace alidade::onnx_file
