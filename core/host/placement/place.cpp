#include "place.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "another_batch.hpp"
#include "host/plugins/guard.hpp"
#include "host/support/operator_words.hpp"

namespace alidade::host {
namespace {

const std::string kCannotBe = "gave a placement that cannot be carried out: ";

/// The bands of the devices at work, each by its part of the time; none where one of them has none.
Band band_of(const Placement& placement, const std::vector<Band>& bands) {
  std::vector<double> parts(bands.size(), 0);
  for (const auto& partition : placement.partitions) parts[partition.device] += partition.time.value;
  double all = 0;
  for (const double part : parts) all += part;
  Band out{0, 0, 0.8, {}};
  for (std::size_t d = 0; d < bands.size(); ++d) {
    if (parts[d] == 0) continue;
    if (!bands[d].stated()) return {};
    out.coverage = std::min(out.coverage, bands[d].coverage);  // of a guess and a score: a guess
    out.low += bands[d].low * parts[d] / all, out.high += bands[d].high * parts[d] / all;
  }
  return out;
}

void add_memory_warnings(Placement& out) {
  for (std::size_t d = 0; d < out.weights.size(); ++d)
    if (const auto& held = out.weights[d]; held.room && held.bytes > *held.room)
      out.warnings.push_back({Severity::warning, "does-not-fit",
                              "the weights placed on " + text::quoted(out.devices[d]) + ", " +
                                  text::bytes(held.bytes.value) + ", do not fit its " +
                                  text::bytes(held.room->value) + " of memory",
                              NodeId()});
}

/// Energies that are no more than a device's highest power over its time.
void add_energy_warnings(const PricedTask& priced, Placement& out) {
  for (std::size_t d = 0; d < out.devices.size(); ++d)
    if (priced.task.objective == Objective::energy && priced.at_full_power[d])
      out.warnings.push_back({Severity::warning, "energy-of-full-power",
                              "the energy of " + text::quoted(out.devices[d]) +
                                  " is what it draws at most over its time: nobody states more of it",
                              NodeId()});
}

/// A placer that says that nothing takes less than something above what its own placement takes.
std::optional<std::string> wrong_bound(const Placement& out, const Draft& draft) {
  constexpr double kRounding = 1e-6;
  if (!draft.least || *draft.least <= out.value * (1 + kRounding)) return std::nullopt;
  return "says that no placement takes less than " + amount(out.objective, *draft.least) +
         ", and gave one that takes " + amount(out.objective, out.value);
}

/// Words of the user's that name no operator of the model.
void add_word_warnings(const PlacementTask& task, const PlacementStep& step, Placement& out) {
  if (step.allow.empty() && step.forbid.empty()) return;
  const OperatorWords words_for(*task.graph);
  std::vector<std::string> names;
  for (const NodeId n : task.nodes) names.push_back(framework_name(*task.graph, n));
  const auto check = [&](const char* key, const std::vector<std::string>& words) {
    for (const auto& word : words)
      if (std::ranges::none_of(task.nodes, [&](NodeId n) { return words_for.names_in(word, n); }))
        out.warnings.push_back({Severity::warning, "no-such-operator",
                                "'" + std::string(key) + "' of " + text::quoted(step.id) + " names " +
                                    text::quoted(word) + ", and the model has no such operator" +
                                    text::did_you_mean(word, names),
                                NodeId()});
  };
  check("allow", step.allow), check("forbid", step.forbid);
}

}  // namespace

Result<Placement> place(const Graph& graph, const CostProfile& cost, const Plan& plan,
                        const PlacementStep& step, Estimator& estimator) {
  const auto priced = priced_task(graph, cost, plan, step, estimator);
  if (!priced) return std::unexpected(priced.error());
  const auto placer = make_component<Placer>(*step.loaded, step.options);
  if (!placer) return std::unexpected(placer.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "placing the model"};
  const auto draft = guarded(call, [&] { return (*placer)->place(priced->task); });
  if (!draft) return std::unexpected(draft.error());
  const auto partitions = checked_partitions(priced->task, *draft);
  if (!partitions) return std::unexpected(broken_contract(call, kCannotBe + partitions.error().what));
  auto out = placement_of(priced->task, *draft, *partitions, cost);
  if (auto wrong = wrong_bound(out, *draft)) return std::unexpected(broken_contract(call, std::move(*wrong)));
  out.placer = step.loaded->info.name, out.at_least = priced->open;
  out.band = band_of(out, priced->bands);
  add_batches(graph, out);
  add_memory_warnings(out), add_energy_warnings(*priced, out);
  add_word_warnings(priced->task, step, out);
  if (out.operators.empty())
    out.warnings.push_back(
        {Severity::warning, "nothing-placed", "the model has no operator to place", NodeId()});
  if (const auto advice = out.advice(); !advice.empty())
    out.warnings.push_back({Severity::note, "do-not-split", advice, NodeId()});
  return out;
}

}  // namespace alidade::host
