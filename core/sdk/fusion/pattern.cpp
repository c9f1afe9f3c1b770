#include <algorithm>
#include <unordered_map>

#include "alidade/sdk/fusion.hpp"
#include "attention.hpp"
#include "group_size.hpp"
#include "loops/loops.hpp"
#include "roles.hpp"

namespace alidade {
namespace fusion {
namespace {

constexpr std::size_t kWidestFork = 32;  // operators between a fork and where its arms meet
constexpr auto kNone = Grouping::kNone;
constexpr std::uint32_t kReserved = kNone - 1;  // of an attention whose group is made at its first step

/// A group as it grows.
struct Group {
  std::vector<std::uint32_t> steps;  ///< the last is the exit
  Shape shape = Shape::views;
  GroupSize size;
};

class Patterns {
 public:
  Patterns(const FusionInput& s, Backend backend, const GroupLimits& limits)
      : s_(s),
        backend_(backend),
        limits_(limits),
        out_(s.order().size()),
        roles_(s.order().size()),
        missed_(s.order().size(), Boundary::end) {
    for (std::uint32_t i = 0; i < roles_.size(); ++i) roles_[i] = role_of(s.graph(), s.node(i));
  }
  Grouping all() {
    if (joins_written_attention(backend_)) reserve_attention();
    for (std::uint32_t step = 0; step < roles_.size(); ++step)
      if (out_.group[step] == kReserved)
        grow(std::move(attention_.at(step)));
      else if (out_.group[step] == kNone)
        grow(only(step));
    for (std::size_t id = groups_.size(); id-- > 0;) give_to_reader(static_cast<std::uint32_t>(id));
    return number_anew();
  }

 private:
  // --- attention ---
  void reserve_attention() {
    for (auto& written : written_attention(s_)) {
      Group group{std::move(written.steps), Shape::attention, {}};
      for (const auto step : group.steps) group.size += GroupSize::of(s_, step);
      const auto why = hindrance(group, written.outside);
      for (const auto step : group.steps)
        if (why == Boundary::end)
          out_.group[step] = kReserved;
        else
          missed_[step] = why;
      if (why == Boundary::end) attention_.emplace(group.steps.front(), std::move(group));
    }
  }
  [[nodiscard]] Boundary hindrance(const Group& group, std::uint32_t outside) const {
    if (outside != kNone) return Boundary::fork;
    const bool taken = std::ranges::any_of(group.steps, [&](auto s) { return out_.group[s] != kNone; });
    return taken ? Boundary::taken : group.size.beyond(limits_);
  }
  /// What stops inside of an attention that is none, stops for the same reason.
  void explain(const Group& group, Grouping::Stop& stop) const {
    if (stop.next == kNone || stop.fusible || missed_[group.steps.back()] == Boundary::end) return;
    if (missed_[stop.next] != Boundary::end) stop.boundary = missed_[stop.next], stop.fusible = true;
  }

  // --- growing ---
  void grow(Group group) {
    Grouping::Stop stop;
    while ((stop = extend(group)).boundary == Boundary::end && stop.next != kNone) {
    }
    explain(group, stop);
    for (const auto s : group.steps) out_.group[s] = static_cast<std::uint32_t>(groups_.size());
    groups_.push_back(std::move(group)), out_.stops.push_back(stop);
  }

