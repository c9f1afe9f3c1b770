#include "measured_model.hpp"

#include "alidade/base/text.hpp"

namespace alidade::host {

Machine MeasuredModel::machine() const {
  auto out = model_->machine();
  out.band = {1, 1, times_->is_scored() ? out.band.coverage : 0, {}};
  return out;
}

/// Its parts stand to each other as the formula has them.
Result<KernelTime> MeasuredModel::time(const KernelGraph& graph, const Kernel& kernel) const {
  auto out = model_->time(graph, kernel);
  const auto found = times_->find(kernel);
  if (!out || !found) return out;
  const double formula = out->time().value;
  if (formula > 0)
    for (auto* part : {&out->compute, &out->memory, &out->launch}) part->value *= found->time.value / formula;
  else
    out->memory = found->time;
  out->tier = Tier::measured, out->low = found->low, out->high = found->high, out->outside = false;
  return out;
}

std::vector<Line> MeasuredModel::explain(const KernelGraph& graph, const Kernel& kernel) const {
  auto formula = model_->explain(graph, kernel);
  const auto found = times_->find(kernel);
  if (!found) return formula;
  const auto said = [&](std::size_t i) { return text::seconds(found->from[i].value); };
  std::vector<Line> out{
      {"measured", (found->is_looked_up() ? said(0) + ", looked up in "
                                          : "between " + said(0) + " and " + said(1) + ", interpolated in ") +
                       text::printable(times_->file())}};
  for (const auto& line : formula) out.push_back({"by formula", line.label + ": " + line.text});
  return out;
}

}  // namespace alidade::host
