// The dimension numbers and the window of a convolution, as both forms of the text state them.
#include <algorithm>
#include <string>

#include "convolution.hpp"

namespace alidade::stablehlo {
namespace {

/// A letter is a dimension of its own, a number a spatial one.
bool read_layout(const Attribute& list, char first, char second, Layout& out) {
  out.spatial.assign(list.elements.size() < 2 ? 0 : list.elements.size() - 2, -1);
  for (std::size_t at = 0; at < list.elements.size(); ++at) {
    const auto& e = list.elements[at];
    const auto place = static_cast<std::int64_t>(at);
    if (e.kind == AttributeKind::integer) {
      if (e.integer < 0 || e.integer >= static_cast<std::int64_t>(out.spatial.size())) return false;
      out.spatial[static_cast<std::size_t>(e.integer)] = place;
    } else if (e.text.size() == 1 && e.text[0] == first) {
      out.first = place;
    } else if (e.text.size() == 1 && e.text[0] == second) {
      out.second = place;
    } else {
      return false;
    }
  }
  return out.first >= 0 && out.second >= 0 &&
         std::ranges::find(out.spatial, std::int64_t{-1}) == out.spatial.end();
}

/// #stablehlo.conv<raw input_batch_dimension = 0, ...>
bool read_fields(Call& call, const Fields& fields, ConvolutionNumbers& out) {
  const auto number = [&](std::string_view name, std::int64_t& to) {
    const auto* a = find(fields, name);
    if (a != nullptr && a->kind == AttributeKind::integer) to = a->integer;
    return a != nullptr;
  };
  const auto list = [&](std::string_view name, Integers& to) {
    if (const auto* a = find(fields, name)) to = call.integers_of(*a);
  };
  list("input_spatial_dimensions", out.input.spatial), list("kernel_spatial_dimensions", out.kernel.spatial);
  list("output_spatial_dimensions", out.output.spatial);
  return number("input_batch_dimension", out.input.first) &&
         number("input_feature_dimension", out.input.second) &&
         number("kernel_output_feature_dimension", out.kernel.first) &&
         number("kernel_input_feature_dimension", out.kernel.second) &&
         number("output_batch_dimension", out.output.first) &&
         number("output_feature_dimension", out.output.second);
}

bool covers(Call& call, const Layout& layout, std::size_t rank) {
  Integers all = layout.spatial;
  all.push_back(layout.first), all.push_back(layout.second);
  return all.size() == rank && call.are_dimensions(all, rank);
}

}  // namespace

ConvolutionNumbers convolution_numbers(Call& call) {
  ConvolutionNumbers out;
  const auto* a = call.attribute({"dimension_numbers", "dim_numbers"});
  bool read = false;
  if (a != nullptr && a->elements.size() == 3)
    read = read_layout(a->elements[0], 'b', 'f', out.input) &&
           read_layout(a->elements[1], 'o', 'i', out.kernel) &&
           read_layout(a->elements[2], 'b', 'f', out.output);
  else
    read = read_fields(call, a != nullptr ? a->fields : call.operation().attributes, out);
  if (call.failed()) return out;
  if (!read) {
    call.reject("has no dimension numbers that name each dimension once",
                "they are written as [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]");
    return out;
  }
  if (!covers(call, out.input, call.rank(0)) || !covers(call, out.kernel, call.rank(1)) ||
      !covers(call, out.output, call.result(0).rank()))
    call.reject("has dimension numbers that do not fit the ranks of its tensors");
  return out;
}

ConvolutionWindow convolution_window(Call& call, std::size_t rank) {
  ConvolutionWindow w;
  const auto* window = call.attribute({"window"});
  const auto list = [&](std::string_view pretty, Names generic, std::int64_t otherwise, std::size_t length) {
    const auto* a = window != nullptr ? find(window->fields, pretty) : nullptr;
    Integers numbers = a != nullptr ? call.integers_of(*a) : call.integers(generic).value_or(Integers());
    if (numbers.empty()) numbers.assign(length, otherwise);
    if (numbers.size() != length && !call.failed())
      call.reject("has a window of " + std::to_string(numbers.size()) + " entries for " +
                  std::to_string(rank) + " spatial dimensions");
    numbers.resize(length, otherwise);
    return numbers;
  };
  w.strides = list("stride", {"window_strides"}, 1, rank);
  w.input_dilation = list("lhs_dilate", {"lhs_dilation"}, 1, rank);
  w.kernel_dilation = list("rhs_dilate", {"rhs_dilation"}, 1, rank);
  const auto* stated = call.base() == "dynamic_conv" ? call.literal(2) : nullptr;
  if (stated != nullptr && !stated->all_numbers()) w.open = stated->elements;
  Integers pads = !w.open.empty()     ? Integers(w.open.size(), 0)
                  : stated != nullptr ? stated->integers()
                                      : list("pad", {"padding"}, 0, 2 * rank);
  if (pads.size() != 2 * rank && !call.failed())
    call.reject("has " + std::to_string(pads.size()) + " paddings for " + std::to_string(rank) +
                " spatial dimensions");
  pads.resize(2 * rank, 0);
  for (std::size_t i = 0; i < rank; ++i) w.low.push_back(pads[2 * i]), w.high.push_back(pads[2 * i + 1]);
  for (const auto* positive : {&w.strides, &w.input_dilation, &w.kernel_dilation})
    for (const auto n : *positive)
      if (n < 1 && !call.failed())
        call.reject("has a stride or dilation of " + std::to_string(n) + ", and at least 1 is possible");
  return w;
}

}  // namespace alidade::stablehlo
