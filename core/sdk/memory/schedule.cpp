// What memory does along an order of units.
#include <algorithm>
#include <numeric>

#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/storage.hpp"
#include "sdk/ir/work/left_out.hpp"

namespace alidade {
namespace {

/// The steps of every unit when the outermost ones run in an order.
class Steps {
 public:
  Steps(const MemoryModel& model, std::span<const std::uint32_t> order) : m_(model), begin_(model.outermost) {
    for (const auto unit : order) begin_[unit] = count_, count_ += m_.units[unit].last + 1;
  }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::uint32_t end() const { return count_ == 0 ? 0 : count_ - 1; }
  [[nodiscard]] std::uint32_t first(std::uint32_t unit) const {
    return begin_[m_.units[unit].outer] + m_.units[unit].first;
  }
  [[nodiscard]] std::uint32_t last(std::uint32_t unit) const {
    return begin_[m_.units[unit].outer] + m_.units[unit].last;
  }
  /// The last step in which a kept tensor is kept.
  [[nodiscard]] std::uint32_t until(const StoredTensor& tensor) const {
    if (tensor.maker == StoredTensor::kNone || m_.units[tensor.maker].first == 0) return end();
    return begin_[m_.units[tensor.maker].outer] + tensor.until;
  }

 private:
  const MemoryModel& m_;
  std::vector<std::uint32_t> begin_;  // first step of each outermost unit
  std::uint32_t count_ = 0;
};

TensorLife life_of(const MemoryModel& model, std::uint32_t id, const Steps& steps) {
  const auto& tensor = model.tensors[id];
  const bool given = tensor.maker == StoredTensor::kNone;
  TensorLife life{tensor.value, Bytes(tensor.bytes), 0, 0, Bytes(), tensor.inner};
  if (!given) life.first = steps.first(tensor.maker), life.last = steps.last(tensor.maker);
  for (const auto unit : model.readers.of(id)) life.last = std::max(life.last, steps.last(unit));
  if (tensor.kept) life.last = std::max(life.last, steps.until(tensor));
  return life;
}

std::vector<TensorLife> lives_of(const MemoryModel& model, const Steps& steps) {
  std::vector<TensorLife> out;
  out.reserve(model.tensors.size());
  for (std::uint32_t id = 0; id < model.tensors.size(); ++id) out.push_back(life_of(model, id, steps));
  for (std::size_t i = model.holds.size(); i-- > 0;) {  // lists of lists come after what they hold
    const auto& [list, held] = model.holds[i];
    out[held].last = std::max(out[held].last, out[list].last);
  }
  return out;
}

/// The bytes alive at every step.
std::vector<std::uint64_t> live_bytes(std::span<const TensorLife> lives, std::size_t steps) {
  std::vector<std::uint64_t> begins(steps + 1, 0), ends(steps + 1, 0);
  for (const auto& life : lives) begins[life.first] += life.bytes.value, ends[life.last] += life.bytes.value;
  std::uint64_t live = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    live += begins[step];
    begins[step] = live;
    live -= ends[step];
  }
  begins.resize(std::max<std::size_t>(steps, 1));  // without a step: what there is before the first
  return begins;
}

/// What is alive at the worst step, where of each if the branch runs that needs least.
Bytes least_peak(const Graph& graph, const MemoryModel& model, const Steps& steps,
                 std::span<const std::uint64_t> live, bool workspace) {
  if (model.units.empty()) return Bytes(live[0]);
  return region_sums<Highest>(graph,
                              [&](NodeId n, Highest& sum) {
                                const auto unit = model.unit_of[n];
                                const auto bytes =
                                    live[steps.first(unit)] + (workspace ? model.units[unit].workspace : 0);
                                sum.add({Bytes(bytes), bytes});
                              })
      .front()
      .least;
}

std::vector<std::uint32_t> given_order(const MemoryModel& model) {
  std::vector<std::uint32_t> order(model.outermost);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

}  // namespace

MemorySchedule schedule_of(const Graph& graph, const MemoryModel& model,
                           std::span<const std::uint32_t> order) {
  const Steps steps(model, order);
  MemorySchedule out;
  out.tensors = lives_of(model, steps);
  const auto live = live_bytes(out.tensors, steps.count());
  out.steps.resize(steps.count());
  for (std::uint32_t unit = 0; unit < model.units.size(); ++unit) {
    const auto step = steps.first(unit);
    out.steps[step] = {model.units[unit].node, Bytes(live[step]), Bytes(model.units[unit].workspace),
                       Bytes()};
  }
  const auto most = std::ranges::max_element(live);
  out.peak = Bytes(*most), out.peak_step = static_cast<std::uint32_t>(most - live.begin());
  out.peak_with_workspace = out.peak;
  for (const auto& step : out.steps)
    out.peak_with_workspace = std::max(out.peak_with_workspace, step.live + step.workspace);
  out.least_peak = least_peak(graph, model, steps, live, false);
  out.least_peak_with_workspace = least_peak(graph, model, steps, live, true);
  std::ranges::stable_sort(out.tensors, {}, &TensorLife::first);
  return out;
}

MemorySchedule schedule_as_given(const Graph& graph, const MemoryModel& model) {
  return schedule_of(graph, model, given_order(model));
}

std::vector<std::uint64_t> bytes_inside(const MemoryModel& model) {
  const Steps steps(model, given_order(model));
  auto lives = lives_of(model, steps);
  for (std::uint32_t id = 0; id < lives.size(); ++id) {
    const auto maker = model.tensors[id].maker;
    if (maker == StoredTensor::kNone || maker < model.outermost) lives[id].bytes = Bytes();
  }
  const auto live = live_bytes(lives, steps.count());
  std::vector<std::uint64_t> out(model.outermost, 0);
  for (std::uint32_t unit = 0; unit < model.units.size(); ++unit) {
    auto& most = out[model.units[unit].outer];
    most = std::max(most, live[steps.first(unit)]);
  }
  return out;
}

Result<Highest> activation_peak(const Graph& graph) {
  const auto model = memory_model(graph, {});
  if (!model) return std::unexpected(model.error());
  const Steps steps(*model, given_order(*model));
  const auto lives = lives_of(*model, steps);
  const auto live = live_bytes(lives, steps.count());
  const bool sized = unsized_activations(graph).empty();
  return Highest{least_peak(graph, *model, steps, live, false),
                 sized ? Upper(std::ranges::max(live)) : Upper::none()};
}

std::vector<ValueId> unsized_activations(const Graph& graph) {
  std::vector<ValueId> out;
  TypeId sized;  // the last one seen: most tensors have the type of the one before
  const auto look_at = [&](ValueId v) {
    if (graph.type_id(v) == sized) return;
    if (graph.type(v).size_bytes())
      sized = graph.type_id(v);
    else
      out.push_back(v);
  };
  for (const ValueId v : graph.inputs()) look_at(v);
  for (const NodeId n : graph.nodes())
    if (graph.op(n) != Op::sequence)  // a list has no bytes of its own
      for (std::size_t i = 0; i < graph.outputs(n).size(); ++i)
        if (!is_left_out(graph, n, i)) look_at(graph.outputs(n)[i]);
  if (out.empty()) return out;
  const auto root = storage_roots(graph);
  std::erase_if(out, [&](ValueId v) { return root[v] != v; });
  return out;
}

}  // namespace alidade