  /// Takes the reader, or all that lies between a fork and its end; says what hindered it.
  Grouping::Stop extend(Group& group) {
    const auto readers = s_.after().of(group.steps.back());
    if (readers.empty()) return {};
    if (!find_next(readers))
      return {Boundary::fork, readers[0], joined(backend_, group.shape, roles_[readers[0]]).has_value()};
    Group bigger{{}, group.shape, group.size};
    for (const auto step : next_) {
      const auto shape = joined(backend_, bigger.shape, roles_[step]);
      if (!shape) return {Boundary::no_rule, step, false};
      if (out_.group[step] != kNone) return {Boundary::taken, step, true};
      enter(bigger, step, *shape);
    }
    if (const auto limit = bigger.size.beyond(limits_); limit != Boundary::end)
      return {limit, next_[0], true};
    bigger.steps = std::move(group.steps);
    bigger.steps.insert(bigger.steps.end(), next_.begin(), next_.end());
    group = std::move(bigger);
    return {Boundary::end, next_.back(), true};
  }
  [[nodiscard]] Group only(std::uint32_t step) const {
    Group group;
    enter(group, step, joined(backend_, group.shape, roles_[step]).value_or(Shape::alone));
    group.steps.push_back(step);
    return group;
  }
  void enter(Group& group, std::uint32_t step, Shape shape) const {
    group.shape = s_.op(step) == Op::attention ? Shape::attention : shape;
    group.size += GroupSize::of(s_, step);
  }

  // --- forks ---
  /// Fills next_ with the only reader, or with all steps up to the first that every arm of the fork reaches.
  bool find_next(std::span<const std::uint32_t> readers) {
    next_.clear();
    open_.assign(readers.begin(), readers.end());
    while (true) {
      std::ranges::sort(open_, std::greater());
      open_.erase(std::ranges::unique(open_).begin(), open_.end());
      const auto step = open_.back();
      open_.pop_back();
      next_.push_back(step);
      if (open_.empty()) return true;
      if (!may_be_between(step) || next_.size() + open_.size() > kWidestFork) return false;
      for (const auto reader : s_.after().of(step)) open_.push_back(reader);
    }
  }
  [[nodiscard]] bool may_be_between(std::uint32_t step) const {
    const auto role = roles_[step];
    return role != Role::anchor && role != Role::alone && !s_.after().of(step).empty() &&
           s_.after().of(step).size() <= kWidestFork && out_.group[step] == kNone;
  }

  // --- giving ---
  /// Views belong to whom they are for; so does what prepares the operands of attention.
  void give_to_reader(std::uint32_t id) {
    auto& group = groups_[id];
    if (group.shape != Shape::views && group.shape != Shape::pointwise) return;
    const auto readers = s_.after().of(group.steps.back());
    if (readers.empty()) return;
    const auto to = out_.group[readers[0]];
    if (!std::ranges::all_of(readers, [&](std::uint32_t r) { return out_.group[r] == to; })) return;
    auto& taker = groups_[to];
    if (group.shape == Shape::pointwise && taker.shape != Shape::attention) return;
    if (!(taker.size + group.size).within(limits_)) return;
    taker.size += group.size;
    for (const auto step : group.steps) out_.group[step] = to;
    taker.steps.insert(taker.steps.end() - 1, group.steps.begin(), group.steps.end());
    group.steps.clear();
  }

  Grouping number_anew() {
    Grouping out(out_.group.size());
    for (std::size_t id = 0; id < groups_.size(); ++id) {
      if (groups_[id].steps.empty()) continue;
      for (const auto step : groups_[id].steps)
        out.group[step] = static_cast<std::uint32_t>(out.stops.size());
      out.stops.push_back(out_.stops[id]);
      if (groups_[id].shape == Shape::attention) out.stops.back().pattern = "attention";
    }
    return out;
  }

  const FusionInput& s_;
  Backend backend_;
  const GroupLimits& limits_;
  Grouping out_;
  std::vector<Role> roles_;
  std::vector<Boundary> missed_;                        // why a step's attention is none; end: it is in none
  std::unordered_map<std::uint32_t, Group> attention_;  // by the first step
  std::vector<Group> groups_;
  std::vector<std::uint32_t> next_, open_;
};

}  // namespace
}  // namespace fusion

Grouping pattern_groups(const FusionInput& input, Backend backend, const GroupLimits& limits) {
  return backend == Backend::inductor ? fusion::loop_groups(input, limits)
                                      : fusion::Patterns(input, backend, limits).all();
}

}  // namespace alidade
