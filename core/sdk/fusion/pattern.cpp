#include <algorithm>
#include <optional>
#include <unordered_map>

#include "alidade/sdk/fusion.hpp"
#include "alidade/sdk/storage.hpp"
#include "attention.hpp"
#include "loops/loops.hpp"
#include "pattern_group.hpp"
#include "rotary.hpp"
#include "side_by_side.hpp"

namespace alidade {
namespace fusion {
namespace {

constexpr std::size_t kWidestFork = 32;  // operators between a fork and where its arms meet
constexpr auto kNone = Grouping::kNone;
constexpr std::uint32_t kReserved = kNone - 1;  // of a unit whose group is made at its first step

class Patterns {
 public:
  Patterns(const FusionInput& s, Backend backend, const GroupLimits& limits)
      : s_(s),
        backend_(backend),
        limits_(limits),
        out_(s.order().size()),
        roles_(s.order().size()),
        missed_(s.order().size(), Boundary::end),
        stored_(stored_steps(s)),
        seen_(s.order().size(), kNone) {
    for (std::uint32_t i = 0; i < roles_.size(); ++i) roles_[i] = role_at_run(i);
  }
  Grouping all() {
    if (joins_written_attention(backend_)) reserve_attention(), reserve_rotaries();
    for (std::uint32_t step = 0; step < roles_.size(); ++step)
      if (out_.group[step] == kReserved)
        grow(std::move(reserved_.at(step)));
      else if (out_.group[step] == kNone)
        grow(only(step));
    if (joins_products_side_by_side(backend_)) join_side_by_side(s_, limits_, stored_, groups_, out_.group);
    for (std::size_t id = groups_.size(); id-- > 0;) give_to_reader(static_cast<std::uint32_t>(id));
    return number_anew();
  }

 private:
  /// What is folded is free, but for what has regions; a concatenation that nobody does belongs to whom it is
  /// for, never to one of those who write its parts.
  [[nodiscard]] Role role_at_run(std::uint32_t step) const {
    const Role role = role_of(s_.graph(), s_.node(step));
    const bool free = s_.is_folded(s_.node(step)) && class_of(s_.op(step)) != OpClass::control;
    return free || s_.is_elided(s_.node(step)) ? Role::view : role;
  }

  // --- units ---
  void reserve_attention() {
    for (auto& written : written_attention(s_)) {
      auto group = unit(std::move(written.steps), Shape::attention);
      const auto why = hindrance(group, written.outside);
      if (why == Boundary::end) {
        reserve(std::move(group));
        continue;
      }
      for (const auto step : group.steps) missed_[step] = why;
    }
  }
  void reserve_rotaries() {
    for (auto& steps : written_rotaries(s_))
      if (auto group = unit(std::move(steps), Shape::rotary); hindrance(group, kNone) == Boundary::end)
        reserve(std::move(group));
  }
  [[nodiscard]] PatternGroup unit(std::vector<std::uint32_t> steps, Shape shape) const {
    PatternGroup group{std::move(steps), shape, {}, false};
    for (const auto step : group.steps) group.size += GroupSize::of(s_, step);
    return group;
  }
  void reserve(PatternGroup group) {
    for (const auto step : group.steps) out_.group[step] = kReserved;
    const auto first = group.steps.front();
    reserved_.emplace(first, std::move(group));
  }
  [[nodiscard]] Boundary hindrance(const PatternGroup& group, std::uint32_t outside) const {
    if (outside != kNone) return Boundary::fork;
    const bool taken = std::ranges::any_of(group.steps, [&](auto s) { return out_.group[s] != kNone; });
    return taken ? Boundary::taken : group.size.beyond(limits_);
  }
  /// What stops inside of an attention that is none, stops for the same reason. What is folded would save
  /// nothing.
  void explain(const PatternGroup& group, Grouping::Stop& stop) const {
    const auto exit = group.steps.back();
    if (s_.is_folded(s_.node(exit))) stop.fusible = false;
    if (stop.next == kNone || stop.fusible || missed_[exit] == Boundary::end) return;
    if (missed_[stop.next] != Boundary::end) stop.boundary = missed_[stop.next], stop.fusible = true;
  }

  // --- growing ---
  void grow(PatternGroup group) {
    Grouping::Stop stop;
    while ((stop = extend(group)).boundary == Boundary::end && stop.next != kNone) {
    }
    explain(group, stop);
    for (const auto s : group.steps) out_.group[s] = static_cast<std::uint32_t>(groups_.size());
    groups_.push_back(std::move(group)), out_.stops.push_back(stop);
  }

