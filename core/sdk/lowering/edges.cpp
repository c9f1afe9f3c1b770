// Which kernel waits for which: through groups that have none, and inside of each region.
#include <utility>

#include "builder.hpp"

namespace alidade {

/// By the group of their reader.
void KernelGraphBuilder::find_transposes() {
  transposes_end_.assign(groups_.size(), 0), transposes_.resize(layout_.paid.size());
  for (const auto& paid : layout_.paid) ++transposes_end_[groups_.group_of[paid.reader]];
  std::uint32_t sum = 0;
  for (auto& end : transposes_end_) {
    const auto first = sum;
    sum += end, end = first;
  }
  for (std::uint32_t i = 0; i < layout_.paid.size(); ++i)
    transposes_[transposes_end_[groups_.group_of[layout_.paid[i].reader]]++] = i;
}

/// A transpose that is a view shows the memory of its operand.
void KernelGraphBuilder::find_aliases() {
  alias_ = PerValue<ValueId>(g_.value_count());
  for (const ValueId v : g_.values()) alias_[v] = v;
  const std::size_t regions = region_count(g_);
  for (std::size_t r = 0; r < regions; ++r)
    for (const NodeId n : g_.body(RegionId(r)))
      if (layout_.is_view[n] != 0 && g_.inputs(n)[0].valid())
        alias_[g_.outputs(n)[0]] = alias_[input_.reads().root(g_.inputs(n)[0])];
}

std::uint32_t KernelGraphBuilder::maker_of(ValueId root) const {
  const auto group = traffic_.maker_group(alias_[root]);
  return group == FusionPlan::kNone ? KernelGraph::kNone : kernel_of_group_[group];
}

/// What is made in a region further out is there when this one runs.
void KernelGraphBuilder::wait_for(std::uint32_t kernel) {
  const auto own = static_cast<std::uint32_t>(out_.kernels_.size() - 1);
  if (kernel == KernelGraph::kNone || kernel == own || std::exchange(seen_by_[kernel], own) == own) return;
  const auto region = [&](std::uint32_t k) { return g_.region_of(out_.kernels_[k].node); };
  if (region(kernel) == region(own)) out_.before_.edges.push_back(kernel);
}
void KernelGraphBuilder::wait_for_group(std::uint32_t group) {
  wait_for(kernel_of_group_[group]);
  for (auto i = passed_begin_[group]; i < passed_end_[group]; ++i) wait_for(passed_[i]);
}
void KernelGraphBuilder::wait_for_members(std::uint32_t group) {
  for (const NodeId n : groups_.operators(group))
    for (const auto earlier : input_.order().before().of(input_.order().step(n)))
      if (const auto from = groups_.group_of[input_.node(earlier)]; from != group) wait_for_group(from);
}
void KernelGraphBuilder::end_edges() {
  out_.before_.edges_end.push_back(static_cast<std::uint32_t>(out_.before_.edges.size()));
}

/// What reads a group without a kernel waits for what is in front of that: for so many kernels through one
/// that does nothing, so that there are no more edges than values that are read.
void KernelGraphBuilder::pass_on(std::uint32_t group, std::size_t inserted) {
  constexpr std::size_t kMost = 32;
  const auto first = passed_.size();
  const auto take = [&](std::uint32_t kernel) {
    if (kernel != KernelGraph::kNone && std::exchange(passed_by_[kernel], group) != group)
      passed_.push_back(kernel);
  };
  for (auto kernel = out_.kernels_.size() - inserted; kernel < out_.kernels_.size(); ++kernel)
    take(static_cast<std::uint32_t>(kernel));
  for (const NodeId n : groups_.operators(group))
    for (const auto earlier : input_.order().before().of(input_.order().step(n))) {
      const auto from = groups_.group_of[input_.node(earlier)];
      if (from == group) continue;
      take(kernel_of_group_[from]);
      for (auto i = passed_begin_[from]; i < passed_end_[from]; ++i) take(passed_[i]);
    }
  passed_begin_[group] = static_cast<std::uint32_t>(first);
  passed_end_[group] = static_cast<std::uint32_t>(passed_.size());
  if (passed_.size() - first > kMost) join(group);
}
void KernelGraphBuilder::join(std::uint32_t group) {
  start(KernelKind::control, groups_.operators(group).back());
  for (auto i = passed_begin_[group]; i < passed_end_[group]; ++i) wait_for(passed_[i]);
  end_edges();
  kernel_of_group_[group] = static_cast<std::uint32_t>(out_.kernels_.size() - 1);
  passed_.resize(passed_begin_[group]);
  passed_end_[group] = passed_begin_[group];
}

}  // namespace alidade
