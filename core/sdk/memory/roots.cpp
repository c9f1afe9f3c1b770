// In whose memory every value lies.
#include <algorithm>
#include <optional>
#include <vector>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/storage.hpp"
#include "roots.hpp"
#include "sdk/fusion/traffic/view_layout.hpp"
#include "sdk/ir/work/carried_update.hpp"
#include "units.hpp"

namespace alidade {
namespace {

using fusion::Layout;

/// Follows views with the strides that they have, as far as sizes are known.
class Roots {
 public:
  Roots(const Graph& graph, bool functional)
      : g_(graph),
        functional_(functional),
        in_step_(memory::runs_whole_operators(graph)),
        root_(graph.value_count()),
        layout_(graph.value_count(), kRows),
        copied_(graph.node_count(), 0) {
    for (const ValueId v : graph.values())
      if (!graph.producer(v).valid()) root_[v] = v;
    const std::size_t regions = region_count(graph);
    for (std::size_t r = 0; r < regions; ++r)  // outer regions first, so that a source's root is known
      for (const NodeId n : graph.body(RegionId(r))) follow(n);
  }
  memory::Storages take() {
    PerValue<char> strided(g_.value_count(), 0);
    for (const ValueId v : g_.values()) strided[v] = is_strided(v) ? 1 : 0;
    return {std::move(root_), std::move(copied_), std::move(strided)};
  }

 private:
  static constexpr std::uint32_t kRows = 0xffffffff;  // row after row
  static constexpr std::uint32_t kLost = 0xfffffffe;  // no strides are known

  void follow(NodeId n) {
    const Op op = g_.op(n);
    for (const ValueId v : g_.outputs(n)) root_[v] = v;
    const auto inputs = g_.inputs(n);
    const ValueId updated = updated_operand(g_, n);
    if (updated.valid() && !(functional_ && g_.producer(root_[updated]).valid()))
      return share(updated, g_.outputs(n)[0]);
    if (op == Op::loop) return carry(n);
    if (inputs.empty() || !inputs[0].valid() || op == Op::sequence) return;
    if (op == Op::scatter && work_parts::updates_carried(g_, n)) return share(inputs[0], g_.outputs(n)[0]);
    if (class_of(op) == OpClass::contraction) add_copies(n);
    if (op == Op::transpose && !torch_name(g_.foreign(n)).empty())
      show(n, inputs[0]);
    else if (shares_storage(g_, n))
      view(n, inputs[0]);
    else if (class_of(op) == OpClass::elementwise)
      keep_order(inputs[0], g_.outputs(n)[0]);
  }

  void share(ValueId source, ValueId out) { root_[out] = root_[source], layout_[out] = layout_[source]; }

  /// What a loop carries and updates lies where it lay before the first trip, if nobody reads that any more.
  void carry(NodeId loop) {
    const auto regions = g_.regions(loop);
    const auto outputs = g_.outputs(loop);
    const auto inputs = g_.inputs(loop);
    if (regions.size() != 1 || outputs.size() > inputs.size()) return;
    const auto arguments = g_.arguments(regions[0]);
    const auto results = g_.results(regions[0]);
    if (arguments.size() != inputs.size() || results.size() != outputs.size() + 1) return;
    const auto first = inputs.size() - outputs.size();  // behind the count of trips and the condition
    for (std::size_t k = 0; k < outputs.size(); ++k)
      if (results[k + 1].valid() &&
          work_parts::updated_argument(g_, results[k + 1]) == arguments[first + k] &&
          is_last_use(inputs[first + k], loop))
        share(inputs[first + k], outputs[k]);
  }
  /// Whether an operator of the same region makes it, and the node is the last to see it, in any view.
  [[nodiscard]] bool is_last_use(ValueId v, NodeId n) {
    const NodeId maker = v.valid() ? g_.producer(v) : NodeId();
    if (!maker.valid() || root_[v] != v || g_.users(v).back() != n || is_given_back(v)) return false;
    const auto is_over = [&](NodeId user) {
      return g_.region_of(user) == g_.region_of(n) && user < n && !shares_storage(g_.op(user)) &&
             g_.op(user) != Op::transpose;
    };
    return g_.region_of(maker) == g_.region_of(n) && std::ranges::count(g_.inputs(n), v) == 1 &&
           std::ranges::all_of(g_.users(v), [&](NodeId user) { return user == n || is_over(user); });
  }

