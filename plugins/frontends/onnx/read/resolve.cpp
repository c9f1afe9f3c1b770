#include "resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "alidade/base/text.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::size_t kMostListed = 10;
constexpr std::uint64_t kMostSteps = 20'000'000;  // of the search for the shortest cycle

class Resolver {
 public:
  Resolver(const Body& body, NameScope& scope, std::vector<Value>& values, Damage& damage)
      : body_(body), scope_(scope), values_(values), damage_(damage) {}

  Result<Resolved> run() {
    scope_.names.reserve(body_.outputs.size() + 64);
    if (auto ok = producers(); !ok) return std::unexpected(std::move(ok).error());
    operands();
    if (!dangling_.empty()) return dangling();
    if (unsorted_)
      if (auto ok = sort(); !ok) return std::unexpected(std::move(ok).error());
    return std::move(out_);
  }

 private:
  Result<void> producers() {
    out_.outputs.assign(body_.outputs.size(), kNoIndex);
    for (std::uint32_t n = 0; n < body_.nodes.size(); ++n) {
      const Range range = body_.nodes[n].outputs;
      for (std::uint32_t o = range.first; o < range.first + range.count; ++o) {
        const Text name = body_.outputs[o];
        if (name.empty()) continue;
        const auto index = scope_.names.add(name, static_cast<std::uint32_t>(values_.size()));
        if (index == values_.size()) values_.emplace_back().name = name, values_.back().home = &scope_;
        Value& value = values_[index];
        if (value.state != Value::State::mentioned) return twice(name, value, n);
        value.state = Value::State::made, value.producer = n;
        out_.outputs[o] = index;
      }
    }
    return {};
  }
  std::unexpected<Error> twice(Text name, const Value& value, std::uint32_t n) const {
    if (value.state == Value::State::made && value.producer != kNoIndex &&
        value.producer < body_.nodes.size())
      return fail(Fault::model, fmt::format("the value {} has two producers: {} and {}", text::quoted(name),
                                            describe(body_.nodes[value.producer], value.producer),
                                            describe(body_.nodes[n], n)));
    return fail(Fault::model,
                fmt::format("the value {} is {} and is made again by {}", text::quoted(name),
                            value.state == Value::State::input ? "a graph input" : "an initializer",
                            describe(body_.nodes[n], n)));
  }

  void operands() {
    out_.inputs.assign(body_.inputs.size(), kNoIndex);
    for (std::uint32_t n = 0; n < body_.nodes.size(); ++n) {
      const Node& node = body_.nodes[n];
      for (std::uint32_t i = node.inputs.first; i < node.inputs.first + node.inputs.count; ++i) {
        if (body_.inputs[i].empty() || scope_.absent.contains(body_.inputs[i])) continue;
        const auto index = find(body_.inputs[i], n);
        if (index == kNoIndex || values_[index].state == Value::State::mentioned)
          miss(n, body_.inputs[i]);
        else
          out_.inputs[i] = index, values_[index].is_operand = true,
          unsorted_ = unsorted_ || !is_before(index, n);
      }
      if (node.nested)
        for (const auto index : captures(node)) unsorted_ = unsorted_ || !is_before(index, n);
    }
  }
  /// Most operands are what one of the nodes before has made.
  [[nodiscard]] std::uint32_t find(Text name, std::uint32_t n) const {
    constexpr std::uint32_t kNear = 2;
    for (std::uint32_t back = 1; back <= std::min(kNear, n); ++back) {
      const Range made = body_.nodes[n - back].outputs;
      if (made.count > 0 && body_.outputs[made.first] == name) return out_.outputs[made.first];
    }
    return scope_.find(name);
  }
  /// Made by an earlier node of this body, or not by a node of this body.
  bool is_before(std::uint32_t index, std::uint32_t n) const {
    return !is_local(index) || values_[index].producer < n;
  }
  bool is_local(std::uint32_t index) const {
    const Value& v = values_[index];
    return v.state == Value::State::made && v.producer != kNoIndex && v.home == &scope_ &&
           scope_.names.find(v.name) == index;
  }
  void miss(std::uint32_t n, Text name) {
    if (dangling_.size() < kMostListed)
      dangling_.push_back(fmt::format("{} of {}", text::quoted(name), describe(body_.nodes[n], n)));
    ++missing_;
  }
  std::unexpected<Error> dangling() const {
    std::string list = text::join(dangling_, "; ");
    if (missing_ > dangling_.size()) list += fmt::format("; +{} more", missing_ - dangling_.size());
    return fail(Fault::model, fmt::format("{} operand{} by no node, input or initializer: {}", missing_,
                                          missing_ == 1 ? " is made" : "s are made", list));
  }

