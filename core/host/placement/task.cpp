#include "task.hpp"

#include <algorithm>
#include <limits>

#include "alidade/base/text.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/placement_value.hpp"
#include "host/plugins/guard.hpp"
#include "host/support/operator_words.hpp"
#include "impossible.hpp"
#include "power.hpp"
#include "weights.hpp"

namespace alidade::host {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// The steps, and for every operator of any region the one that it is part of.
struct Steps {
  std::vector<NodeId> nodes;
  PerNode<std::uint32_t> of;
  static constexpr std::uint32_t kNone = 0xffffffff;
};

Steps steps_of(const Graph& graph, const PerNode<char>& known) {
  Steps out{{}, PerNode<std::uint32_t>(graph.node_count(), Steps::kNone)};
  for (const NodeId n : graph.body())
    if (graph.op(n) != Op::constant && !known[n])
      out.of[n] = static_cast<std::uint32_t>(out.nodes.size()), out.nodes.push_back(n);
  for (const NodeId n : graph.nodes()) {
    NodeId outer = n;
    while (graph.region_of(outer) != RegionId(0)) outer = graph.owner(graph.region_of(outer));
    out.of[n] = out.of[outer];
  }
  return out;
}

/// What steps hand on, and so which waits for which.
void add_tensors(const Graph& graph, const Steps& steps, PricedTask& out) {
  std::vector<std::vector<std::uint32_t>> before(steps.nodes.size());
  for (std::uint32_t maker = 0; maker < steps.nodes.size(); ++maker)
    for (const ValueId v : graph.outputs(steps.nodes[maker])) {
      HandedOn tensor{v, maker, {}, {}};
      for (const NodeId user : graph.users(v))
        if (const auto step = steps.of[user]; step != Steps::kNone && step != maker)
          tensor.readers.push_back(step);
      std::ranges::sort(tensor.readers);
      const auto twice = std::ranges::unique(tensor.readers);
      tensor.readers.erase(twice.begin(), twice.end());
      if (tensor.readers.empty()) continue;
      const auto size = graph.type(v).size_bytes();
      const auto bytes = size ? size->get() : std::nullopt;
      tensor.bytes = Bytes(bytes.value_or(0)), out.open = out.open || !bytes;
      for (const auto reader : tensor.readers) before[reader].push_back(maker);
      out.task.tensors.push_back(std::move(tensor));
    }
  for (auto& earlier : before) {
    std::ranges::sort(earlier);
    const auto twice = std::ranges::unique(earlier);
    earlier.erase(twice.begin(), twice.end());
    out.task.before.edges.insert(out.task.before.edges.end(), earlier.begin(), earlier.end());
    out.task.before.edges_end.push_back(static_cast<std::uint32_t>(out.task.before.edges.size()));
  }
}

/// What a device takes for the operators of a model: each its part of its kernel; where a kernel has no
/// price, because the device does not run another operator in it, as a kernel of its own.
class StepPrices {
 public:
  static Result<StepPrices> of(const Graph& graph, const HardwareStep& target, Estimator& estimator) {
    const auto fused = estimator.estimated(target);
    if (!fused) return std::unexpected(fused.error());
    StepPrices out(graph, **fused);
    if (std::ranges::all_of(graph.nodes(), [&](NodeId n) { return (*fused)->knows(n); })) return out;
    auto alone = estimator.estimate_alone(target);
    if (!alone) return std::unexpected(std::move(alone).error());
    out.alone_ = std::move(*alone);
    return out;
  }
  [[nodiscard]] const Estimate& fused() const { return *fused_; }

