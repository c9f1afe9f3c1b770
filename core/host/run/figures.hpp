#pragma once
#include <optional>
#include <string>

#include "alidade/base/object_writer.hpp"
#include "alidade/results/estimate.hpp"

namespace alidade::host {

/// What a model takes on one target, in the members that tables of estimates have, from `device` to `bound`.
void write_figures(const Estimate& estimate, ObjectWriter& writer);

/// Examples in a second in the longest time that the batch may take; nothing where that has no bound.
[[nodiscard]] std::optional<double> sure_rate(const Estimate& estimate);

/// Whether all of the time has a price, so that its shares are known.
[[nodiscard]] bool knows_bounds(const Estimate& estimate);

/// "memory": what bounds most of the time; "" where there is none, "unknown" where a part of the time is.
[[nodiscard]] std::string main_bound(const Estimate& estimate);

}  // namespace alidade::host
