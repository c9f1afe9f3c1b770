#pragma once
#include "casts.hpp"
#include "group_roles.hpp"

namespace alidade {

/// A kernel that was made elsewhere, with what it reads and writes.
struct KernelParts {
  Kernel kernel;
  std::span<const Access> reads, writes;
  std::span<const NodeId> nodes;
};

/// Makes the kernels of a graph, group by group: in front of each the casts and transposes that it waits for.
class KernelGraphBuilder {
 public:
  KernelGraphBuilder(const FusionInput& input, const Grouping& grouping, const Lowering& lowering);
  [[nodiscard]] Result<KernelGraph> build();
  /// These kernels, one after another: of no more than their own operators is it known which kernel has them.
  [[nodiscard]] static KernelGraph assembled(const KernelGraph& like, std::span<const KernelParts> parts);

 private:
  // edges.cpp
  void find_transposes();
  void find_aliases();
  void wait_for_group(std::uint32_t group);
  void wait_for(std::uint32_t kernel);
  void wait_for_members(std::uint32_t group);
  void end_edges();
  void pass_on(std::uint32_t group, std::size_t inserted);
  void join(std::uint32_t group);
  [[nodiscard]] std::uint32_t maker_of(ValueId root) const;

  // builder.cpp
  void add_casts(std::uint32_t group);
  void add_transposes(std::uint32_t group);
  void add_kernel(std::uint32_t group, std::size_t inserted);
  Kernel& start(KernelKind kind, NodeId node);
  void finish(Kernel& kernel);
  void count_weights();

  // figures.cpp
  void add_reads(std::uint32_t group, Kernel& kernel);
  void add_read(const fusion::Read& read, std::uint64_t bytes, bool sized, Kernel& kernel);
  [[nodiscard]] bool is_read_in(std::uint32_t group, NodeId transpose) const;
  void settle(Access& access, NodeId reader);
  void add_writes(std::uint32_t group, Kernel& kernel);
  void add_write(ValueId v, Dtype type, Kernel& kernel);
  void add_work(std::uint32_t group, Kernel& kernel) const;
  void set_numbers(std::uint32_t group, Kernel& kernel);
  void push(const Access& access) { out_.accesses_.push_back(access); }
  [[nodiscard]] Count checked(Count bytes, NodeId at);

  const FusionInput& input_;
  const Graph& g_;
  fusion::OrderedGroups groups_;
  lowering::LayoutPlan layout_;
  lowering::GroupRoles roles_;
  lowering::NumberPlan numbers_;
  fusion::GroupTraffic traffic_;
  lowering::Casts casts_;
  KernelGraph out_;
  NodeId too_large_;

  // by group
  std::vector<std::uint32_t> kernel_of_group_;  // kNone: it has none
  std::vector<std::uint32_t> passed_begin_,
      passed_end_;  // into passed_: of a group without one, what it waits for
  std::vector<std::uint32_t> transposes_end_, transposes_;  // into layout_.paid
  std::vector<std::uint32_t> cast_kernel_;                  // by cast
  PerValue<ValueId> alias_;                                 // whose memory a transpose that is a view shows
  std::vector<std::uint32_t> passed_;
  std::vector<std::uint32_t> seen_by_, passed_by_;  // by kernel: the last kernel and group that wait for it
  PerValue<std::uint32_t> access_;                  // of the kernel at hand
  std::size_t next_cast_ = 0;
};

}  // namespace alidade
