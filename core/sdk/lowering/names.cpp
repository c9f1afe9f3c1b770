// How kernels, layouts and lowerings are called.
#include <algorithm>

#include "alidade/sdk/lowering.hpp"

namespace alidade {
namespace {

constexpr std::array<std::string_view, 13> kKinds{
    "gemm",   "conv",   "depthwise", "attention", "recurrent", "pointwise", "row_wise",
    "window", "gather", "sort",      "copy",      "opaque",    "control"};
constexpr std::array<std::string_view, kLayouts.size()> kLayoutNames{"as_given", "channels_last"};

}  // namespace

std::string_view name(KernelKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(Layout layout) { return kLayoutNames[static_cast<std::size_t>(layout)]; }

std::optional<Layout> layout_named(std::string_view name) {
  const auto at =
      std::ranges::find_if(kLayouts, [&](Layout layout) { return alidade::name(layout) == name; });
  return at == kLayouts.end() ? std::nullopt : std::optional(*at);
}
std::optional<Backend> backend_named(std::string_view name) {
  const auto at =
      std::ranges::find_if(kBackends, [&](Backend backend) { return alidade::name(backend) == name; });
  return at == kBackends.end() ? std::nullopt : std::optional(*at);
}

std::string describe(const Lowering& lowering) {
  std::string out(name(lowering.backend));
  if (lowering.precision != Precision::as_captured) out += ", " + std::string(name(lowering.precision));
  if (lowering.layout != Layout::as_given) out += ", " + std::string(name(lowering.layout));
  return out;
}

}  // namespace alidade
