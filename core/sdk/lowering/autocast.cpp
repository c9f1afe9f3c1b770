#include "autocast.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "alidade/sdk/storage.hpp"

namespace alidade::lowering {
namespace {

/// Names of functions whose operator here stands for others as well.
constexpr std::array<std::string_view, 19> kWide{
    "acos",   "asin",    "cosh",      "sinh",           "tan",         "expm1", "erfinv",
    "log10",  "log1p",   "log2",      "dist",           "pdist",       "cdist", "renorm",
    "cumsum", "cumprod", "logsumexp", "frobenius_norm", "nuclear_norm"};
constexpr std::array<std::string_view, 4> kWidens{"prod", "norm", "linalg_vector_norm", "linalg_matrix_norm"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::optional<Autocast> by_name(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  if (name == "prelu") return Autocast::narrow;
  if (holds(kWide, name)) return Autocast::wide;
  return holds(kWidens, name) ? std::optional(Autocast::widens) : std::nullopt;
}

Autocast by_class(const Graph& graph, NodeId node) {
  switch (class_of(graph.op(node))) {
    case OpClass::contraction:
      return Autocast::narrow;
    case OpClass::softmax:
      return Autocast::widens;
    case OpClass::elementwise:
      return Autocast::widest;
    default:
      return Autocast::first;
  }
}

}  // namespace

Autocast autocast(const Graph& graph, NodeId node) {
  if (const auto named = by_name(torch_name(graph.foreign(node)))) return *named;
  switch (graph.op(node)) {
    case Op::layer_norm:
    case Op::group_norm:
    case Op::rms_norm:
    case Op::lp_norm:
    case Op::exp:
    case Op::log:
    case Op::pow:
    case Op::reciprocal:
    case Op::rsqrt:
    case Op::softplus:
    case Op::resize:
      return Autocast::wide;
    case Op::reduce_sum:
      return Autocast::widens;
    case Op::concat:
    case Op::grid_sample:
    case Op::scatter:
      return Autocast::widest;
    default:
      return by_class(graph, node);
  }
}

}  // namespace alidade::lowering
