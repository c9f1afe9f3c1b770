#include "builder.hpp"

namespace alidade {

KernelGraph KernelGraphBuilder::assembled(const KernelGraph& like, std::span<const KernelParts> parts) {
  KernelGraph out;
  out.lowering_ = like.lowering_;
  out.weights_ = like.weights_, out.weights_upper_ = like.weights_upper_;
  out.weight_copies_ = like.weight_copies_;
  out.outermost_ = parts.size();
  for (const auto& part : parts) {
    Kernel& kernel = out.kernels_.emplace_back(part.kernel);
    kernel.first_node = static_cast<std::uint32_t>(out.nodes_.size());
    kernel.node_count = static_cast<std::uint32_t>(part.nodes.size());
    out.nodes_.insert(out.nodes_.end(), part.nodes.begin(), part.nodes.end());
    kernel.first_read = static_cast<std::uint32_t>(out.accesses_.size());
    kernel.read_count = static_cast<std::uint32_t>(part.reads.size());
    out.accesses_.insert(out.accesses_.end(), part.reads.begin(), part.reads.end());
    kernel.first_write = static_cast<std::uint32_t>(out.accesses_.size());
    kernel.write_count = static_cast<std::uint32_t>(part.writes.size());
    out.accesses_.insert(out.accesses_.end(), part.writes.begin(), part.writes.end());
  }
  return out;
}

}  // namespace alidade