  /// By the graph or a region.
  [[nodiscard]] bool is_given_back(ValueId v) {
    if (given_back_.size() == 0) {
      given_back_ = PerValue<char>(g_.value_count(), 0);
      for (const ValueId out : g_.outputs()) given_back_[out] = 1;
      const auto regions = region_count(g_);
      for (std::uint32_t r = 1; r < regions; ++r)
        for (const ValueId out : g_.results(RegionId(r)))
          if (out.valid()) given_back_[out] = 1;
    }
    return given_back_[v] != 0;
  }

  void view(NodeId n, ValueId source) {
    const Op op = g_.op(n);
    if (op == Op::slice || op == Op::split || op == Op::expand) return show(n, source);
    for (const ValueId out : g_.outputs(n))
      if (!copies(n, source, out)) share(source, out), reshape(source, out);
  }
  /// `clone` does; `contiguous` and `reshape` where strides ask for it. In a training step what is a `view`
  /// asks for no copy, however a kernel laid its operand out.
  [[nodiscard]] bool copies(NodeId n, ValueId source, ValueId out) const {
    const auto name = torch_name(g_.foreign(n));
    if (name == "clone") return true;
    if (name == "view" && in_step_) return false;
    if (name == "contiguous") return is_strided(source);
    return is_strided(source) && same_elements(source, out) &&
           !fusion::reshaped(layouts_[layout_[source]], fusion::sizes_of(g_, out));
  }
  void reshape(ValueId source, ValueId out) {
    if (!is_strided(source)) return;
    if (!same_elements(source, out)) return void(layout_[out] = kLost);
    keep(out, fusion::reshaped(layouts_[layout_[source]], fusion::sizes_of(g_, out)));
  }

  /// Slices, splits, expansions and transposes.
  void show(NodeId n, ValueId source) {
    std::int64_t past = 0;
    for (const ValueId out : g_.outputs(n)) {
      root_[out] = root_[source];
      const bool known = layout_[source] != kLost && elements(source) > 0 && elements(out) > 0;
      keep(out, known ? shown(n, out, layout_of(source), past) : std::nullopt);
    }
  }
  [[nodiscard]] std::optional<Layout> shown(NodeId n, ValueId out, Layout layout, std::int64_t& past) const {
    switch (g_.op(n)) {
      case Op::slice:
        return fusion::sliced(g_, n, out, std::move(layout));
      case Op::split:
        return fusion::split_off(g_, n, out, std::move(layout), past);
      case Op::expand:
        return fusion::expanded(layout, fusion::sizes_of(g_, out));
      default:
        return fusion::transposed(g_, n, layout);
    }
  }

  /// An element-wise result has its dimensions in the order of its operand's strides, without gaps.
  void keep_order(ValueId source, ValueId out) {
    if (!is_strided(source) || !std::ranges::equal(g_.type(source).dims, g_.type(out).dims)) return;
    auto layout = layouts_[layout_[source]];
    std::vector<fusion::Stretch*> order;
    for (auto& dim : layout.dims) {
      if (dim.extent > 1 && dim.stride <= 0) return;
      order.push_back(&dim);
    }
    std::ranges::stable_sort(order, std::ranges::greater(), &fusion::Stretch::stride);
    std::int64_t next = 1;
    for (std::size_t i = order.size(); i-- > 0; next *= order[i]->extent) order[i]->stride = next;
    layout.first = 0;
    keep(out, std::move(layout));
  }