  [[nodiscard]] std::vector<double> seconds(const CostProfile& cost, const Steps& steps) const {
    std::vector<double> out(steps.nodes.size(), 0);
    const auto together = fused_->by_node(graph_, cost);
    const auto single = alone_ ? alone_->by_node(graph_, cost) : PerNode<Seconds>();
    for (const NodeId n : graph_.nodes())
      if (steps.of[n] != Steps::kNone) out[steps.of[n]] += (fused_->knows(n) ? together : single)[n].value;
    return out;
  }
  /// What bounds the kernel that each step's time is part of.
  [[nodiscard]] std::vector<std::optional<Bound>> bounds(const Steps& steps) const {
    std::vector<std::optional<Bound>> out;
    for (const NodeId n : steps.nodes) out.push_back((fused_->knows(n) ? *fused_ : *alone_).bound_of(n));
    return out;
  }
  [[nodiscard]] std::vector<char> known(const Steps& steps) const {
    std::vector<char> out(steps.nodes.size(), 1);
    if (!alone_) return out;
    for (const NodeId n : graph_.nodes())
      if (steps.of[n] != Steps::kNone && !fused_->knows(n) && !alone_->knows(n)) out[steps.of[n]] = 0;
    return out;
  }
  /// What each step takes in joules; empty where that is not known of one that the device runs.
  [[nodiscard]] std::vector<double> joules(const CostProfile& cost, const Steps& steps,
                                           const PlacementDevice& device) const {
    std::vector<double> out(steps.nodes.size(), 0);
    const auto together = fused_->by_node(graph_, cost);
    const auto single = alone_ ? alone_->by_node(graph_, cost) : PerNode<Seconds>();
    for (const NodeId n : graph_.nodes()) {
      const auto step = steps.of[n];
      if (step == Steps::kNone || !device.runs(step)) continue;
      const bool in_fused = fused_->knows(n);
      const double time = (in_fused ? together : single)[n].value;
      const auto watts = Power(in_fused ? *fused_ : *alone_).watts(n);
      if (time > 0 && !watts) return {};
      out[step] += time * watts.value_or(0);
    }
    return out;
  }

 private:
  StepPrices(const Graph& graph, const Estimate& fused) : graph_(graph), fused_(&fused) {}
  const Graph& graph_;
  const Estimate* fused_;
  std::optional<Estimate> alone_;  ///< none where every kernel has a price
};

/// What is known of a device's prices.
void note_prices(const PlacementDevice& device, const std::vector<char>& has_price, PricedTask& out) {
  for (std::size_t step = 0; step < has_price.size(); ++step)
    out.open = out.open || (device.runs(step) && !has_price[step]);
  if (!out.task.devices.empty()) return;
  out.if_native = device.seconds;
  for (std::size_t step = 0; step < has_price.size(); ++step)
    if (!has_price[step]) out.if_native[step] = kNever;
}

void forbid(const std::vector<std::string>& words, PlacementTask& task) {
  if (words.empty()) return;
  const OperatorWords names(*task.graph);
  for (std::size_t i = 0; i < task.nodes.size(); ++i)
    for (const auto& word : words)
      if (names.names_in(word, task.nodes[i]))
        task.devices[0].verdicts[i] = {Verdict::How::unsupported, 1, "the user forbids it there"};
}

std::optional<Bytes> room_of(const Machine& machine) {
  if (!machine.capacity) return std::nullopt;
  return Bytes(machine.capacity->value - std::min(machine.context, *machine.capacity).value);
}

/// Weights that do not fit the device keep their operator off it.
void check_room(PlacementTask& task) {
  const HeldWeights nothing(task);
  for (std::size_t d = 0; d < task.devices.size(); ++d)
    for (std::size_t step = 0; task.devices[d].room && step < task.nodes.size(); ++step)
      if (!nothing.has_room(d, step))
        task.devices[d].verdicts[step] = {Verdict::How::unsupported, 1,
                                          "its weights, " + text::bytes(nothing.more(d, step).value) +
                                              ", do not fit the " + text::bytes(task.devices[d].room->value) +
                                              " of memory"};
}

Result<void> add_device(const Graph& graph, const CostProfile& cost, const HardwareStep& step,
                        const Steps& steps, Estimator& estimator, PricedTask& out) {
  const auto model = estimator.model_of(step);
  if (!model) return std::unexpected(model.error());
  const auto prices = StepPrices::of(graph, step, estimator);
  if (!prices) return std::unexpected(prices.error());
  const auto& machine = prices->fused().machine;
  PlacementDevice device{
      step.id, {}, prices->seconds(cost, steps), prices->bounds(steps), machine.per_inference};
  const PluginCall call{step.loaded->info.name, step.loaded->library, "saying what it runs"};
  const auto asked = guarded(call, [&] {
    for (const NodeId n : steps.nodes) device.verdicts.push_back(verdict_of(**model, graph, n));
  });
  if (!asked) return asked;
  device.room = room_of(machine);
  device.joules = prices->joules(cost, steps, device);
  device.fixed_joules = Joules(Power(prices->fused()).idle_watts() * device.fixed.value);
  out.at_full_power.push_back(!prices->fused().energy && !device.joules.empty());
  add_bytes(graph, prices->fused(), out.task.weights);
  note_prices(device, prices->known(steps), out);
  out.bands.push_back(prices->fused().band);
  out.task.devices.push_back(std::move(device));
  return {};
}

/// The target, the first one with the user's word on what it takes.
HardwareStep allowing(HardwareStep target, const PlacementStep& step, bool first) {
  if (first) target.allow = step.allow;
  return target;
}

}  // namespace

