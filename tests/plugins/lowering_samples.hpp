#pragma once
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "alidade/sdk/lowering.hpp"
#include "cost_samples.hpp"

// What the tests of kernels share: a graph as kernels, and kernels by their operators.
namespace alidade::samples {

inline KernelGraph lowered(const Graph& graph, const Lowering& lowering = {}) {
  auto kernels = lower(graph, profile_of(graph), lowering);
  INFO((kernels ? "" : kernels.error().what));
  REQUIRE(kernels.has_value());
  return std::move(*kernels);
}
inline KernelGraph lowered(const std::string& body, const Lowering& lowering = {}) {
  return lowered(graph_of(body), lowering);
}

/// A graph and its kernels.
struct Lowered {
  Graph graph;
  KernelGraph kernels;
  explicit Lowered(const std::string& body, const Lowering& lowering = {})
      : graph(graph_of(body)), kernels(lowered(graph, lowering)) {}

  [[nodiscard]] const Kernel& of(std::string_view node) const {
    const auto k = kernels.kernel_of(node_named(graph, node));
    REQUIRE(k != KernelGraph::kNone);
    return kernels.kernels()[k];
  }
  template <class P>
  [[nodiscard]] const P& problem(std::string_view node) const {
    const auto* found = std::get_if<P>(&of(node).problem);
    REQUIRE(found != nullptr);
    return *found;
  }
  /// "x bf16 128, w bf16 64": what the kernel of a node reads, by name.
  [[nodiscard]] std::string reads(std::string_view node) const { return list(kernels.reads(of(node))); }
  [[nodiscard]] std::string writes(std::string_view node) const { return list(kernels.writes(of(node))); }
  /// "x f32>bf16 before conv": every cast in order.
  [[nodiscard]] std::vector<std::string> casts() const {
    std::vector<std::string> out;
    for (const auto& k : kernels.kernels())
      if (k.cast) {
        const auto &from = kernels.reads(k)[0], &to = kernels.writes(k)[0];
        out.push_back(std::string(graph.name(from.value)) + " " + std::string(name(from.type)) + ">" +
                      std::string(name(to.type)) + " before " + std::string(graph.name(k.node)));
      }
    return out;
  }

 private:
  [[nodiscard]] std::string list(std::span<const Access> accesses) const {
    std::vector<std::string> out;
    for (const auto& a : accesses)
      out.push_back((a.value.valid() ? std::string(graph.name(a.value)) : "?") + " " +
                    std::string(name(a.type)) + " " + std::to_string(a.bytes.value));
    std::ranges::sort(out);
    std::string text;
    for (const auto& one : out) text += (text.empty() ? "" : ", ") + one;
    return text;
  }
};

/// Every kernel that one waits for, directly or not.
inline std::vector<std::set<std::uint32_t>> all_before(const KernelGraph& kernels) {
  std::vector<std::set<std::uint32_t>> out(kernels.kernels().size());
  for (std::uint32_t k = 0; k < out.size(); ++k)
    for (const auto earlier : kernels.before().of(k)) {
      out[k].insert(earlier);
      out[k].insert(out[earlier].begin(), out[earlier].end());
    }
  return out;
}

}  // namespace alidade::samples