  /// PyTorch's products copy operands that do not lie as rows of matrices: `matmul` each of several
  /// dimensions; `linear` its input, or with a bias the product, before the bias is added to that; `lstm` an
  /// input that does not lie step after step.
  void add_copies(NodeId n) {
    const auto name = torch_name(g_.foreign(n));
    const auto inputs = g_.inputs(n);
    if (name == "linear" && is_strided(inputs[0]) && g_.type(inputs[0]).rank() > 2) {
      copied_[n] = copied_bytes(inputs[0], inputs[0], 1);
      if (inputs.size() > 2 && inputs[2].valid())
        copied_[n] = std::max(copied_[n], known_bytes(g_, g_.outputs(n)[0]));
    }
    if (name == "lstm" && g_.op(n) == Op::lstm && !lies_by_steps(n)) copied_[n] = known_bytes(g_, inputs[0]);
    if (name != "matmul" || g_.op(n) != Op::matmul || g_.type(g_.outputs(n)[0]).rank() < 3) return;
    for (const ValueId v : inputs.first(std::min<std::size_t>(inputs.size(), 2)))
      if (v.valid() && g_.type(v).rank() > 2) copied_[n] += copied_bytes(v, g_.outputs(n)[0], 2);
  }
  [[nodiscard]] bool lies_by_steps(NodeId n) const {
    const ValueId x = g_.inputs(n)[0];
    if (layout_[x] == kLost || elements(x) == 0) return true;
    auto layout = layout_of(x);
    if (g_.attrs<RecurrentAttrs>(n).batch_first != 0 && layout.dims.size() > 2)
      std::swap(layout.dims[0], layout.dims[1]);
    return is_rows(layout);
  }
  /// Of an operand that a product wants as a list of matrices, or of rows: the last dimensions stay, those
  /// before become one. It is expanded to the result's first.
  [[nodiscard]] std::uint64_t copied_bytes(ValueId v, ValueId made, std::size_t stay) const {
    if (!is_strided(v) || elements(made) == 0 || g_.type(v).rank() != g_.type(made).rank()) return 0;
    auto sizes = fusion::sizes_of(g_, made);
    const auto own = fusion::sizes_of(g_, v);
    std::ranges::copy(std::span(own).last(stay), sizes.end() - static_cast<std::ptrdiff_t>(stay));
    const auto wide = fusion::expanded(layouts_[layout_[v]], sizes);
    if (!wide) return 0;
    std::int64_t rows = 1, all = 1;
    for (std::size_t i = 0; i + stay < sizes.size(); ++i) rows *= sizes[i];
    for (const auto size : sizes) all *= size;
    std::vector<std::int64_t> flat{rows};
    flat.insert(flat.end(), sizes.end() - static_cast<std::ptrdiff_t>(stay), sizes.end());
    if (fusion::reshaped(*wide, flat)) return 0;
    const auto bytes = stored_bytes(static_cast<std::uint64_t>(all), g_.type(v).dtype);
    return bytes ? bytes->get().value_or(0) : 0;
  }

  [[nodiscard]] std::uint64_t elements(ValueId v) const {
    const auto count = g_.type(v).elements();
    return count ? count->get().value_or(0) : 0;
  }
  [[nodiscard]] bool same_elements(ValueId a, ValueId b) const {
    return elements(a) > 0 && elements(a) == elements(b);
  }
  [[nodiscard]] bool is_strided(ValueId v) const { return layout_[v] < kLost; }
  [[nodiscard]] Layout layout_of(ValueId v) const {
    return layout_[v] == kRows ? fusion::row_major(fusion::sizes_of(g_, v)) : layouts_[layout_[v]];
  }
  void keep(ValueId out, std::optional<Layout> layout) {
    layout_[out] = !layout ? kLost : is_rows(*layout) ? kRows : static_cast<std::uint32_t>(layouts_.size());
    if (is_strided(out)) layouts_.push_back(std::move(*layout));
  }
  static bool is_rows(const Layout& layout) {
    std::int64_t next = 1;
    for (std::size_t i = layout.dims.size(); i-- > 0; next *= layout.dims[i].extent)
      if (layout.dims[i].extent != 1 && layout.dims[i].stride != next) return false;
    return true;
  }

  const Graph& g_;
  bool functional_;
  bool in_step_;  // of training
  PerValue<ValueId> root_;
  PerValue<std::uint32_t> layout_;  // into layouts_
  std::vector<Layout> layouts_;
  PerNode<std::uint64_t> copied_;
  PerValue<char> given_back_;  // filled at the first question
};

}  // namespace

memory::Storages memory::storages_of(const Graph& graph, bool functional) {
  return Roots(graph, functional).take();
}

PerValue<ValueId> storage_roots(const Graph& graph, bool functional) {
  return memory::storages_of(graph, functional).root;
}

}  // namespace alidade
