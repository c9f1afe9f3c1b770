#include "units.hpp"

#include <algorithm>

#include "alidade/sdk/execution_units.hpp"
#include "alidade/sdk/liveness.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::memory {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;

/// How many nodes read each tensor; outputs of the model and of regions count as one more reader.
PerValue<std::uint32_t> reader_counts(const Graph& g, const PerValue<ValueId>& root) {
  PerValue<std::uint32_t> count(g.value_count(), 0);
  PerValue<NodeId> last(g.value_count());
  for (const NodeId n : g.nodes())
    for (const ValueId v : g.inputs(n))
      if (v.valid() && last[root[v]] != n) ++count[root[v]], last[root[v]] = n;
  for (const ValueId v : g.outputs()) ++count[root[v]];
  const std::size_t regions = region_count(g);
  for (std::size_t r = 1; r < regions; ++r)
    for (const ValueId v : g.results(RegionId(r))) ++count[root[v]];
  return count;
}

/// Storage roots where an element-wise operator writes over an operand of the same size that it alone reads.
PerValue<ValueId> roots_in_place(const Graph& g) {
  auto root = storage_roots(g);
  const auto readers = reader_counts(g, root);
  const auto may_write = [&](ValueId operand, ValueId made) {
    return operand.valid() && g.producer(root[operand]).valid() && readers[root[operand]] == 1 &&
           g.region_of(g.producer(root[operand])) == RegionId(0) &&
           known_bytes(g, root[operand]) == known_bytes(g, made);
  };
  PerValue<ValueId> over(g.value_count());  // the root that lies under each root
  for (const ValueId v : g.values()) over[v] = v;
  for (const NodeId n : g.body()) {
    if (class_of(g.op(n)) != OpClass::elementwise || g.outputs(n).empty()) continue;
    const ValueId made = g.outputs(n)[0];
    const auto inputs = g.inputs(n);
    const auto at = std::ranges::find_if(inputs, [&](ValueId v) { return may_write(v, made); });
    if (at != inputs.end()) over[made] = over[root[*at]];
  }
  for (const ValueId v : g.values()) root[v] = over[root[v]];
  return root;
}

class Maker {
 public:
  Maker(const Graph& graph, const CostProfile& cost, const FusionPlan& plan, const UnitOptions& options)
      : g_(graph),
        cost_(cost),
        options_(options),
        order_(graph),
        units_(options.groups ? ExecutionUnits(graph, order_, plan) : ExecutionUnits(graph, order_)),
        root_(options.in_place ? roots_in_place(graph) : storage_roots(graph)),
        tensor_(graph.value_count(), kNone) {}

  Result<Units> make() {
    const auto peaks = region_peaks(g_);
    if (!peaks) return std::unexpected(peaks.error());
    add_units(*peaks);
    add_tensors();
    add_reads();
    link();
    return std::move(out_);
  }

 private:
  void add_units(const std::vector<Bytes>& peaks) {
    out_.before = units_.outermost_before();
    out_.units.resize(units_.outermost());
    for (std::size_t unit = 0; unit < units_.outermost(); ++unit) out_.units[unit].node = units_.last(unit);
    for (std::size_t step = 0; step < order_.outermost(); ++step) {
      const NodeId n = order_.node(step);
      auto& at = out_.units[units_.of(n)];
      at.workspace = std::max(at.workspace, workspace(n));
      for (const RegionId r : g_.regions(n)) at.inside = std::max(at.inside, peaks[r.index].value);
    }
  }
  /// A guess by kind of kernel: a convolution unrolls its input, a product packs the larger operand,
  /// attention keeps one more output.
  [[nodiscard]] std::uint64_t workspace(NodeId n) const {
    const auto& work = cost_.nodes[n].work;
    switch (g_.op(n)) {
      case Op::conv:
        return unrolls(n) ? 2 * work.input.value : 0;
      case Op::linear:
      case Op::matmul:
      case Op::routed_matmul:
        return std::max(work.input.value, work.output.value) / 2;
      case Op::attention:
        return work.output.value;
      default:
        return 0;
    }
  }
  /// Neither depthwise nor pointwise.
  [[nodiscard]] bool unrolls(NodeId n) const {
    const auto inputs = g_.inputs(n);
    if (g_.attrs<ConvAttrs>(n).groups > 1 || inputs.size() < 2 || !inputs[1].valid()) return false;
    const auto kernel = g_.type(inputs[1]).dims;
    return kernel.size() > 2 &&
           std::ranges::any_of(kernel.subspan(2), [](Dim d) { return !d.is_known() || d.size() > 1; });
  }

  void add_tensors() {
    if (options_.inputs)
      for (const ValueId v : g_.inputs()) add_tensor(v, Tensor::kInput);
    for (std::size_t step = 0; step < order_.outermost(); ++step)
      for (const ValueId v : g_.outputs(order_.node(step)))
        if (root_[v] == v) add_tensor(v, units_.outer(order_.node(step)));
    for (const ValueId v : g_.outputs())
      if (tensor_[root_[v]] != kNone) out_.tensors[tensor_[root_[v]]].kept = true;
  }
  void add_tensor(ValueId v, std::uint32_t maker) {
    tensor_[v] = static_cast<std::uint32_t>(out_.tensors.size());
    out_.tensors.push_back({v, known_bytes(g_, v), maker, {}, false});
  }

  void add_reads() {
    for (const NodeId n : order_.nodes())
      for (const ValueId v : g_.inputs(n)) read(v, n);
    const std::size_t regions = region_count(g_);
    for (std::size_t r = 1; r < regions; ++r)
      for (const ValueId v : g_.results(RegionId(r))) read(v, g_.owner(RegionId(r)));
    for (auto& tensor : out_.tensors) {
      std::ranges::sort(tensor.readers);
      tensor.readers.erase(std::ranges::unique(tensor.readers).begin(), tensor.readers.end());
    }
  }
  void read(ValueId v, NodeId reader) {
    if (!v.valid() || tensor_[root_[v]] == kNone) return;
    auto& tensor = out_.tensors[tensor_[root_[v]]];
    const auto unit = units_.outer(reader);
    if (unit == tensor.maker)
      tensor.read_inside = true;
    else if (tensor.readers.empty() || tensor.readers.back() != unit)
      tensor.readers.push_back(unit);
  }

  /// Tells units what they make and read; what never leaves its unit takes no memory.
  void link() {
    std::erase_if(out_.tensors, [](const Tensor& tensor) {
      return tensor.readers.empty() && tensor.read_inside && !tensor.kept;
    });
    for (std::uint32_t id = 0; id < out_.tensors.size(); ++id) {
      const auto& tensor = out_.tensors[id];
      if (tensor.maker != Tensor::kInput) out_.units[tensor.maker].makes.push_back(id);
      for (const auto unit : tensor.readers) out_.units[unit].reads.push_back(id);
    }
  }

  const Graph& g_;
  const CostProfile& cost_;
  const UnitOptions& options_;
  Dependencies order_;
  ExecutionUnits units_;
  PerValue<ValueId> root_;
  PerValue<std::uint32_t> tensor_;  // of a root
  Units out_;
};

}  // namespace

Result<Units> units_of(const Graph& graph, const CostProfile& cost, const FusionPlan& plan,
                       const UnitOptions& options) {
  return Maker(graph, cost, plan, options).make();
}

}  // namespace alidade::memory
