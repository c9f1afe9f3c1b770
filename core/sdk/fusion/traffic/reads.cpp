#include "reads.hpp"

#include <algorithm>
#include <utility>

#include "alidade/ir/work_table.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {

Reads::Reads(const Graph& graph, const CostProfile& cost, const Dependencies& order, Folding folding,
             const PerNode<char>& elided)
    : g_(graph),
      cost_(cost),
      folding_(folding),
      parts_(graph, elided),
      leaves_(graph.value_count(), 1),
      made_(graph.value_count(), 0),
      begin_(graph.node_count()),
      end_(graph.node_count()),
      first_part_(graph.value_count(), 0),
      part_count_(graph.value_count(), 0) {
  reads_.reserve(2 * graph.node_count());
  for (const NodeId n : order.nodes()) {
    if (elided[n] != 0)
      begin_[n] = end_[n] = static_cast<std::uint32_t>(reads_.size());
    else
      add_node(n), set_made(n);
  }
  mark_leaving();
  sort_parts();
}

NodeId Reads::maker(ValueId root) const {
  const NodeId n = g_.producer(root);
  const bool makes =
      n.valid() && g_.op(n) != Op::constant && class_of(g_.op(n)) != OpClass::control && !is_folded(n);
  return makes ? n : NodeId();
}

std::uint64_t Reads::unseen(NodeId n) const {
  const auto found = unseen_.find(n.index);
  return found == unseen_.end() ? 0 : found->second;
}

ValueId Reads::root(ValueId v) const {
  const auto pieces = parts_.of(v);
  return pieces.empty() ? v : parts_[pieces[0]].root;
}

void Reads::add_node(NodeId n) {
  begin_[n] = end_[n] = static_cast<std::uint32_t>(reads_.size());
  if (is_folded(n)) return;
  if (g_.op(n) == Op::opaque && g_.stated(n)) {
    add_stated(n);
  } else {
    operands_.clear();
    work_parts::operand_reads(g_, n, operands_);
    for (const auto& read : operands_) add(n, read);
  }
  end_[n] = static_cast<std::uint32_t>(reads_.size());
}

/// All parts of the operand; or as many bytes of them as the table counts. Of several, nothing is known of
/// those whose size is not: the others may be repeated.
void Reads::add(NodeId n, const work_parts::OperandRead& read) {
  if (!read.operand.valid()) return;
  const auto is_known = [&](PartId id) { return parts_[id].elements != Parts::kUnknown; };
  const auto bytes = read.bytes ? read.bytes->get().value_or(0) : 0;
  Count known = 0;
  for (const PartId id : parts_.of(read.operand))
    if (is_known(id)) known += parts_.bytes(parts_[id].root, parts_[id].elements);
  if (read.some || !known.fits() || bytes < *known.get()) return void(add_clipped(read.operand, bytes));
  const auto pieces = parts_.of(read.operand);
  const auto rest = pieces.size() == 1 ? bytes - *known.get() : 0;
  if (pieces.size() == Parts::kListed) unseen_[n.index] += bytes - *known.get();
  for (const PartId id : pieces) {  // new parts are none of them
    const ValueId root = parts_[id].root;
    push(is_known(id) ? id : parts_.add_some(root, parts_.elements_in(root, rest)));
  }
}

/// So many bytes of an operand, which ones is not known; gives back what is more than it has.
std::uint64_t Reads::add_clipped(ValueId operand, std::uint64_t bytes) {
  for (const PartId id : parts_.of(operand)) {
    const Part part = parts_[id];
    const auto elements = std::min(part.elements, parts_.elements_in(part.root, bytes));
    push(parts_.add_some(part.root, elements));
    bytes -= std::min(bytes, reads_.back().bytes);
  }
  return bytes;
}

/// What the user says, as far as there are operands for it.
void Reads::add_stated(NodeId n) {
  const auto& work = cost_.nodes[n].work;
  std::uint64_t input = work.input.value, weight = work.weight.value;
  std::vector<ValueId> operands(g_.inputs(n).begin(), g_.inputs(n).end());
  std::ranges::sort(operands);
  operands.erase(std::ranges::unique(operands).begin(), operands.end());
  for (const ValueId v : operands) {
    if (!v.valid()) continue;
    auto& left = is_stored(g_.kind(root(v))) ? weight : input;
    left = add_clipped(v, left);
  }
  unseen_[n.index] = input + weight;
}

void Reads::push(PartId part) {
  const ValueId root = parts_[part].root;
  reads_.push_back({part, root, parts_.bytes(root, parts_[part].elements)});
}

/// Every result that is no view, all of them no more than the cost table has.
void Reads::set_made(NodeId n) {
  if (is_folded(n)) return;
  std::uint64_t left = cost_.nodes[n].work.output.value;
  for (const ValueId v : g_.outputs(n)) {
    if (root(v) != v) continue;
    made_[v] = std::min(left, known_bytes(g_, v));
    left -= made_[v];
  }
  if (g_.op(n) == Op::opaque && g_.stated(n)) unseen_[n.index] += left;
}

void Reads::mark_leaving(ValueId v) {
  if (!v.valid()) return;
  for (const PartId id : parts_.of(v)) leaves_[parts_[id].root] = 1;
}

/// A control node hands its operands to its regions: they have to be in memory, as what regions give back.
void Reads::mark_leaving() {
  for (const auto& read : reads_) leaves_[read.root] = 0;
  for (const ValueId v : g_.outputs()) mark_leaving(v);
  for (const NodeId n : g_.nodes()) {
    if (is_folded(n)) continue;
    if (class_of(g_.op(n)) == OpClass::control)
      for (const ValueId v : g_.inputs(n)) mark_leaving(v);
    for (const RegionId r : g_.regions(n))
      for (const ValueId v : g_.results(r)) mark_leaving(v);
  }
}

/// The parts that are read, tensor after tensor.
void Reads::sort_parts() {
  std::vector<char> seen(parts_.size(), 0);
  for (const auto& read : reads_)
    if (std::exchange(seen[read.part], 1) == 0) ++part_count_[read.root];
  std::uint32_t sum = 0;
  for (const ValueId v : g_.values()) first_part_[v] = sum, sum += part_count_[v], part_count_[v] = 0;
  read_parts_.resize(sum);
  for (const auto& read : reads_)
    if (std::exchange(seen[read.part], 0) != 0)
      read_parts_[first_part_[read.root] + part_count_[read.root]++] = read.part;
}

}  // namespace alidade::fusion
