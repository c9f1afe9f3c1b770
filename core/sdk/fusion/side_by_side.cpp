#include "side_by_side.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "alidade/sdk/storage.hpp"
#include "traffic/reads.hpp"

namespace alidade::fusion {
namespace {

class SideBySide {
 public:
  SideBySide(const FusionInput& s, std::span<const char> stored, std::span<const std::uint32_t> group_of)
      : s_(s), stored_(stored), group_of_(group_of) {}

  /// The tensor that a group of one product with weights multiplies, if that is all it waits for.
  [[nodiscard]] std::optional<ValueId> multiplied(const PatternGroup& group) const {
    if (group.shape != Shape::anchored || group.open) return std::nullopt;
    std::optional<ValueId> found;
    for (const auto step : group.steps)
      if (s_.op(step) == Op::linear || s_.op(step) == Op::matmul) {
        if (found || !has_weights(step)) return std::nullopt;
        found = s_.graph().inputs(s_.node(step))[0];
      } else if (role_of(s_.graph(), s_.node(step)) == Role::anchor) {
        return std::nullopt;
      }
    if (!found || !waits_for_nothing_else(group, *found)) return std::nullopt;
    return found;
  }

 private:
  [[nodiscard]] bool has_weights(std::uint32_t step) const {
    const auto inputs = s_.graph().inputs(s_.node(step));
    if (inputs.size() < 2 || !inputs[0].valid() || !inputs[1].valid()) return false;
    const NodeId maker = s_.graph().producer(inputs[1]);
    const auto made = maker.valid() ? s_.order().step(maker) : Grouping::kNone;
    return made == Grouping::kNone ? is_stored(s_.graph().kind(s_.reads().root(inputs[1])))
                                   : stored_[made] != 0;
  }
  [[nodiscard]] bool waits_for_nothing_else(const PatternGroup& group, ValueId tensor) const {
    const NodeId maker = s_.graph().producer(tensor);
    const auto made = maker.valid() ? s_.order().step(maker) : Grouping::kNone;
    for (const auto step : group.steps)
      for (const auto earlier : s_.order().before().of(step))
        if (earlier != made && stored_[earlier] == 0 && group_of_[earlier] != group_of_[step]) return false;
    return made == Grouping::kNone || group_of_[made] != group_of_[group.steps[0]];
  }

  const FusionInput& s_;
  std::span<const char> stored_;
  std::span<const std::uint32_t> group_of_;
};

}  // namespace

std::vector<char> stored_steps(const FusionInput& input) {
  std::vector<char> out(input.order().size(), 0);
  for (std::uint32_t step = 0; step < out.size(); ++step) {
    const bool free = input.is_folded(input.node(step)) || shares_storage(input.graph(), input.node(step));
    const auto before = input.order().before().of(step);
    const auto operands = input.graph().inputs(input.node(step));
    out[step] = free && std::ranges::all_of(before, [&](auto earlier) { return out[earlier] != 0; }) &&
                std::ranges::all_of(operands, [&](ValueId v) {
                  return !v.valid() || input.graph().producer(v).valid() || is_stored(input.graph().kind(v));
                });
  }
  return out;
}

void join_side_by_side(const FusionInput& input, const GroupLimits& limits, std::span<const char> stored,
                       std::vector<PatternGroup>& groups, std::span<std::uint32_t> group_of) {
  const SideBySide search(input, stored, group_of);
  std::unordered_map<std::uint32_t, std::uint32_t> first;  // by the tensor's index
  for (std::uint32_t id = 0; id < groups.size(); ++id) {
    const auto tensor = search.multiplied(groups[id]);
    if (!tensor) continue;
    const auto [at, fresh] = first.try_emplace(tensor->index, id);
    auto &taker = groups[at->second], &group = groups[id];
    if (fresh || !(taker.size + group.size).within(limits)) continue;
    if (input.graph().region_of(input.node(taker.steps[0])) !=
        input.graph().region_of(input.node(group.steps[0])))
      continue;
    taker.size += group.size;
    for (const auto step : group.steps) group_of[step] = at->second;
    taker.steps.insert(taker.steps.end(), group.steps.begin(), group.steps.end());
    group.steps.clear();
  }
}

}  // namespace alidade::fusion
