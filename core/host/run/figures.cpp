#include "figures.hpp"

#include <algorithm>

namespace alidade::host {

void write_figures(const Estimate& e, ObjectWriter& t) {
  const auto& lowering = e.graph_of_kernels->lowering();
  t.text("device", e.machine.name);
  t.text("component", e.component), t.text("backend", name(lowering.backend));
  t.text("precision", name(lowering.precision)), t.text("layout", name(lowering.layout));
  t.count("batch", e.batch), t.count("unpriced_ops", e.unpriced);
  t.real("time_s", e.latency.value);
  write_optional(t, "time_s_upper", value_of(e.latency_upper));
  write_optional(t, "band_low_s", value_of(e.band_low()));
  write_optional(t, "band_high_s", value_of(e.band_high()));
  write_optional(t, "coverage",
                 e.band.stated() && e.band.scored() ? std::optional(e.band.coverage) : std::nullopt);
  write_optional(t, "per_second", sure_rate(e));
  t.real("per_second_upper", e.per_second());
  write_optional(t, "energy_j", value_of(e.energy));
  t.count("memory_bytes", e.memory.total().value);
  write_optional(t, "memory_bytes_upper", e.memory.total_upper().get());
  write_optional(t, "fits", e.fits);
  t.text("bound", main_bound(e));
}

std::optional<double> sure_rate(const Estimate& e) {
  if (!e.latency_upper || e.latency_upper->value <= 0) return std::nullopt;
  return static_cast<double>(e.batch) / e.latency_upper->value;
}

bool knows_bounds(const Estimate& e) { return e.latency_upper == e.latency; }

std::string main_bound(const Estimate& e) {
  if (!knows_bounds(e)) return "unknown";
  const auto most = std::ranges::max_element(e.bound_shares);
  return *most > 0 ? std::string(name(static_cast<Bound>(most - e.bound_shares.begin()))) : "";
}

}  // namespace alidade::host
