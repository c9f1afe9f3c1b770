#include "schedule.hpp"

#include <algorithm>

namespace alidade::memory {
namespace {

/// The steps between which every tensor is alive.
std::vector<TensorLife> lives_of(const Units& units, const std::vector<std::uint32_t>& at) {
  std::vector<TensorLife> out;
  out.reserve(units.tensors.size());
  const auto end = static_cast<std::uint32_t>(units.units.empty() ? 0 : units.units.size() - 1);
  for (const auto& tensor : units.tensors) {
    TensorLife life{tensor.value, Bytes(tensor.bytes), 0, 0, Bytes()};
    life.first = life.last = tensor.maker == Tensor::kInput ? 0 : at[tensor.maker];
    for (const auto unit : tensor.readers) life.last = std::max(life.last, at[unit]);
    if (tensor.kept) life.last = end;
    out.push_back(life);
  }
  std::ranges::stable_sort(out, {}, &TensorLife::first);
  return out;
}

}  // namespace

MemorySchedule schedule_of(const Units& units, const std::vector<std::uint32_t>& order) {
  MemorySchedule out;
  std::vector<std::uint32_t> at(order.size());
  for (std::uint32_t step = 0; step < order.size(); ++step) at[order[step]] = step;
  out.tensors = lives_of(units, at);
  std::vector<std::uint64_t> begins(order.size() + 1, 0), ends(order.size() + 1, 0);
  for (const auto& life : out.tensors)
    begins[life.first] += life.bytes.value, ends[life.last] += life.bytes.value;
  std::uint64_t live = 0;
  for (std::uint32_t step = 0; step < order.size(); ++step) {
    const auto& unit = units.units[order[step]];
    live += begins[step];
    out.steps.push_back({unit.node, Bytes(live + unit.inside), Bytes(unit.workspace)});
    if (out.steps.back().live > out.peak) out.peak = out.steps.back().live, out.peak_step = step;
    out.peak_with_workspace =
        std::max(out.peak_with_workspace, out.steps.back().live + Bytes(unit.workspace));
    live -= ends[step];
  }
  out.arena = place(out.tensors);
  return out;
}

namespace {

/// Runs one unit after another, always the one that leaves least behind.
class Greedy {
 public:
  explicit Greedy(const Units& units)
      : u_(units), waits_(units.units.size()), unread_(units.tensors.size()), after_(reversed(units.before)) {
    for (std::uint32_t i = 0; i < waits_.size(); ++i) {
      waits_[i] = static_cast<std::uint32_t>(units.before.of(i).size());
      if (waits_[i] == 0) ready_.push_back(i);
    }
    for (std::size_t i = 0; i < unread_.size(); ++i)
      unread_[i] = static_cast<std::uint32_t>(units.tensors[i].readers.size());
  }

  std::optional<std::vector<std::uint32_t>> order(std::uint64_t most_looks) {
    std::vector<std::uint32_t> out;
    for (std::uint64_t looks = 0; !ready_.empty();) {
      looks += ready_.size();
      if (looks > most_looks) return std::nullopt;
      const auto best = std::ranges::min_element(ready_, [&](std::uint32_t a, std::uint32_t b) {
        const auto x = left_by(a), y = left_by(b);
        return x != y ? x < y : a < b;
      });
      const auto unit = *best;
      *best = ready_.back(), ready_.pop_back();
      run(unit);
      out.push_back(unit);
    }
    return out;
  }

 private:
  /// Bytes that a unit makes less those that nobody reads after it.
  [[nodiscard]] std::int64_t left_by(std::uint32_t unit) const {
    std::int64_t left = 0;
    for (const auto id : u_.units[unit].makes)
      if (unread_[id] > 0 || u_.tensors[id].kept) left += static_cast<std::int64_t>(u_.tensors[id].bytes);
    for (const auto id : u_.units[unit].reads)
      if (unread_[id] == 1 && !u_.tensors[id].kept) left -= static_cast<std::int64_t>(u_.tensors[id].bytes);
    return left;
  }
  void run(std::uint32_t unit) {
    for (const auto id : u_.units[unit].reads) --unread_[id];
    for (const auto next : after_.of(unit))
      if (--waits_[next] == 0) ready_.push_back(next);
  }

  const Units& u_;
  std::vector<std::uint32_t> waits_, unread_, ready_;
  Dag after_;
};

}  // namespace

std::optional<std::vector<std::uint32_t>> leaner_order(const Units& units, std::uint64_t most_looks) {
  return Greedy(units).order(most_looks);
}

}  // namespace alidade::memory
