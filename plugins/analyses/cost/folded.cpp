#include "folded.hpp"

#include <algorithm>
#include <utility>

#include "alidade/sdk/folding.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::cost {
namespace {

/// Adds up the tensors that folded operators leave to the others, each once: views lie in another's memory.
class Kept {
 public:
  Kept(const Graph& graph, FoldedWork& folded, const PerNode<char>& is_folded)
      : g_(graph), out_(folded), folded_(is_folded), root_(storage_roots(graph)), seen_(root_.size(), 0) {}

  void add_all() {
    for (const ValueId v : g_.outputs()) add(v);
    for (const NodeId n : g_.nodes()) {
      if (folded_[n] != 0) continue;
      for (const ValueId v : g_.inputs(n)) add(v);
      for (const RegionId r : g_.regions(n))
        for (const ValueId v : g_.results(r)) add(v);
    }
  }

 private:
  void add(ValueId v) {
    if (!v.valid()) return;
    const ValueId root = root_[v];
    const NodeId maker = g_.producer(root);
    if (!maker.valid() || folded_[maker] == 0 || std::exchange(seen_[root], 1) != 0) return;
    const auto size = g_.type(root).size_bytes();
    const auto bytes = size ? size->get() : std::nullopt;
    out_.kept += Bytes(bytes.value_or(0));
    out_.kept_upper += bytes ? Upper(*bytes) : Upper::none();
  }

  const Graph& g_;
  FoldedWork& out_;
  const PerNode<char>& folded_;
  PerValue<ValueId> root_;
  PerValue<char> seen_;
};

}  // namespace

void set_folded(const Graph& graph, CostProfile& profile) {
  const auto folded = folded_at_load(graph);
  bool any = false;
  for (const NodeId n : graph.nodes()) any |= profile.nodes[n].folded = folded[n] != 0;
  if (!any) return;
  const auto sums = region_sums<CostSum>(graph, [&](NodeId n, CostSum& sum) {
    if (folded[n] != 0) sum.add(sum_of_one_run(graph, n, profile.nodes[n]));
  });
  profile.folded.work = sums.front();
  for (const NodeId n : graph.nodes())
    if (folded[n] != 0 && class_of(graph.op(n)) == OpClass::view) ++profile.folded.views;
  Kept(graph, profile.folded, folded).add_all();
}

}  // namespace alidade::cost