  /// Values of this scope that the graphs inside a node's attributes use, at any depth.
  std::vector<std::uint32_t> captures(const Node& node) {
    std::vector<std::uint32_t> found;
    std::vector<Text> graphs;
    nested_graphs(body_, node, graphs, damage_);
    while (!graphs.empty() && !damage_.found()) {
      const GraphView g = decode_graph(graphs.back(), damage_);
      graphs.pop_back();
      std::unordered_set<Text> own;
      for (const auto& v : g.inputs) own.insert(v.name);
      for (const auto& t : g.initializers) own.insert(t.name);
      own.insert(g.body.outputs.begin(), g.body.outputs.end());
      const auto capture = [&](Text name) {
        if (name.empty() || own.contains(name)) return;
        if (const auto index = scope_.names.find(name); index != NameTable::kNone) found.push_back(index);
      };
      for (const Text name : g.body.inputs) capture(name);
      for (const auto& v : g.outputs) capture(v.name);
      for (const auto& inner : g.body.nodes)
        if (inner.nested) nested_graphs(g.body, inner, graphs, damage_);
    }
    return found;
  }

  /// Nodes that a node waits for, within this body.
  std::vector<std::uint32_t> needs(std::uint32_t n) {
    std::vector<std::uint32_t> makers;
    const Node& node = body_.nodes[n];
    const auto add = [&](std::uint32_t index) {
      if (index != kNoIndex && is_local(index)) makers.push_back(values_[index].producer);
    };
    for (std::uint32_t i = node.inputs.first; i < node.inputs.first + node.inputs.count; ++i)
      add(out_.inputs[i]);
    if (node.nested)
      for (const auto index : captures(node)) add(index);
    std::ranges::sort(makers);
    makers.erase(std::unique(makers.begin(), makers.end()), makers.end());
    return makers;
  }
  /// The file's order wherever it can be kept.
  Result<void> sort() {
    const auto count = static_cast<std::uint32_t>(body_.nodes.size());
    std::vector<std::uint32_t> waits(count, 0);
    users_.assign(count, {});
    for (std::uint32_t n = 0; n < count; ++n)
      for (const auto maker : needs(n)) users_[maker].push_back(n), ++waits[n];
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t n = 0; n < count; ++n)
      if (waits[n] == 0) ready.push(n);
    while (!ready.empty()) {
      const auto n = ready.top();
      ready.pop();
      out_.order.push_back(n);
      for (const auto user : users_[n])
        if (--waits[user] == 0) ready.push(user);
    }
    return out_.order.size() == count ? Result<void>{} : cycle(waits);
  }

  std::unexpected<Error> cycle(const std::vector<std::uint32_t>& waits) const {
    std::vector<std::uint32_t> best;
    std::uint64_t steps = 0;
    for (std::uint32_t n = 0; n < waits.size() && (best.empty() || (best.size() > 1 && steps < kMostSteps));
         ++n)
      if (waits[n] > 0)
        if (auto found = cycle_through(n, waits, best.empty() ? waits.size() : best.size() - 1, steps);
            !found.empty())
          best = std::move(found);
    std::string names;
    for (std::size_t i = 0; i < best.size() && i < 20; ++i)
      names += describe(body_.nodes[best[i]], best[i]) + " -> ";
    if (best.size() > 20) names += fmt::format("... {} more ... -> ", best.size() - 20);
    names += best.empty() ? "" : describe(body_.nodes[best[0]], best[0]);
    return fail(Fault::model, "the graph has a cycle: " + names);
  }
  /// Breadth first from one node back to it, over nodes that never became ready.
  std::vector<std::uint32_t> cycle_through(std::uint32_t start, const std::vector<std::uint32_t>& waits,
                                           std::size_t longest, std::uint64_t& steps) const {
    std::unordered_map<std::uint32_t, std::uint32_t> from;
    std::vector<std::uint32_t> level{start}, next;
    for (std::size_t depth = 1; !level.empty() && depth <= longest; ++depth, level.swap(next)) {
      next.clear();
      for (const auto n : level)
        for (const auto user : users_[n]) {
          if (++steps > kMostSteps && longest < waits.size()) return {};
          if (user == start) return path(start, n, from);
          if (waits[user] > 0 && from.try_emplace(user, n).second) next.push_back(user);
        }
    }
    return {};
  }
  static std::vector<std::uint32_t> path(std::uint32_t start, std::uint32_t last,
                                         const std::unordered_map<std::uint32_t, std::uint32_t>& from) {
    std::vector<std::uint32_t> nodes;
    for (auto n = last; n != start; n = from.at(n)) nodes.push_back(n);
    nodes.push_back(start);
    std::ranges::reverse(nodes);
    return nodes;
  }

  const Body& body_;
  NameScope& scope_;
  std::vector<Value>& values_;
  Damage& damage_;
  Resolved out_;
  std::vector<std::vector<std::uint32_t>> users_;
  std::vector<std::string> dangling_;
  std::size_t missing_ = 0;
  bool unsorted_ = false;
};

}  // namespace

std::string describe(const Node& node, std::size_t index) {
  const std::string op = text::printable(node.op);
  if (node.name.empty()) return fmt::format("{} node #{}", op, index);
  return fmt::format("node {} ({})", text::quoted(node.name), op);
}

Result<Resolved> resolve(const Body& body, NameScope& scope, std::vector<Value>& values, Damage& damage) {
  return Resolver(body, scope, values, damage).run();
}

}  // namespace alidade::onnx_file