PerNode<char> known_before(const Graph& graph, const CostProfile& cost) {
  PerNode<char> out(graph.node_count(), 0);
  for (const NodeId n : graph.body()) {
    const auto inputs = graph.inputs(n);
    if (graph.op(n) == Op::shape_of) {
      out[n] = !inputs.empty() && inputs[0].valid() && graph.type(inputs[0]).is_static();
      continue;
    }
    const auto stored = [&](ValueId v) {
      if (!v.valid()) return true;
      const auto maker = graph.producer(v);
      if (maker.valid()) return out[maker] != 0 || graph.op(maker) == Op::constant;
      return graph.kind(v) != ValueKind::input && graph.kind(v) != ValueKind::argument;
    };
    const bool made_of_stored = !inputs.empty() && std::ranges::all_of(inputs, stored);
    out[n] =
        cost.nodes[n].folded || (made_of_stored && graph.op(n) != Op::random && graph.regions(n).empty());
  }
  return out;
}

Verdict verdict_of(const HardwareModel& model, const Graph& graph, NodeId node) {
  auto worst = model.supports(graph, node);
  for (const RegionId r : graph.regions(node))
    for (const NodeId inner : graph.body(r)) {
      if (worst.how == Verdict::How::unsupported) return worst;
      if (graph.op(inner) == Op::constant) continue;
      auto one = verdict_of(model, graph, inner);
      if (one.how == Verdict::How::unsupported) one.reason = "in it: " + one.reason, worst = std::move(one);
    }
  return worst;
}

PlacementTask bare_task(const Graph& graph) {
  PricedTask out;
  const auto steps = steps_of(graph, PerNode<char>(graph.node_count(), 0));
  out.task.graph = &graph, out.task.nodes = steps.nodes;
  add_tensors(graph, steps, out);
  return std::move(out.task);
}

Result<PricedTask> priced_task(const Graph& graph, const CostProfile& cost, const Plan& plan,
                               const PlacementStep& step, Estimator& estimator) {
  PricedTask out;
  const auto steps = steps_of(graph, known_before(graph, cost));
  out.task.graph = &graph, out.task.nodes = steps.nodes, out.task.links = step.links;
  out.task.objective = step.objective, out.task.weights = weights_read(graph, steps.of, Steps::kNone);
  add_tensors(graph, steps, out);
  for (const auto target : step.targets)
    if (auto ok = add_device(graph, cost, allowing(plan.hardware[target], step, target == step.targets[0]),
                             steps, estimator, out);
        !ok)
      return std::unexpected(std::move(ok).error());
  check_room(out.task), forbid(step.forbid, out.task);
  for (auto& device : out.task.devices)
    for (std::size_t i = 0; i < out.task.nodes.size(); ++i)
      if (!device.runs(i)) device.seconds[i] = kNever;
  if (auto error = why_impossible(out.task)) return std::unexpected(std::move(*error));
  return out;
}

}  // namespace alidade::host
