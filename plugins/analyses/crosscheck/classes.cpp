#include "classes.hpp"

#include <array>
#include <utility>

namespace alidade::crosscheck {
namespace {

constexpr std::string_view kProduct = "matrix product", kConvolution = "convolution";

/// What fvcore and FlopCounterMode call their operators.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kClasses{{
    {"conv", kConvolution},
    {"convolution", kConvolution},
    {"_convolution", kConvolution},
    {"convolution_backward", kConvolution},
    {"linear", kProduct},
    {"addmm", kProduct},
    {"mm", kProduct},
    {"bmm", kProduct},
    {"baddbmm", kProduct},
    {"matmul", kProduct},
    {"adaptive_avg_pool2d", "adaptive_avg_pool"},
    {"upsample_nearest2d", "resize"},
    {"upsample_bilinear2d", "resize"},
    {"grid_sampler", "grid_sample"},
    {"_scaled_dot_product_flash_attention", "attention"},
    {"_scaled_dot_product_efficient_attention", "attention"},
}};

}  // namespace

std::string class_of_name(std::string_view theirs) {
  const auto name = theirs.substr(theirs.find_last_of(".:") + 1);
  for (const auto& [known, cls] : kClasses)
    if (known == name) return std::string(cls);
  return std::string(name);
}

std::string class_of_op(Op op, Convention tool) {
  if (op == Op::conv || op == Op::conv_transpose) return std::string(kConvolution);
  if (op == Op::linear || op == Op::matmul || op == Op::routed_matmul) return std::string(kProduct);
  if (tool == Convention::torch && class_of(op) == OpClass::contraction) return std::string(kProduct);
  if (op == Op::reduce_mean)
    return std::string(name(Op::adaptive_avg_pool));  // how exporters write one to 1x1
  return std::string(name(op));
}

}  // namespace alidade::crosscheck
