#include "layout_plan.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"
#include "sdk/fusion/traffic/reads.hpp"
#include "sdk/memory/roots.hpp"

namespace alidade::lowering {
namespace {

/// How the elements of a tensor lie, by the images that it comes of.
enum class Lie : std::uint8_t {
  rows,    ///< as its dimensions say
  image,   ///< its second dimension innermost
  turned,  ///< an image that was turned into rows for nothing
};

bool is_torch_transpose(const Graph& g, NodeId n) {
  return g.op(n) == Op::transpose && !torch_name(g.foreign(n)).empty();
}

class Plan {
 public:
  Plan(const FusionInput& input, const Lowering& lowering)
      : input_(input),
        g_(input.graph()),
        lowering_(lowering),
        lies_(g_.value_count(), Lie::rows),
        out_{PerNode<char>(g_.node_count(), 0), {}} {}

  LayoutPlan take() {
    const std::size_t regions = region_count(g_);
    if (lowering_.layout == Layout::channels_last)
      for (std::size_t r = 0; r < regions; ++r)
        for (const NodeId n : g_.body(RegionId(r)))
          if (!input_.is_folded(n) && !g_.outputs(n).empty()) follow(n);
    if (lowering_.backend == Backend::eager) copy_for_torch();
    if (lowering_.backend == Backend::inductor)
      for (const NodeId n : g_.nodes()) out_.is_view[n] |= g_.op(n) == Op::transpose ? 1 : 0;
    std::ranges::stable_sort(out_.paid, {}, &PaidTranspose::reader);
    return std::move(out_);
  }

 private:
  [[nodiscard]] Lie lie(NodeId n, std::size_t i) const {
    const auto inputs = g_.inputs(n);
    return i < inputs.size() && inputs[i].valid() ? lies_[inputs[i]] : Lie::rows;
  }
  [[nodiscard]] TensorType first(NodeId n) const { return g_.type(g_.inputs(n)[0]); }
  void pay(NodeId n, ValueId v) { out_.paid.push_back({n, v, known_bytes(g_, v), g_.type(v).is_static()}); }
  void set(NodeId n, Lie lie) {
    for (const ValueId v : g_.outputs(n)) lies_[v] = lie;
  }

  // --- channels last ---
  void follow(NodeId n) {
    const Op op = g_.op(n);
    if (op == Op::conv || op == Op::conv_transpose) return convolve(n);
    if (op == Op::transpose) return turn(n);
    if (op == Op::reshape) return reshape(n);
    if (class_of(op) == OpClass::contraction || op == Op::layer_norm || op == Op::rms_norm)
      return needs_rows(n);
    if (class_of(op) == OpClass::control) return;
    inherit(n);
  }
  /// The model's own inputs lie as the backend wants them, but for backends with a fixed border.
  void convolve(NodeId n) {
    if (g_.type(g_.outputs(n)[0]).rank() < 4) return needs_rows(n);
    const ValueId x = g_.inputs(n)[0];
    const bool given = g_.kind(input_.reads().root(x)) == ValueKind::input;
    const bool fixed = folding_of(lowering_.backend) == Folding::at_load;
    if (lies_[x] != Lie::image && (!given || fixed)) pay(n, x);
    set(n, Lie::image);
  }
  void needs_rows(NodeId n) {
    for (const ValueId v : g_.inputs(n))
      if (v.valid() && lies_[v] == Lie::image && g_.type(v).rank() > 2) pay(n, v);
  }
  void turn(NodeId n) {
    const auto perm = g_.ints(g_.attrs<PermAttrs>(n).perm);
    const auto rank = static_cast<std::int64_t>(perm.size());
    const bool ascends = rank > 2 && perm[0] == 0;
    const auto without = [&](std::int64_t moved) {
      std::int64_t last = -1;
      for (const auto d : perm) {
        if (d == moved) continue;
        if (d < last) return false;
        last = d;
      }
      return true;
    };
    const bool to_rows = ascends && perm.back() == 1 && without(1);
    const bool to_image = ascends && perm[1] == rank - 1 && without(rank - 1);
    if (lie(n, 0) == Lie::image && to_rows) return set_free(n, Lie::turned);
    if (lie(n, 0) != Lie::image && to_image) return set_free(n, Lie::image);
  }
  void set_free(NodeId n, Lie lie) { out_.is_view[n] = 1, set(n, lie); }

  /// Places may be joined or split; channels may not, unless there is one place.
  void reshape(NodeId n) {
    if (lie(n, 0) != Lie::image) return set(n, lie(n, 0));
    const auto from = first(n), to = g_.type(g_.outputs(n)[0]);
    const bool keeps =
        to.rank() > 2 && from.dim(0) && from.dim(1) && from.dim(0) == to.dim(0) && from.dim(1) == to.dim(1);
    if (keeps) return set(n, Lie::image);
    bool one_place = from.rank() > 2;
    for (std::size_t d = 2; d < from.rank(); ++d) one_place &= from.dim(static_cast<int>(d)) == 1;
    if (!one_place) pay(n, g_.inputs(n)[0]);
  }
  /// Results lie as the operand of the same rank does.
  void inherit(NodeId n) {
    const auto rank = g_.type(g_.outputs(n)[0]).rank();
    for (const ValueId v : g_.inputs(n))
      if (v.valid() && lies_[v] != Lie::rows && g_.type(v).rank() == rank && rank > 2)
        return set(n, lies_[v]);
  }

  // --- PyTorch, operator by operator ---
  void copy_for_torch() {
    bool any = false;
    for (const NodeId n : g_.nodes())
      if (is_torch_transpose(g_, n)) out_.is_view[n] = 1, any = true;
    if (!any) return;
    const auto storages = memory::storages_of(g_, false);
    for (const NodeId n : g_.nodes()) {
      const auto inputs = g_.inputs(n);
      if (inputs.empty() || !inputs[0].valid() || lies_[inputs[0]] == Lie::turned) continue;
      const bool laid_out = is_free(g_.op(n)) && shares_storage(g_.op(n)) && g_.op(n) != Op::sequence &&
                            storages.root[g_.outputs(n)[0]] == g_.outputs(n)[0];
      if (laid_out || (wants_rows(n) && storages.strided[inputs[0]] != 0)) pay(n, inputs[0]);
      if (storages.copied[n] > 0) out_.paid.push_back({n, inputs[0], storages.copied[n], true});
    }
  }
  [[nodiscard]] bool wants_rows(NodeId n) const {
    const auto cls = class_of(g_.op(n));
    return cls == OpClass::softmax || (cls == OpClass::normalisation && g_.op(n) != Op::batch_norm);
  }

  const FusionInput& input_;
  const Graph& g_;
  const Lowering& lowering_;
  PerValue<Lie> lies_;
  LayoutPlan out_;
};

}  // namespace

LayoutPlan layout_plan(const FusionInput& input, const Lowering& lowering) {
  return Plan(input, lowering).take();
}

}  // namespace alidade::lowering
