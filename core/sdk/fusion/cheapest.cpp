#include <algorithm>

#include "alidade/sdk/fusion.hpp"
#include "traffic/covered.hpp"

namespace alidade {
namespace fusion {
namespace {

/// For every end of a run of steps, all its beginnings from the latest to the earliest that fits: what the
/// run saves against its operators one by one, and what lives on the chip meanwhile.
class Cheapest {
 public:
  Cheapest(const FusionInput& s, const ChipLimits& chip)
      : s_(s),
        chip_(chip),
        read_(s.reads()),
        last_in_(s.graph().value_count()),
        last_(s.graph().value_count(), 0),
        saved_(s.order().size() + 1, 0),
        begin_(s.order().size()),
        held_(s.order().size(), Boundary::end),
        live_(chip.ops + 1) {
    for (std::uint32_t step = 0; step < s.order().size(); ++step)
      for (const auto& read : s.reads().of(s.node(step))) last_[read.root] = step;
  }

  Grouping best() {
    for (std::uint32_t end = 0; end < begin_.size(); ++end) find_begin(end);
    Grouping out(begin_.size());
    out.by_sizes = true;
    for (auto end = static_cast<std::uint32_t>(begin_.size()); end > 0; end = begin_[end - 1])
      put(begin_[end - 1], end - 1, out);
    return out;
  }

 private:
  /// The best run that ends here; of equal ones the longest.
  void find_begin(std::uint32_t end) {
    std::ranges::fill(live_, 0);
    read_.clear();
    std::uint64_t saving = 0, most = 0;
    first_ = end + 1 >= live_.size() ? static_cast<std::uint32_t>(end + 1 - live_.size()) : 0;
    for (std::uint32_t begin = end;; --begin) {
      saving += gain(begin, end, most);
      if (most > chip_.capacity_bytes) held_[end] = Boundary::capacity;
      if (end - begin + 1 > chip_.ops) held_[end] = Boundary::ops_limit;
      if (begin != end && held_[end] != Boundary::end) break;
      if (begin == end || saved_[begin] + saving >= saved_[end + 1])
        saved_[end + 1] = saved_[begin] + saving, begin_[end] = begin;
      if (begin == 0 || region(begin - 1) != region(end)) break;
    }
  }
  [[nodiscard]] RegionId region(std::uint32_t step) const { return s_.graph().region_of(s_.node(step)); }

  /// What a step saves by going in front of the run up to `end`: readers in the run find what it makes, and
  /// what it reads need not be read again. `most` becomes what lives on the chip at the worst moment.
  std::uint64_t gain(std::uint32_t step, std::uint32_t end, std::uint64_t& most) {
    const NodeId n = s_.node(step);
    std::uint64_t bytes = 0;
    for (const ValueId v : s_.graph().outputs(n)) {
      if (!read_.reads(v) || !s_.reads().maker(v).valid()) continue;
      const auto made = s_.reads().made(v);
      bytes += read_.bytes(v) + (last_[v] <= end && !s_.reads().leaves(v) ? made : 0);
      for (auto at = step; at <= last_in_[v]; ++at) most = std::max(most, live_[at - first_] += made);
    }
    for (const auto& read : s_.reads().of(n)) {
      if (!read_.reads(read.root)) last_in_[read.root] = step;
      bytes += read.bytes - read_.add(read);
    }
    return bytes * s_.cost().nodes[n].runs;
  }

  void put(std::uint32_t begin, std::uint32_t end, Grouping& out) const {
    for (auto step = begin; step <= end; ++step)
      out.group[step] = static_cast<std::uint32_t>(out.stops.size());
    const auto next = end + 1;
    Grouping::Stop stop;
    if (next < begin_.size() && region(next) == region(end)) {
      const bool held = held_[next] != Boundary::end;
      stop = {held ? held_[next] : Boundary::traffic, next, false};
    }
    out.stops.push_back(stop);
  }

  const FusionInput& s_;
  const ChipLimits& chip_;
  Covered read_;                      // by the run at hand, from outside or from within
  PerValue<std::uint32_t> last_in_;   // its last reader there
  PerValue<std::uint32_t> last_;      // its last reader at all
  std::vector<std::uint64_t> saved_;  // by the best runs before a step
  std::vector<std::uint32_t> begin_;
  std::vector<Boundary> held_;  // what kept the runs up to here from beginning earlier
  std::vector<std::uint64_t> live_;
  std::uint32_t first_ = 0;  // the step of live_[0]
};

}  // namespace
}  // namespace fusion

Grouping cheapest_groups(const FusionInput& input, const ChipLimits& chip) {
  return fusion::Cheapest(input, chip).best();
}

}  // namespace alidade
