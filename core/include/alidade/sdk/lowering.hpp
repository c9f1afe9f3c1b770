#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alidade/results/result.hpp"
#include "alidade/sdk/fusion.hpp"
#include "alidade/sdk/kernel.hpp"

namespace alidade {

/// How images lie in memory. as_given: channels first, as the file has them; a library that multiplies
/// channels last turns them inside its kernel. channels_last: from the first convolution on; an operator that
/// needs them otherwise pays a transpose, which is a kernel.
enum class Layout : std::uint8_t { as_given, channels_last };
inline constexpr std::array kLayouts{Layout::as_given, Layout::channels_last};
[[nodiscard]] std::string_view name(Layout layout);
[[nodiscard]] std::optional<Layout> layout_named(std::string_view name);

inline constexpr std::array kBackends{Backend::tensorrt, Backend::inductor, Backend::onnxruntime,
                                      Backend::npu, Backend::eager};
[[nodiscard]] std::optional<Backend> backend_named(std::string_view name);

/// How a graph becomes kernels.
struct Lowering {
  Backend backend = Backend::eager;
  Precision precision = Precision::as_captured;
  Layout layout = Layout::as_given;
  bool operator==(const Lowering&) const = default;
};
/// "inductor, amp_f16, channels_last"
[[nodiscard]] std::string describe(const Lowering& lowering);

/// A model as kernels, of all regions: those of the outermost first, each region's in an order that they can
/// run in. What is folded at load and what only shows memory in another way has no kernel. A typed result:
/// estimates refer to it.
class KernelGraph {
 public:
  static constexpr ResultKey key{"kernels", 1};
  static constexpr std::uint32_t kNone = Access::kNone;

  [[nodiscard]] const Lowering& lowering() const { return lowering_; }
  [[nodiscard]] std::span<const Kernel> kernels() const { return kernels_; }
  [[nodiscard]] std::size_t outermost() const { return outermost_; }  ///< kernels of the outermost region
  /// Which kernel waits for which, inside of each region: a kernel's number is above those it waits for.
  [[nodiscard]] const Dag& before() const { return before_; }
  /// kNone for constants, for what is folded, and for views that no kernel takes along.
  [[nodiscard]] std::uint32_t kernel_of(NodeId n) const { return kernel_of_[n]; }
  [[nodiscard]] Dtype type(ValueId v) const { return types_[v]; }  ///< that a value's maker gives it here
  [[nodiscard]] std::span<const NodeId> nodes(const Kernel& k) const {
    return std::span(nodes_).subspan(k.first_node, k.node_count);
  }
  [[nodiscard]] std::span<const Access> reads(const Kernel& k) const {
    return std::span(accesses_).subspan(k.first_read, k.read_count);
  }
  [[nodiscard]] std::span<const Access> writes(const Kernel& k) const {
    return std::span(accesses_).subspan(k.first_write, k.write_count);
  }
  [[nodiscard]] Bytes weights() const { return weights_; }  ///< all that is stored, in the types it has here
  [[nodiscard]] Upper weights_upper() const { return weights_upper_; }
  /// Copies of weights in another type, made in every run and kept until its end.
  [[nodiscard]] Bytes weight_copies() const { return weight_copies_; }
  void write(const Graph& graph, ObjectWriter& writer) const;

 private:
  friend class KernelGraphBuilder;
  Lowering lowering_;
  std::vector<Kernel> kernels_;
  std::vector<NodeId> nodes_;
  std::vector<Access> accesses_;
  PerNode<std::uint32_t> kernel_of_;
  PerValue<Dtype> types_;
  std::size_t outermost_ = 0;
  Dag before_;
  Bytes weights_, weight_copies_;
  Upper weights_upper_;
};

/// The kernels of a graph in the groups of its backend's rules, of at most 64 operators. An error names the
/// node at which a sum leaves 63 bits.
[[nodiscard]] Result<KernelGraph> lower(const Graph& graph, const CostProfile& cost,
                                        const Lowering& lowering);
/// The same where the input is at hand: made with the folding of the lowering's backend.
[[nodiscard]] Result<KernelGraph> lower(const FusionInput& input, const Lowering& lowering);
/// The same for groups of one's own.
[[nodiscard]] Result<KernelGraph> lower(const FusionInput& input, const Grouping& grouping,
                                        const Lowering& lowering);

}  // namespace alidade
