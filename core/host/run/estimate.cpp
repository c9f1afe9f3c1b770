#include "estimate.hpp"

#include <algorithm>
#include <unordered_map>

#include "alidade/sdk/estimate.hpp"
#include "host/measured/measured_model.hpp"
#include "host/plugins/guard.hpp"
#include "host/support/operator_scope.hpp"
#include "host/support/operator_words.hpp"

namespace alidade::host {

Lowering lowering_of(const HardwareStep& step, const HardwareModel& model) {
  Lowering out = model.lowering();
  out.backend = step.backend.value_or(out.backend);
  out.precision = step.precision.value_or(out.precision);
  out.layout = step.layout.value_or(out.layout);
  return out;
}

std::shared_ptr<const HeldRules> Estimator::held(const HardwareStep& step, Precision precision) {
  if (!step.support) return nullptr;
  for (const auto& known : held_)
    if (known->rules == step.support && known->precision == precision) return known;
  HeldRules out{step.support, precision, PerNode<const SupportRule*>(graph_.node_count(), nullptr)};
  std::unordered_map<std::string, const SupportRule*> rule_of;  // by configuration
  for (const NodeId n : graph_.nodes()) {
    const auto [known, added] = rule_of.try_emplace(configuration_of(graph_, n));
    if (added) known->second = &step.support->rule_for(graph_, n, precision);
    out.of[n] = known->second;
  }
  return held_.emplace_back(std::make_shared<const HeldRules>(std::move(out)));
}

Result<std::unique_ptr<HardwareModel>> device_model(const HardwareStep& step) {
  auto model = make_component<HardwareModel>(*step.loaded, step.options);
  if (!model || !step.measured) return model;
  return std::make_unique<MeasuredModel>(std::move(*model), step.measured);
}

Result<std::unique_ptr<HardwareModel>> Estimator::ruled(const HardwareStep& step, Refused refused) {
  auto model = device_model(step);
  if (!model || (!step.support && step.allow.empty())) return model;
  const PluginCall call{step.loaded->info.name, step.loaded->library, "saying how it lowers a model"};
  const auto lowering = guarded(call, [&] { return lowering_of(step, **model); });
  if (!lowering) return std::unexpected(lowering.error());
  auto allowed =
      step.allow.empty() ? PerNode<char>(graph_.node_count(), 0) : OperatorWords(graph_).named(step.allow);
  return std::make_unique<RuledModel>(std::move(*model), held(step, lowering->precision), std::move(allowed),
                                      refused);
}

Result<LoweredModel> Estimator::lowered(const Lowering& lowering) {
  const auto known =
      std::ranges::find(lowered_, lowering, [](const auto& made) { return made.kernels->lowering(); });
  if (known != lowered_.end()) return *known;
  auto made = alidade::lowered(graph_, cost_, lowering);
  if (made) lowered_.push_back(*made);
  return made;
}

Result<std::unique_ptr<HardwareModel>> Estimator::model_of(const HardwareStep& step) {
  return ruled(step, Refused::unpriced);
}

Result<Machine> Estimator::machine_of(const HardwareStep& step) {
  const auto model = make_component<HardwareModel>(*step.loaded, step.options);
  if (!model) return std::unexpected(model.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "describing its machine"};
  return guarded(call, [&] { return (*model)->machine(); });
}

Result<Estimate> Estimator::estimate(const HardwareStep& step) {
  const auto model = model_of(step);
  if (!model) return std::unexpected(model.error());
  return estimate(step, **model, std::nullopt);
}
void Estimator::remember(const ResultSet& results) {
  for (const auto* one : results.all_of<Estimate>()) remembered_.push_back(one);
}

/// A target that the user allows more is another one.
Result<const Estimate*> Estimator::estimated(const HardwareStep& step) {
  const auto known = std::ranges::find(remembered_, step.id, &Estimate::target);
  if (known != remembered_.end() && step.allow.empty()) return *known;
  auto made = estimate(step);
  if (!made) return std::unexpected(std::move(made).error());
  return &made_.emplace_back(std::move(*made));
}

Result<Estimate> Estimator::estimate_alone(const HardwareStep& step) {
  const auto model = ruled(step, Refused::priced);
  if (!model) return std::unexpected(model.error());
  return estimate(step, **model, Backend::eager);
}

Result<Estimate> Estimator::estimate(const HardwareStep& step, const HardwareModel& model,
                                     std::optional<Backend> backend) {
  const PluginCall call{step.loaded->info.name, step.loaded->library, "estimating the model"};
  auto lowering = guarded(call, [&] { return lowering_of(step, model); });
  if (!lowering) return std::unexpected(lowering.error());
  lowering->backend = backend.value_or(lowering->backend);
  const auto kernels = lowered(*lowering);
  if (!kernels) return std::unexpected(kernels.error());
  auto out = guarded(call, [&] {
    return alidade::estimate(model, graph_, cost_, *kernels, step.id, step.loaded->info.name);
  });
  if (!out) {
    if (out.error().fault == Fault::plugin && out.error().where.empty())
      out.error().where = step.loaded->library;
    return out;
  }
  if (!step.name.empty()) out->machine.name = step.name;
  out->machine.uncertain.insert(out->machine.uncertain.end(), step.uncertain.begin(), step.uncertain.end());
  return out;
}

}  // namespace alidade::host
