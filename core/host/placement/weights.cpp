#include "weights.hpp"

#include <algorithm>
#include <map>

#include "alidade/sdk/storage.hpp"

namespace alidade::host {
namespace {

class Readers {
 public:
  Readers(const Graph& graph, const PerNode<std::uint32_t>& step_of, std::uint32_t none)
      : graph_(graph), step_of_(step_of), none_(none), roots_(storage_roots(graph)) {}

  std::vector<ReadWeight> find() {
    for (const NodeId n : graph_.nodes())
      if (step_of_[n] != none_)
        for (const ValueId v : graph_.inputs(n)) read(v, step_of_[n]);
    std::vector<ReadWeight> out;
    for (auto& [value, steps] : readers_) {
      std::ranges::sort(steps);
      const auto twice = std::ranges::unique(steps);
      steps.erase(twice.begin(), twice.end());
      out.push_back({value, std::move(steps), {}});
    }
    return out;
  }

 private:
  /// A value that a step reads; what is made before the model runs is what it is made of.
  void read(ValueId v, std::uint32_t step) {
    std::vector<ValueId> left{v};
    std::vector<ValueId> seen;
    while (!left.empty()) {
      const ValueId now = left.back();
      left.pop_back();
      if (!now.valid() || std::ranges::find(seen, now) != seen.end()) continue;
      seen.push_back(now);
      const ValueId root = roots_[now];
      if (is_stored(graph_.kind(root))) {
        readers_[root].push_back(step);
        continue;
      }
      const NodeId maker = graph_.producer(root);
      if (!maker.valid() || step_of_[maker] != none_) continue;
      const auto inputs = graph_.inputs(maker);
      left.insert(left.end(), inputs.begin(), inputs.end());
    }
  }
  const Graph& graph_;
  const PerNode<std::uint32_t>& step_of_;
  std::uint32_t none_;
  PerValue<ValueId> roots_;
  std::map<ValueId, std::vector<std::uint32_t>> readers_;
};

std::map<ValueId, Dtype> types_in_memory(const Estimate& estimate) {
  std::map<ValueId, Dtype> out;
  for (const auto& kernel : estimate.kernels())
    for (const auto& access : estimate.graph_of_kernels->reads(kernel))
      if (access.weight && access.value.valid()) out.emplace(access.value, access.type);
  return out;
}

}  // namespace

std::vector<ReadWeight> weights_read(const Graph& graph, const PerNode<std::uint32_t>& step_of,
                                     std::uint32_t none) {
  return Readers(graph, step_of, none).find();
}

void add_bytes(const Graph& graph, const Estimate& estimate, std::vector<ReadWeight>& weights) {
  const auto types = types_in_memory(estimate);
  for (auto& weight : weights) {
    const auto found = types.find(weight.value);
    const auto elements = graph.type(weight.value).elements();
    const auto there =
        found != types.end() && elements ? stored_bytes(*elements, found->second) : std::nullopt;
    weight.bytes.emplace_back(there && there->get() ? *there->get() : known_bytes(graph, weight.value));
  }
}

}  // namespace alidade::host
