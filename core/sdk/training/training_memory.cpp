// What a whole training step holds.
#include "alidade/sdk/training_memory.hpp"

#include <algorithm>

#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/training_step.hpp"
#include "peak.hpp"

namespace alidade {
namespace {

using training::Holdings;

TrainingBytes sum(const TrainingBytes& a, const TrainingBytes& b) {
  return {a.parameters + b.parameters, a.buffers + b.buffers, a.masters + b.masters, a.state + b.state,
          a.gradients + b.gradients,   a.inputs + b.inputs,   a.kept + b.kept,       a.working + b.working};
}

/// What the update needs to know of the trained parameters, as captured.
struct Trained {
  std::uint64_t tensors = 0, elements = 0;
  Bytes bytes, largest;
};
Trained sums_of(const Graph& graph, std::span<const training::TrainedParameter> parameters) {
  Trained out;
  for (const auto& parameter : parameters) {
    const Bytes bytes(known_bytes(graph, parameter.gradient));
    ++out.tensors, out.elements += parameter.elements, out.bytes += bytes;
    out.largest = std::max(out.largest, bytes);
  }
  return out;
}

Holdings holdings_of(const training::Stored& stored, const Trained& trained, const OptimizerRule& rule) {
  Holdings out;
  out.all_along.parameters = stored.parameters, out.all_along.buffers = stored.buffers;
  out.all_along.state = Bytes(rule.states * trained.bytes.value + rule.counter * trained.tensors);
  out.update = Bytes(rule.temporaries * trained.largest.value);
  return out;
}

}  // namespace

const OptimizerRule* optimizer_named(std::string_view name) {
  const auto found = std::ranges::find(kOptimizers, name, &OptimizerRule::name);
  return found == kOptimizers.end() ? nullptr : &*found;
}

TrainingPeak training::peak_of(const Tape& tape, std::span<const TrainingBytes> alive,
                               const Holdings& holdings) {
  TrainingPeak out;
  for (std::size_t u = 0; u < alive.size(); ++u) {
    auto bytes = sum(alive[u], holdings.all_along);
    const bool update = u == tape.units.size();
    if (update) bytes.working += holdings.update;
    if (u > 0 && bytes.total() <= out.bytes.total()) continue;
    out.bytes = bytes, out.node = update ? NodeId() : tape.units[u].node;
    out.pass = update                   ? TrainingPass::update
               : tape.units[u].backward ? TrainingPass::backward
                                        : TrainingPass::forward;
  }
  return out;
}

Result<TrainingMemory> training_memory(const Graph& graph) {
  TrainingMemory out;
  const auto step = training_step(graph);
  if (!step) return out;
  const auto tape = training::tape_of(graph);
  if (!tape) return std::unexpected(tape.error());
  const auto stored = training::stored_in(graph);
  const auto trained = sums_of(graph, training::trained_in(graph));
  out.is_step = true, out.loss = step->loss, out.sized = unsized_activations(graph).empty();
  const auto* chosen = optimizer_named(step->optimizer);
  out.optimizer = chosen ? chosen->name : kOptimizers.front().name;
  out.trained = trained.elements, out.gradients = trained.bytes;
  out.kept = training::kept_at_turn(*tape), out.kept_by_module = training::kept_by_module(graph, *tape);
  const auto moments = training::alive(*tape);
  for (const auto& rule : kOptimizers) {
    const auto holdings = holdings_of(stored, trained, rule);
    out.updates.push_back({rule.name, holdings.all_along.state, peak_of(*tape, moments, holdings)});
    if (rule.name == out.optimizer) out.peak = out.updates.back().peak;
  }
  return out;
}

}  // namespace alidade
