#include <algorithm>

#include "alidade/sdk/fusion.hpp"
#include "alidade/sdk/storage.hpp"
#include "group_size.hpp"
#include "loops.hpp"
#include "reads.hpp"
#include "roles.hpp"

namespace alidade {
namespace fusion {
namespace {

constexpr std::size_t kWidestFork = 32;  // operators between a fork and where its arms meet

/// A group as it grows.
struct Group {
  std::vector<std::uint32_t> steps;  ///< the last is the exit
  Shape shape = Shape::views;
  bool product = false;           ///< its anchor multiplies two activations
  std::size_t before_scores = 0;  ///< how many steps it had when it became `scores`
  GroupSize size;
};

class Patterns {
 public:
  Patterns(const FusionInput& s, Backend backend, const GroupLimits& limits)
      : s_(s), backend_(backend), limits_(limits), out_(s.order().size()), roles_(s.order().size()) {
    for (std::uint32_t i = 0; i < roles_.size(); ++i) roles_[i] = role_of(s.graph(), s.node(i));
  }
  Grouping all() {
    for (std::uint32_t step = 0; step < roles_.size(); ++step)
      if (out_.group[step] == Grouping::kNone) grow(step);
    for (std::size_t id = groups_.size(); id-- > 0;) give_to_reader(static_cast<std::uint32_t>(id));
    return number_anew();
  }

 private:
  // --- growing ---
  void grow(std::uint32_t step) {
    Group group;
    add(step, group);
    Grouping::Stop stop;
    while ((stop = extend(group)).boundary == Boundary::end && stop.next != Grouping::kNone) {
    }
    if (group.shape == Shape::scores) stop = back_off(group);
    for (const auto s : group.steps) out_.group[s] = static_cast<std::uint32_t>(groups_.size());
    groups_.push_back(std::move(group)), out_.stops.push_back(stop);
  }

  /// Takes the reader, or all that lies between a fork and its end; says what hindered it.
  Grouping::Stop extend(Group& group) {
    const auto readers = s_.after().of(group.steps.back());
    if (readers.empty()) return {};
    if (!find_next(readers)) return {Boundary::fork, readers[0], rule_for(group, readers[0])};
    Group bigger = counted(group);
    for (const auto step : next_) {
      const auto shape = joined(backend_, bigger.shape, roles_[step], product_with(bigger, step));
      if (!shape) return {Boundary::no_rule, step, false};
      if (out_.group[step] != Grouping::kNone) return {Boundary::taken, step, true};
      enter(bigger, step, *shape);
    }
    if (const auto limit = bigger.size.beyond(limits_); limit != Boundary::end)
      return {limit, next_[0], true};
    bigger.steps = std::move(group.steps);
    bigger.steps.insert(bigger.steps.end(), next_.begin(), next_.end());
    if (bigger.shape == Shape::scores && group.shape != Shape::scores)
      bigger.before_scores = bigger.steps.size() - next_.size();
    group = std::move(bigger);
    return {Boundary::end, next_.back(), true};
  }

  /// Everything of a group but its steps.
  static Group counted(const Group& group) {
    Group out;
    out.shape = group.shape, out.product = group.product, out.before_scores = group.before_scores;
    out.size = group.size;
    return out;
  }
  void add(std::uint32_t step, Group& group) const {
    enter(group, step, joined(backend_, group.shape, roles_[step], true).value_or(Shape::alone));
    group.steps.push_back(step);
  }
  void enter(Group& group, std::uint32_t step, Shape shape) const {
    if (roles_[step] == Role::anchor) group.product = multiplies_activations(step);
    group.shape = s_.op(step) == Op::attention ? Shape::attention : shape;
    group.size += GroupSize::of(s_, step);
  }
  [[nodiscard]] bool rule_for(const Group& group, std::uint32_t step) const {
    return joined(backend_, group.shape, roles_[step], product_with(group, step)).has_value();
  }
  [[nodiscard]] bool product_with(const Group& group, std::uint32_t step) const {
    return roles_[step] == Role::anchor ? multiplies_activations(step) : group.product;
  }
  [[nodiscard]] bool multiplies_activations(std::uint32_t step) const {
    const auto inputs = s_.graph().inputs(s_.node(step));
    return (s_.op(step) == Op::matmul || s_.op(step) == Op::einsum) && inputs.size() >= 2 &&
           std::ranges::all_of(inputs.first(2), [&](ValueId v) {
             return v.valid() && !is_stored(s_.graph().kind(s_.reads().root(v)));
           });
  }

  /// Scores that no product with values follows were a contraction and its epilogue after all.
  Grouping::Stop back_off(Group& group) const {
    const auto next = group.steps[group.before_scores];
    Group less;
    for (std::size_t i = 0; i < group.before_scores; ++i) add(group.steps[i], less);
    group = std::move(less);
    return {Boundary::no_rule, next, false};
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
           s_.after().of(step).size() <= kWidestFork && out_.group[step] == Grouping::kNone;
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
