// Bytes: every distinct operand once, at the width it is stored with; what indices pick, not what they pick
// from.
#include <algorithm>
#include <vector>

#include "alidade/ir/work_table.hpp"
#include "alidade/sdk/storage.hpp"
#include "carried_update.hpp"
#include "left_out.hpp"
#include "operand_reads.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

using work_table::Traffic;

constexpr int kHops = 8;                  // views looked through
constexpr std::size_t kFewOperands = 64;  // compared with each other; more are sorted

/// All of the elements of its operand, and no others.
bool keeps_all(Op op) {
  return op == Op::reshape || op == Op::identity || op == Op::dropout || op == Op::dequantize;
}
bool keeps_some(Op op) { return op == Op::slice || op == Op::split; }

/// Where an operand's numbers lie: behind views, expansions and dequantizations, which write nothing.
struct Source {
  TensorType type;        ///< as many elements as are read, stored with this width
  bool stored;            ///< in the model file, not computed
  bool expanded = false;  ///< the type is that of what is repeated
};

/// Walks from an operand to where its numbers lie.
class SourceWalk {
 public:
  SourceWalk(const Graph& graph, ValueId operand)
      : g_(graph), at_(operand), found_{graph.type(operand), is_stored(graph.kind(operand))} {}

  Source find() {
    for (int hop = 0; hop < kHops && step(); ++hop) {
    }
    return found_;
  }

 private:
  bool step() {
    const NodeId maker = g_.producer(at_);
    if (!maker.valid() || g_.inputs(maker).empty() || !g_.inputs(maker)[0].valid()) return false;
    const Op op = g_.op(maker);
    if (!keeps_all(op) && !keeps_some(op) && op != Op::expand) return false;
    if (op == Op::dequantize && writes_values(g_, maker)) return false;
    at_ = g_.inputs(maker)[0];
    if (op == Op::expand) repeat(g_.type(at_));
    whole_ = whole_ && !keeps_some(op);
    found_.type.dtype = g_.type(at_).dtype;
    found_.stored = is_stored(g_.kind(at_));
    return true;
  }
  /// What is shown repeats these elements: no more than them is read, and of an unknown part of them an
  /// unknown number.
  void repeat(const TensorType& repeated) {
    const auto own = found_.type.elements(), all = repeated.elements();
    if (!own && !whole_) return;
    if (own && all && own->get() && all->get() && *own->get() <= *all->get()) return;
    found_.type = repeated, found_.expanded = true;
  }

  const Graph& g_;
  ValueId at_;
  bool whole_ = true;  ///< so far no view left anything out
  Source found_;
};

Source source_of(const Graph& g, ValueId v) { return SourceWalk(g, v).find(); }

template <class Take>
void read_whole(const Graph& g, ValueId v, Take&& take) {
  const Source source = source_of(g, v);
  take(OperandRead{v, source.type.size_bytes(), source.stored});
}

/// Calls f(v) for every operand from the first-th on, each once.
template <class F>
void each_distinct(std::span<const ValueId> all, std::size_t first, F&& f) {
  if (first >= all.size()) return;
  all = all.subspan(first);
  std::vector<ValueId> sorted;
  if (all.size() > kFewOperands) {
    sorted.assign(all.begin(), all.end());
    std::ranges::sort(sorted);
    sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
    for (const ValueId v : sorted)
      if (v.valid()) f(v);
    return;
  }
  for (auto v = all.begin(); v != all.end(); ++v)
    if (v->valid() && std::find(all.begin(), v, *v) == v) f(*v);
}

/// Elements of one row of a table: all but the dimension that is looked up.
std::optional<Count> row_of(const Operator& o) {
  const auto axes = o.graph.ints(o.attrs<AxesAttrs>().axes);
  const auto table = o.in(0);
  const auto stated = axes.empty() ? 0 : static_cast<int>(axes[0]);
  const int axis = stated < 0 ? stated + static_cast<int>(table.rank()) : stated;
  const auto before = product(table, 0, axis),
             after = product(table, axis + 1, static_cast<int>(table.rank()));
  return table.rank() > 0 && before && after ? std::optional(*before * *after) : std::nullopt;
}

/// Elements of the rows that indices pick: as many as the result holds, unless it sums the rows of a bag.
std::optional<Count> picked(const Operator& o) {
  if (o.op() != Op::embedding) return o.out().elements();
  const auto rows = o.in(1).elements(), width = row_of(o);
  return rows && width ? std::optional(*rows * *width) : std::nullopt;
}

/// Of them no more than the table has: each is read once. A single one is in any table.
std::optional<Count> read_of_table(const Operator& o, const TensorType& table) {
  const auto rows = picked(o), all = table.elements();
  if (!rows || !rows->get()) return rows;
  if (all && all->get()) return std::min(*rows->get(), *all->get());
  const auto indices = o.has(1) ? o.in(1).elements() : std::nullopt;
  return indices && indices->get() == 1 ? rows : std::nullopt;
}

