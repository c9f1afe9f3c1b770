#include "drawn.hpp"

namespace alidade::torchscript {
namespace {

/// Elements of the storage that these sizes and strides reach into.
std::int64_t reach(const at::Tensor& t) {
  if (t.numel() == 0) return 0;
  std::int64_t last = 0;
  for (std::int64_t d = 0; d < t.dim(); ++d) last += (t.size(d) - 1) * t.stride(d);
  return last + 1;
}

constexpr double kSpread = 0.1;

}  // namespace

at::Tensor drawn(const at::Tensor& like) {
  if (like.is_quantized())
    return at::quantize_per_tensor(at::randn(like.sizes()), kSpread, 0, like.scalar_type());
  const auto type = like.scalar_type();
  const bool real = at::isFloatingType(type) || at::isComplexType(type);
  const auto flat = real ? at::randn({reach(like)}).mul_(kSpread).to(type)
                         : at::zeros({reach(like)}, at::TensorOptions(type));
  return flat.as_strided(like.sizes(), like.strides());
}

}  // namespace alidade::torchscript
