#include "builder.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/storage.hpp"
#include "problems.hpp"

namespace alidade {

KernelGraphBuilder::KernelGraphBuilder(const FusionInput& input, const Grouping& grouping,
                                       const Lowering& lowering)
    : input_(input),
      g_(input.graph()),
      groups_(fusion::ordered_groups(input, grouping)),
      layout_(lowering::layout_plan(input, lowering)),
      roles_(lowering::group_roles(input, grouping, groups_, layout_, lowering.backend)),
      numbers_(input, lowering),
      traffic_(g_, input.reads(), groups_.members, groups_.group_of),
      casts_(input, numbers_, lowering, groups_, roles_, layout_, traffic_),
      kernel_of_group_(groups_.size(), KernelGraph::kNone),
      passed_begin_(groups_.size(), 0),
      passed_end_(groups_.size(), 0),
      cast_kernel_(casts_.all().size(), KernelGraph::kNone),
      access_(g_.value_count(), 0) {
  out_.lowering_ = lowering;
  find_transposes(), find_aliases();
  const auto kernels = groups_.size() + casts_.all().size() + layout_.paid.size();
  out_.kernels_.reserve(kernels), out_.nodes_.reserve(roles_.workers.size());
  out_.before_.edges_end.reserve(kernels), out_.before_.edges.reserve(input.order().before().edges.size());
  out_.accesses_.reserve(3 * kernels);
  seen_by_.assign(kernels, KernelGraph::kNone), passed_by_.assign(kernels, KernelGraph::kNone);
  out_.kernel_of_ = PerNode<std::uint32_t>(g_.node_count(), KernelGraph::kNone);
}

Result<KernelGraph> KernelGraphBuilder::build() {
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    const auto before = out_.kernels_.size();
    add_casts(g), add_transposes(g);
    const auto inserted = out_.kernels_.size() - before;
    if (roles_.of(g).empty())
      pass_on(g, inserted);
    else
      add_kernel(g, inserted);
    if (g_.region_of(groups_.operators(g)[0]) == RegionId(0)) out_.outermost_ = out_.kernels_.size();
  }
  count_weights();
  if (too_large_.valid())
    return fail(Fault::model, "the bytes of kernels under " + describe(out_.lowering_) +
                                  " do not fit 63 bits at node '" + text::printable(g_.name(too_large_)) +
                                  "'");
  out_.types_ = std::move(numbers_).take_types();
  return std::move(out_);
}

/// Runs as often as the operator that it is named after.
Kernel& KernelGraphBuilder::start(KernelKind kind, NodeId node) {
  Kernel& kernel = out_.kernels_.emplace_back();
  const auto& cost = input_.cost().nodes[node];
  kernel.kind = kind, kernel.node = node;
  kernel.runs = cost.runs, kernel.runs_upper = cost.runs_upper, kernel.conditional = cost.conditional;
  kernel.first_node = static_cast<std::uint32_t>(out_.nodes_.size());
  kernel.first_read = kernel.first_write = static_cast<std::uint32_t>(out_.accesses_.size());
  return kernel;
}

/// Waits for what was put in front of it, too.
void KernelGraphBuilder::add_kernel(std::uint32_t group, std::size_t inserted) {
  const auto& role = roles_.roles[group];
  Kernel& kernel = start(role.kind, role.node);
  const auto own = static_cast<std::uint32_t>(out_.kernels_.size() - 1);
  kernel_of_group_[group] = own;
  for (const NodeId n : groups_.operators(group))
    if (!input_.is_folded(n)) out_.nodes_.push_back(n), out_.kernel_of_[n] = own;
  kernel.node_count = static_cast<std::uint32_t>(out_.nodes_.size()) - kernel.first_node;
  kernel.products = role.products;
  kernel.problem = lowering::problem_of(input_, roles_.of(group), role);
  if (auto* conv = std::get_if<ConvProblem>(&kernel.problem))
    conv->channels_last = out_.lowering_.layout == Layout::channels_last && conv->rank > 1;
  add_work(group, kernel);
  add_reads(group, kernel);
  add_writes(group, kernel);
  set_numbers(group, kernel);
  for (const auto& want : casts_.of(group))
    if (want.cast != lowering::Casts::kNone) wait_for(cast_kernel_[want.cast]);
  for (std::size_t i = inserted; i > 0; --i) wait_for(own - static_cast<std::uint32_t>(i));
  wait_for_members(group);
  end_edges();
}

