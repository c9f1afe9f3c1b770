#pragma once
#include <string>

#include "alidade/base/object_writer.hpp"
#include "alidade/results/estimate.hpp"

namespace alidade::host {

/// What a model takes on one target, in the members that tables of estimates have, from `device` to `bound`.
void write_figures(const Estimate& estimate, ObjectWriter& writer);

/// "memory": what bounds most of the time; "" where there is none.
[[nodiscard]] std::string main_bound(const Estimate& estimate);

}  // namespace alidade::host