  /// Takes the reader, or all that lies between a fork and its end; says what hindered it.
  Grouping::Stop extend(PatternGroup& group) {
    const auto readers = s_.after().of(group.steps.back());
    if (readers.empty()) return {};
    const bool meets = find_next(readers);
    const bool opens = !meets && finds_norm_of_kept_sum(group, readers);
    if (!meets && !opens) return {Boundary::fork, readers[0], may_take(group, readers[0]).has_value()};
    PatternGroup bigger{{}, group.shape, group.size, group.open || opens};
    for (const auto step : next_) {
      const auto shape = may_take(bigger, step);
      if (!shape || (bigger.shape == Shape::anchored && belongs_to_norm(step)))
        return {Boundary::no_rule, step, false};
      if (out_.group[step] != kNone) return {Boundary::taken, step, true};
      enter(bigger, step, *shape);
    }
    if (const auto limit = bigger.size.beyond(limits_); limit != Boundary::end)
      return {limit, next_[0], true};
    if (bigger.open && !waits_only_for(group)) return {Boundary::join, next_[0], true};
    bigger.steps = std::move(group.steps);
    bigger.steps.insert(bigger.steps.end(), next_.begin(), next_.end());
    group = std::move(bigger);
    return {Boundary::end, next_.back(), true};
  }
  [[nodiscard]] std::optional<Shape> may_take(const PatternGroup& group, std::uint32_t step) const {
    if (s_.is_elided(s_.node(step))) return std::nullopt;
    return joined(backend_, group.shape, roles_[step]);
  }
  [[nodiscard]] PatternGroup only(std::uint32_t step) const {
    PatternGroup group;
    enter(group, step, joined(backend_, group.shape, roles_[step]).value_or(Shape::alone));
    group.steps.push_back(step);
    return group;
  }
  void enter(PatternGroup& group, std::uint32_t step, Shape shape) const {
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
    return role != Role::anchor && role != Role::alone && !s_.is_elided(s_.node(step)) &&
           !s_.after().of(step).empty() && s_.after().of(step).size() <= kWidestFork &&
           out_.group[step] == kNone;
  }

  // --- sums and norms ---
  /// Fills next_ with a norm whose operand, a sum, is read again later: by the next sum.
  bool finds_norm_of_kept_sum(const PatternGroup& group, std::span<const std::uint32_t> readers) {
    const bool is_sum = group.shape == Shape::pointwise && s_.op(group.steps.back()) == Op::add;
    if (!joins_kept_sum(backend_) || !is_sum || !find_next(readers.first(readers.size() - 1))) return false;
    return std::ranges::any_of(next_, [&](auto step) { return roles_[step] == Role::rowwise; });
  }
  /// Whether all that the steps in next_ wait for is in the group, among them, or stored.
  [[nodiscard]] bool waits_only_for(const PatternGroup& group) {
    const auto mark = group.steps.front();  // in no other group that grows
    for (const auto step : group.steps) seen_[step] = mark;
    for (const auto step : next_) seen_[step] = mark;
    return std::ranges::all_of(next_, [&](auto step) {
      return std::ranges::all_of(s_.order().before().of(step), [&](auto earlier) {
        return seen_[earlier] == mark || stored_[earlier] != 0;
      });
    });
  }
  [[nodiscard]] bool is_computed(ValueId v) const {
    const NodeId maker = s_.graph().producer(v);
    const auto step = maker.valid() ? s_.order().step(maker) : kNone;
    return step == kNone ? !is_stored(s_.graph().kind(v)) : stored_[step] == 0;
  }
  /// A residual that is added for the norm behind it.
  [[nodiscard]] bool belongs_to_norm(std::uint32_t step) const {
    if (!prefers_norm_for_sum(backend_) || s_.op(step) != Op::add) return false;
    const auto inputs = s_.graph().inputs(s_.node(step));
    return std::ranges::all_of(inputs, [&](ValueId v) { return is_computed(v); }) &&
           std::ranges::any_of(s_.after().of(step), [&](auto reader) {
             return class_of(s_.op(reader)) == OpClass::normalisation && roles_[reader] == Role::rowwise;
           });
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
    out.by_work = limits_.flops > 0, out.by_sizes = limits_.bytes > 0 || out.by_work;
    for (std::size_t id = 0; id < groups_.size(); ++id) {
      if (groups_[id].steps.empty()) continue;
      for (const auto step : groups_[id].steps)
        out.group[step] = static_cast<std::uint32_t>(out.stops.size());
      out.stops.push_back(out_.stops[id]);
      if (groups_[id].shape == Shape::attention) out.stops.back().pattern = "attention";
      if (groups_[id].shape == Shape::rotary) out.stops.back().pattern = "rotary";
    }
    return out;
  }

  const FusionInput& s_;
  Backend backend_;
  const GroupLimits& limits_;
  Grouping out_;
  std::vector<Role> roles_;
  std::vector<Boundary> missed_;     // why a step's attention is none; end: it is in none
  std::vector<char> stored_;         // comes of nothing but what is stored
  std::vector<std::uint32_t> seen_;  // the first step of a group that holds it
  std::unordered_map<std::uint32_t, PatternGroup> reserved_;  // by the first step
  std::vector<PatternGroup> groups_;
  std::vector<std::uint32_t> next_, open_;
};

}  // namespace
}  // namespace fusion

Grouping pattern_groups(const FusionInput& input, Backend backend, const GroupLimits& limits) {
  return backend == Backend::inductor ? fusion::loop_groups(input, limits)
                                      : fusion::Patterns(input, backend, limits).all();
}

}  // namespace alidade