/// In front of the group that wants them first.
void KernelGraphBuilder::add_casts(std::uint32_t group) {
  const auto casts = casts_.all();
  for (; next_cast_ < casts.size() && casts[next_cast_].before == group; ++next_cast_) {
    const auto& cast = casts[next_cast_];
    Kernel& kernel = start(KernelKind::copy, cast.reader);
    const auto upper = [&](Count bytes) {
      return cast.sized ? Upper(bytes.get().value_or(0)) : Upper::none();
    };
    const Count read = checked(cast.read, cast.reader), written = checked(cast.written, cast.reader);
    kernel.cast = true;
    kernel.arithmetic = arithmetic_of(cast.type);
    push({cast.root, Bytes(*read.get()), upper(read), maker_of(cast.root), numbers_.type(cast.root),
          cast.weight});
    push({cast.root, Bytes(*written.get()), upper(written), KernelGraph::kNone, cast.type, false});
    finish(kernel);
    cast_kernel_[next_cast_] = static_cast<std::uint32_t>(out_.kernels_.size() - 1);
    wait_for(maker_of(cast.root));
    end_edges();
    if (cast.weight) out_.weight_copies_ += Bytes(*written.get());
  }
}

/// Reads and writes what is laid out anew, once.
void KernelGraphBuilder::add_transposes(std::uint32_t group) {
  const auto first = group == 0 ? 0 : transposes_end_[group - 1];
  for (auto i = first; i < transposes_end_[group]; ++i) {
    const auto& paid = layout_.paid[transposes_[i]];
    const ValueId root = alias_[input_.reads().root(paid.value)];
    Kernel& kernel = start(KernelKind::copy, paid.reader);
    const Dtype type = numbers_.type(paid.value);
    const Count bytes = checked(numbers_.bytes(paid.value, paid.bytes, type), paid.reader);
    const auto upper = paid.sized ? Upper(*bytes.get()) : Upper::none();
    kernel.transpose = true, kernel.arithmetic = arithmetic_of(type);
    push({root, Bytes(*bytes.get()), upper, maker_of(root), type, lowering::is_weight(input_, root)});
    push({root, Bytes(*bytes.get()), upper, KernelGraph::kNone, type, false});
    finish(kernel);
    wait_for(maker_of(root));
    for (const auto earlier : input_.order().before().of(input_.order().step(paid.reader)))
      wait_for_group(groups_.group_of[input_.node(earlier)]);
    end_edges();
  }
}

/// Of a kernel that was put in: one tensor is read, and written.
void KernelGraphBuilder::finish(Kernel& kernel) {
  const auto& read = out_.accesses_[kernel.first_read];
  const auto& written = out_.accesses_[kernel.first_read + 1];
  kernel.first_write = kernel.first_read + 1, kernel.read_count = kernel.write_count = 1;
  kernel.read = read.bytes, kernel.read_upper = read.bytes_upper;
  kernel.written = written.bytes, kernel.written_upper = written.bytes_upper;
  kernel.elements = bits(read.type) == 0 ? 0 : read.bytes.value * 8 / static_cast<unsigned>(bits(read.type));
  (kernel.transpose ? kernel.counts.moved : kernel.counts.pointwise) = kernel.elements;
}

/// All that comes with the model, in each type that it is stored in.
void KernelGraphBuilder::count_weights() {
  Count sum = 0;
  for (const ValueId v : g_.values()) {
    if (!is_stored(g_.kind(v))) continue;
    const Dtype also = casts_.also(v);
    const auto stored = known_bytes(g_, v);
    if (also != Dtype::unknown) sum += numbers_.bytes(v, stored, also);
    if (also == Dtype::unknown || casts_.is_kept(v)) sum += numbers_.bytes(v, stored, numbers_.type(v));
    if (!g_.type(v).size_bytes()) out_.weights_upper_ = Upper::none();
  }
  if (!sum.fits()) too_large_ = g_.body().empty() ? NodeId() : g_.body()[0];
  out_.weights_ = Bytes(sum.get().value_or(0));
  if (out_.weights_upper_.bounded()) out_.weights_upper_ = out_.weights_.value;
}

/// The number, or 0 where it does not fit: then the first such node is the error.
Count KernelGraphBuilder::checked(Count bytes, NodeId at) {
  if (bytes.get()) return bytes;
  if (!too_large_.valid()) too_large_ = at;
  return 0;
}

}  // namespace alidade
