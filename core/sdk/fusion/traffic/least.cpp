#include <algorithm>

#include "alidade/sdk/fusion.hpp"
#include "covered.hpp"

namespace alidade {
namespace fusion {
namespace {

/// Adds up what every grouping moves, tensor by tensor.
class Least {
 public:
  Least(const FusionInput& s, const ChipLimits& chip) : s_(s), chip_(chip) {
    for (const NodeId n : s.order().nodes())
      for (const auto& read : s.reads().of(n)) readers_.push_back({read.root, n, read.part, runs(n)});
    std::ranges::stable_sort(readers_, [](const Reader& a, const Reader& b) {
      return a.root != b.root ? a.root < b.root : a.runs > b.runs;
    });
  }

  Bytes bytes() {
    std::uint64_t sum = 0;
    for (const NodeId n : s_.order().nodes()) sum += s_.reads().unseen(n) * runs(n);
    std::size_t at = 0;
    for (const ValueId v : s_.graph().values()) {
      const std::size_t first = at;
      while (at < readers_.size() && readers_[at].root == v) ++at;
      sum += least(v, std::span(readers_).subspan(first, at - first));
    }
    return Bytes(sum);
  }

 private:
  struct Reader {
    ValueId root;
    NodeId node;
    PartId part;
    std::uint64_t runs;
  };
  /// For certain: of branches of which one is taken, none.
  [[nodiscard]] std::uint64_t runs(NodeId n) const {
    const auto& cost = s_.cost().nodes[n];
    return cost.conditional ? 0 : cost.runs;
  }

  /// A tensor that fits on the chip, or a part of it after the other, can stay in a group with all its
  /// readers of the same region.
  std::uint64_t least(ValueId v, std::span<const Reader> readers) {
    const NodeId maker = s_.reads().maker(v);
    if (!maker.valid()) return read_by(v, readers, RegionId());
    const bool stays = chip_.tiles || s_.reads().made(v) <= chip_.capacity_bytes;
    const RegionId home = s_.graph().region_of(maker);
    const bool leaves = s_.reads().leaves(v) || std::ranges::any_of(readers, [&](const Reader& r) {
                          return s_.graph().region_of(r.node) != home;
                        });
    const auto written = leaves || !stays ? s_.reads().made(v) * runs(maker) : 0;
    return written + read_by(v, readers, stays ? home : RegionId());
  }
  /// What is read outside of that region: each byte as often as its most frequent reader runs.
  std::uint64_t read_by(ValueId v, std::span<const Reader> readers, RegionId but) {
    std::uint64_t sum = 0;
    read_.clear();
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (s_.graph().region_of(readers[i].node) != but) read_.push_back(readers[i].part);
      const auto next = i + 1 < readers.size() ? readers[i + 1].runs : 0;
      if (read_.empty() || next == readers[i].runs) continue;
      const auto& parts = s_.reads().parts();
      sum += parts.bytes(v, elements_in_any(parts, read_).least) * (readers[i].runs - next);
    }
    return sum;
  }

  const FusionInput& s_;
  const ChipLimits& chip_;
  std::vector<Reader> readers_;  // by tensor, the most frequent first
  std::vector<PartId> read_;
};

}  // namespace
}  // namespace fusion

Bytes least_traffic(const FusionInput& input, const ChipLimits& chip) {
  return fusion::Least(input, chip).bytes();
}

}  // namespace alidade
