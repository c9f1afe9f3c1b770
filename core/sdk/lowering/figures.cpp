// What a kernel reads, writes and does.
#include <algorithm>

#include "builder.hpp"
#include "element_counts.hpp"
#include "problems.hpp"

namespace alidade {

/// The bytes of several parts of a tensor are one access.
void KernelGraphBuilder::add_read(const fusion::Read& read, std::uint64_t bytes, bool sized, Kernel& kernel) {
  auto& at = access_[read.root];
  const bool known =
      at >= kernel.first_read && at < out_.accesses_.size() && out_.accesses_[at].value == read.root;
  if (!known) {
    at = static_cast<std::uint32_t>(out_.accesses_.size());
    push({.value = read.root, .bytes = {}, .bytes_upper = 0, .type = numbers_.type(read.root)});
  }
  auto& access = out_.accesses_[at];
  access.bytes.value += bytes;
  if (!sized) access.bytes_upper = Upper::none();
  const auto elements = input_.reads().parts().elements(read.root);
  if (elements != fusion::Parts::kUnknown) kernel.elements = std::max(kernel.elements, elements);
}

/// Whether an operator of a group reads what a transpose in it shows.
bool KernelGraphBuilder::is_read_in(std::uint32_t group, NodeId transpose) const {
  return std::ranges::any_of(g_.users(g_.outputs(transpose)[0]),
                             [&](NodeId user) { return groups_.group_of[user] == group; });
}

/// Each byte once, in the type that it is wanted in.
void KernelGraphBuilder::add_reads(std::uint32_t group, Kernel& kernel) {
  bool sized = true;
  std::uint64_t unseen = 0;
  traffic_.begin(group);
  for (const NodeId n : roles_.of(group)) {
    const auto& work = input_.cost().nodes[n].work;
    sized &= work.input_upper.bounded() && work.weight_upper.bounded();
    unseen += input_.reads().unseen(n);
  }
  for (const NodeId n : groups_.operators(group))
    if (layout_.is_view[n] == 0 || is_read_in(group, n))
      traffic_.each_read(n, [&](const fusion::Read& read, std::uint64_t bytes, bool known) {
        add_read(read, bytes, known, kernel);
      });
  if (unseen > 0) push({.value = {}, .bytes = Bytes(unseen), .bytes_upper = 0});
  kernel.read_count = static_cast<std::uint32_t>(out_.accesses_.size()) - kernel.first_read;
  for (const auto& want : casts_.of(group))
    if (const auto at = access_[want.root]; at >= kernel.first_read && at < out_.accesses_.size()) {
      out_.accesses_[at].type = want.type;
      if (want.cast != lowering::Casts::kNone) out_.accesses_[at].kernel = cast_kernel_[want.cast];
    }
  Count sum = 0;
  for (auto& access : std::span(out_.accesses_).subspan(kernel.first_read, kernel.read_count)) {
    if (access.value.valid()) settle(access, kernel.node);
    if (access.bytes_upper.bounded()) access.bytes_upper = access.bytes.value;
    sum += Count(access.bytes.value), kernel.read_upper += access.bytes_upper;
  }
  kernel.read = Bytes(*checked(sum, kernel.node).get());
  if (!sized) kernel.read_upper = Upper::none();
}

/// Turns the bytes that the file has into those of the type that is read, and says who wrote them.
void KernelGraphBuilder::settle(Access& access, NodeId reader) {
  const auto bytes = checked(numbers_.bytes(access.value, access.bytes.value, access.type), reader);
  access.bytes = Bytes(*bytes.get());
  access.weight = lowering::is_weight(input_, access.value);
  if (access.kernel == KernelGraph::kNone) access.kernel = maker_of(access.value);
}

void KernelGraphBuilder::add_writes(std::uint32_t group, Kernel& kernel) {
  kernel.first_write = static_cast<std::uint32_t>(out_.accesses_.size());
  bool sized = true;
  for (const NodeId n : roles_.of(group)) {
    const bool bounded = input_.cost().nodes[n].work.output_upper.bounded();
    sized &= bounded;
    for (const ValueId v : g_.outputs(n)) {
      const auto elements = g_.type(v).elements();
      if (elements) kernel.elements = std::max(kernel.elements, elements->get().value_or(0));
      if (!traffic_.is_written(v) || (input_.reads().made(v) == 0 && bounded)) continue;
      const Dtype also = casts_.also(v);
      if (also != Dtype::unknown) add_write(v, also, kernel);
      if (also == Dtype::unknown || casts_.is_kept(v)) add_write(v, numbers_.type(v), kernel);
    }
  }
  (void)checked(Count(kernel.read.value) + Count(kernel.written.value), kernel.node);
  if (!sized) kernel.written_upper = Upper::none();
}

void KernelGraphBuilder::add_write(ValueId v, Dtype type, Kernel& kernel) {
  const auto bytes = checked(numbers_.bytes(v, input_.reads().made(v), type), kernel.node);
  const auto upper = g_.type(v).size_bytes() ? Upper(*bytes.get()) : Upper::none();
  push({.value = v, .bytes = Bytes(*bytes.get()), .bytes_upper = upper, .type = type});
  ++kernel.write_count;
  kernel.written = Bytes(*checked(Count(kernel.written.value) + bytes, kernel.node).get());
  kernel.written_upper += upper;
}

/// Products apart from all other work.
void KernelGraphBuilder::add_work(std::uint32_t group, Kernel& kernel) const {
  for (const NodeId n : roles_.of(group)) {
    const auto& work = input_.cost().nodes[n].work;
    const auto products = std::min(2 * work.macs.value, work.flops.value);
    kernel.matrix += Flops(products), kernel.vector += Flops(work.flops.value - products);
    kernel.matrix_upper += Upper(2) * work.macs_upper();
    kernel.vector_upper +=
        work.certainty == Certainty::exact ? Upper(work.flops.value - products) : work.flops_upper;
    lowering::count_elements(g_, n, kernel.counts);
  }
}

/// How it counts: as its largest product multiplies, or in the type of what it writes.
void KernelGraphBuilder::set_numbers(std::uint32_t group, Kernel& kernel) {
  const auto& role = roles_.roles[group];
  if (role.products > 0) {
    const bool attends = kernel.kind == KernelKind::attention && g_.op(role.node) != Op::attention;
    kernel.arithmetic = numbers_.multiplied(attends ? role.first : role.node);
  } else {
    const auto& accesses = out_.accesses_;
    const auto at = kernel.write_count > 0 ? kernel.first_write : kernel.first_read;
    if (kernel.write_count + kernel.read_count > 0) kernel.arithmetic = arithmetic_of(accesses[at].type);
  }
  kernel.sums = sums_of(kernel.arithmetic);
}

}  // namespace alidade