/// The rows, at the table's stored width; then the indices.
template <class Take>
void read_rows(const Operator& o, Take&& take) {
  const ValueId v = o.graph.inputs(o.node)[0];
  const Source table = source_of(o.graph, v);
  const auto elements = read_of_table(o, table.type);
  take(OperandRead{v, elements ? stored_bytes(*elements, table.type.dtype) : std::nullopt, table.stored,
                   true});
  each_distinct(o.graph.inputs(o.node), 1, [&](ValueId index) { read_whole(o.graph, index, take); });
}

/// Of a bank of experts [E, ...] no more than there are rows: each row meets one.
template <class Take>
void read_bank(const Operator& o, Take&& take) {
  const auto x = o.in(0);
  const auto rows = product(x, 0, -1);
  const ValueId v = o.graph.inputs(o.node)[1];
  const Source bank = source_of(o.graph, v);
  const auto experts = bank.type.dim(0);
  const auto bytes = bank.type.size_bytes();
  if (bank.expanded) return take(OperandRead{v, bytes, bank.stored});
  if (!rows || !rows->get() || !experts || !bytes || !bytes->get())
    return take(OperandRead{v, std::nullopt, bank.stored, true});
  const auto all = static_cast<std::uint64_t>(*experts);
  if (*rows->get() < all)
    return take(OperandRead{v, (*bytes->get() + all - 1) / all * *rows->get(), bank.stored, true});
  take(OperandRead{v, bytes, bank.stored});
}

/// In what a loop carries only the places of the updates are touched; read where they are combined.
template <class Take>
void read_updates(const Operator& o, Take&& take) {
  if (o.attrs<ScatterAttrs>().reduction != 0)
    take(OperandRead{o.graph.inputs(o.node)[0], o.in(2).size_bytes(), false, true});
  each_distinct(o.graph.inputs(o.node), 1, [&](ValueId v) { read_whole(o.graph, v, take); });
}
bool in_place(const Operator& o) { return o.op() == Op::scatter && updates_carried(o.graph, o.node); }

template <class Take>
void read_operands(const Operator& o, Traffic how, Take&& take) {
  const auto whole = [&](ValueId v) { read_whole(o.graph, v, take); };
  const auto inputs = o.graph.inputs(o.node);
  switch (how) {
    case Traffic::all:
      if (in_place(o)) return read_updates(o, take);
      return each_distinct(copies_over(o.graph, o.node) ? inputs.first(1) : inputs, 0, whole);
    case Traffic::rows:
      if (!o.has(0)) return take(OperandRead{});
      return read_rows(o, take);
    case Traffic::scales:
      return each_distinct(inputs, 1, whole);
    case Traffic::banks:
      if (!o.has(0) || !o.has(1)) return take(OperandRead{});
      whole(inputs[0]), read_bank(o, take);
      return each_distinct(inputs, 2, whole);
    default:
      return;
  }
}

/// A dequantize whose values are written is a copy in another width.
Traffic traffic_of(const Operator& o) {
  const Traffic how = work_table::rule(o.op()).traffic;
  return how == Traffic::scales && writes_values(o.graph, o.node) ? Traffic::all : how;
}

/// Every result that is not left out.
void write_results(const Operator& o, Moved& moved) {
  const auto outputs = o.graph.outputs(o.node);
  const bool updates = in_place(o);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto bytes = updates ? o.in(2).size_bytes() : o.out(i).size_bytes();
    if (bytes)
      moved.output.bytes += *bytes;
    else if (!is_left_out(o.graph, o.node, i))
      moved.output.complete = false;
  }
}

}  // namespace

Moved traffic(const Operator& o) {
  const Traffic how = traffic_of(o);
  Moved moved;
  read_operands(o, how, [&](const OperandRead& read) {
    auto& part = read.stored ? moved.weight : moved.input;
    if (read.bytes) part.bytes += *read.bytes;
    part.complete &= read.bytes.has_value();
  });
  if (how != Traffic::scales) write_results(o, moved);
  return moved;
}

void operand_reads(const Graph& graph, NodeId node, std::vector<OperandRead>& out) {
  const Operator o(graph, node);
  read_operands(o, traffic_of(o), [&](const OperandRead& read) { out.push_back(read); });
}

/// With two tensors or more, every result element meets each element of the second largest operand at most
/// once: no product, convolution or attention does more. With one, so many FLOPs per element of the larger
/// side.
std::optional<Count> opaque_bound(const Operator& o) {
  std::uint64_t largest = 0, second = 0, made = 0;
  const auto take = [&](ValueId v) {
    const auto elements = o.graph.type(v).elements();
    const auto n = elements ? elements->get() : std::nullopt;
    if (!n) return false;
    second = std::max(second, std::min(largest, *n));
    largest = std::max(largest, *n);
    return true;
  };
  for (const ValueId v : o.graph.inputs(o.node))
    if (v.valid() && !take(v)) return std::nullopt;
  for (const ValueId v : o.graph.outputs(o.node)) {
    const auto elements = o.graph.type(v).elements();
    if (!elements || !elements->get()) return std::nullopt;
    made = std::max(made, *elements->get());
  }
  const Count each = as_count(work_table::kOpaqueFlopsPerElement) * Count(std::max(made, largest));
  const Count paired = Count(2) * Count(made) * Count(second);
  if (!each.fits() || !paired.fits()) return std::nullopt;
  return std::max(*each.get(), *paired.get());
}

}  // namespace alidade::work_parts
