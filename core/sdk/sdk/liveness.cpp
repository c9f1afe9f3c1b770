#include "alidade/sdk/liveness.hpp"

#include <algorithm>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

/// Walks every region once, the inner ones first, and remembers what each holds at its worst.
class Liveness {
 public:
  explicit Liveness(const Graph& graph)
      : g_(graph),
        root_(storage_roots(graph)),
        last_(graph.value_count()),
        place_(graph.node_count()),
        regions_(region_count(graph)),
        peaks_(regions_) {}

  Result<std::vector<Bytes>> peaks() {
    for (const ValueId v : g_.inputs()) all_ += size(v);
    for (std::size_t r = 0; r < regions_; ++r) find_places(RegionId(r));
    if (!all_.fits()) return fail(Fault::model, "the activations of the model do not fit 63 bits");
    for (std::size_t r = 0; r < regions_; ++r) find_last_uses(RegionId(r));
    for (std::size_t r = regions_; r-- > 0;) peaks_[r] = worst(RegionId(r));
    std::vector<Bytes> out;
    for (const auto peak : peaks_) out.emplace_back(peak);
    return out;
  }

 private:
  static constexpr std::uint32_t kNever = 0, kEnd = 0xffffffff;

  std::uint64_t size(ValueId v) const { return known_bytes(g_, v); }
  /// Where a root was made: an input in the outermost region; nowhere for what is stored and for a region's
  /// arguments.
  RegionId home(ValueId root) const {
    if (g_.producer(root).valid()) return g_.region_of(g_.producer(root));
    return g_.kind(root) == ValueKind::input ? RegionId(0) : RegionId();
  }
  /// Gives every node its place and adds up all that will be made.
  void find_places(RegionId r) {
    std::uint32_t at = 0;
    for (const NodeId n : g_.body(r)) {
      place_[n] = ++at;
      for (const ValueId v : g_.outputs(n)) all_ += root_[v] == v ? size(v) : 0;
    }
  }
  /// A use inside a nested region is one by the node that holds it, seen from the region of the value.
  void use(ValueId v, NodeId by, RegionId in) {
    const ValueId root = root_[v];
    const RegionId home_region = home(root);
    if (!home_region.valid()) return;
    while (in != home_region && by.valid()) by = g_.owner(in), in = by.valid() ? g_.region_of(by) : in;
    if (by.valid()) last_[root] = std::max(last_[root], place_[by]);
  }
  void find_last_uses(RegionId r) {
    for (const NodeId n : g_.body(r))
      for (const ValueId v : g_.inputs(n))
        if (v.valid()) use(v, n, r);
    for (const ValueId v : g_.results(r)) keep(v, r);
  }
  /// A result lives to the end of its region; one that was made outside lives as long as the node around.
  void keep(ValueId v, RegionId r) {
    if (home(root_[v]) == r)
      last_[root_[v]] = kEnd;
    else if (g_.owner(r).valid())
      use(v, g_.owner(r), g_.region_of(g_.owner(r)));
  }

  /// What ends at each place: tensors after their last use, results that nobody uses at once.
  std::vector<std::uint64_t> freed(RegionId r) const {
    std::vector<std::uint64_t> bytes(g_.body(r).size() + 1);
    const auto ends = [&](ValueId v, std::uint32_t made) {
      const std::uint32_t last = last_[v] == kNever ? made : last_[v];
      if (last != kEnd) bytes[last] += size(v);
    };
    if (r.index == 0)
      for (const ValueId v : g_.inputs()) ends(v, kEnd);
    for (const NodeId n : g_.body(r))
      for (const ValueId v : g_.outputs(n))
        if (root_[v] == v) ends(v, place_[n]);
    return bytes;
  }
  std::uint64_t worst(RegionId r) const {
    std::uint64_t live = 0;
    if (r.index == 0)
      for (const ValueId v : g_.inputs()) live += size(v);
    std::uint64_t worst = live;
    const auto ending = freed(r);
    for (const NodeId n : g_.body(r)) {
      std::uint64_t inside = 0;
      for (const RegionId inner : g_.regions(n)) inside = std::max(inside, peaks_[inner.index]);
      for (const ValueId v : g_.outputs(n)) live += root_[v] == v ? size(v) : 0;
      worst = std::max(worst, live + inside);
      live -= ending[place_[n]];
    }
    return worst;
  }

  const Graph& g_;
  PerValue<ValueId> root_;
  PerValue<std::uint32_t> last_;  // place of the last use in the value's own region; kEnd: to its end
  PerNode<std::uint32_t> place_;  // from 1
  std::size_t regions_;
  std::vector<std::uint64_t> peaks_;
  Count all_;
};

}  // namespace

std::vector<ValueId> unsized_activations(const Graph& graph) {
  std::vector<ValueId> out;
  const auto root = storage_roots(graph);
  const auto look_at = [&](ValueId v) {
    if (root[v] == v && !graph.type(v).size_bytes()) out.push_back(v);
  };
  for (const ValueId v : graph.inputs()) look_at(v);
  for (const NodeId n : graph.nodes())
    for (const ValueId v : graph.outputs(n))  // one beyond the first that nobody reads is not made
      if (v == graph.outputs(n)[0] || !graph.users(v).empty()) look_at(v);
  return out;
}

Result<std::vector<Bytes>> region_peaks(const Graph& graph) { return Liveness(graph).peaks(); }

}  // namespace alidade
